import type { Texts } from '../en.ts'

export const common: Texts['common'] = {
  appName: 'Ampoule',
  back: 'Zurück',
  cancel: 'Abbrechen',
  close: 'Schließen',
  copied: 'Kopiert',
  copy: 'Kopieren',
  done: 'Fertig',
  save: 'Speichern',
  tryAgain: 'Noch einmal',
  loading: 'Wird geladen …',
  showPassphrase: 'Passphrase zeigen',
  hidePassphrase: 'Passphrase verbergen',
  passphrase: 'Passphrase',
  name: 'Name',
  settings: 'Einstellungen',
  chooseFile: 'Datei wählen …',
}
