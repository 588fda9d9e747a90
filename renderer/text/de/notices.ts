import type { Texts } from '../en.ts'

export const notices: Texts['notices'] = {
  messageTitle: (name) => name,
  messageBody: 'Neue Nachricht',
  requestTitle: 'Kontaktanfrage',
  requestBody: (key) => `${key}… möchte Ihr Kontakt werden`,
  storedTitle: (name) => `Wartet auf ${name}`,
  storedBody: 'Ihre Nachricht wartet jetzt im Netz.',
  collectedTitle: (name) => `${name} hat sie`,
  collectedBody: 'Ihre Nachricht wurde abgeholt.',
}
