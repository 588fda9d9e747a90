import type { Texts } from '../en.ts'

export const errors: Texts['errors'] = {
  invalid: 'So, wie es eingegeben wurde, geht es nicht.',
  internal: 'In Ampoule ist etwas schiefgegangen. Nichts Geschriebenes ist verloren; bitte noch einmal versuchen.',
  notFound: 'Das gibt es nicht mehr.',
  conflict: 'Es hat sich inzwischen geändert. Bitte nachsehen und wiederholen, falls noch gewünscht.',
  impossible: 'Das geht gerade nicht.',
  wrongPassphrase: 'Das ist nicht die Passphrase. Es wurde nichts geändert.',
  unreadable: 'Die Datei lässt sich nicht lesen. Ihre Daten sind unverändert.',
  busy: 'Ampoule antwortet gerade nicht. Nichts Geschriebenes ist verloren; bitte gleich noch einmal versuchen.',
  notOpen: 'Ihr Profil ist noch nicht offen.',
  diskFull:
    'Der Datenträger ist voll oder nimmt nichts an. Nichts vorher Geschriebenes ist verloren. Bitte Platz schaffen: Ampoule macht dann von selbst weiter.',
  details: (reason) => `Im Einzelnen: ${reason}`,
  couldNot: {
    load: 'Ihre Gespräche konnten nicht geladen werden',
    copy: 'Es wurde nichts kopiert',
    addFriend: 'Der Kontakt wurde nicht hinzugefügt',
    acceptRequest: 'Die Anfrage wurde nicht angenommen',
    dismissRequest: 'Die Anfrage wurde nicht verworfen',
    changeProfile: 'Ihr Profil wurde nicht geändert',
    readPicture: 'Das Bild konnte nicht gelesen werden',
  },
  copyBlocked: 'Die Zwischenablage ist gesperrt. Bitte den Text markieren und mit der Tastatur kopieren.',
  crashedTitle: 'Diese Ansicht funktioniert nicht mehr',
  crashedBody: 'Ihre Nachrichten sind in Ampoule sicher. Laden Sie die Ansicht neu, um weiterzumachen.',
  reloadView: 'Neu laden',
}
