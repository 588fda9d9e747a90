import type { Texts } from '../en.ts'

export const notices: Texts['notices'] = {
  messageTitle: (name) => name,
  messageBody: 'Neue Nachricht',
  fileTitle: (name) => name,
  fileBody: (file) => `Möchte Ihnen eine Datei senden: ${file}`,
  fileBodyUnnamed: 'Möchte Ihnen eine Datei senden',
  requestTitle: 'Kontaktanfrage',
  requestBody: (key) => `${key}… möchte Ihr Kontakt werden`,
  storedTitle: (name) => `Wartet auf ${name}`,
  storedBody: 'Ihre Nachricht wartet jetzt im Netz.',
  collectedTitle: (name) => `${name} hat sie`,
  collectedBody: 'Ihre Nachricht wurde abgeholt.',
}
