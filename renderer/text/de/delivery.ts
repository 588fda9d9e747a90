import type { delivery as english } from '../en/delivery.ts'

const until = (moment: string): string => (moment === '' ? '' : ` bis ${moment}`)

export const delivery: typeof english = {
  sentences: {
    queued: () => 'Wartet auf diesem Computer darauf, gesendet zu werden',
    'queued-offline': ({ name }) => `Wartet auf diesem Computer darauf, für ${name} im Netz abgelegt zu werden`,
    'queued-not-met': ({ name }) =>
      `Wartet auf diesem Computer: ${name} bekommt wartende Nachrichten, sobald Sie einmal beide zugleich online waren`,
    'queued-unsupported': ({ name }) =>
      `Wartet auf diesem Computer, bis Sie beide online sind: Die App von ${name} kann keine wartenden Nachrichten empfangen`,
    'queued-waiting-off': ({ name }) =>
      `Wartet auf diesem Computer, bis Sie beide online sind: Wartende Nachrichten sind für ${name} aus`,
    'queued-keys-out-of-date': ({ name }) =>
      `Wartet auf diesem Computer: Seine Schlüssel sind veraltet, wie nach dem Einspielen einer Sicherung. Sie und ${name} bekommen neue, wenn Sie das nächste Mal beide online sind`,
    'queued-no-network': () => 'Wartet auf diesem Computer: Er ist nicht mit dem Netz verbunden',
    'queued-no-storage-nodes': () =>
      'Wartet auf diesem Computer: Noch wurde kein Speicherknoten gefunden. Es wird von selbst wieder versucht',
    proving: ({ done }) => `Der Arbeitsnachweis für das Ablegen wird berechnet: ${done} geschafft`,
    storing: ({ held, wanted }) => `Wird im Netz abgelegt: bisher ${held} von ${wanted} Kopien`,
    stored: ({ held, wanted, until: moment }) =>
      `Im Netz abgelegt, ${held} von ${wanted} Kopien${until(moment)}. Noch nicht abgeholt`,
    'stored-thin': ({ held, wanted, until: moment }) =>
      `Abgelegt${until(moment)}, aber dünn: ${held} von ${wanted} Kopien, und mehr Knoten hat das Netz dafür nicht. Sie kann verloren gehen`,
    'stored-at-risk': ({ held, wanted }) =>
      `Gefährdet: Nur noch ${held} von ${wanted} Kopien sind da. Sie wird von diesem Computer aus neu abgelegt`,
    'stored-expiring': ({ until: moment }) =>
      `Abgelegt${until(moment)}: Das ist bald. Verlängern Sie, damit sie länger wartet`,
    collected: ({ name }) => `${name} hat sie aus dem Netz abgeholt`,
    delivered: ({ name }) => `Bei ${name} angekommen`,
    read: ({ name }) => `Von ${name} gelesen`,
    expired: ({ name }) => `Abgelaufen: ${name} hat sie nicht rechtzeitig abgeholt`,
    'expired-not-known-whether-read': ({ name }) =>
      `Abgelaufen. Ob ${name} sie gelesen hat, ist nicht bekannt; das nächste Treffen zeigt es`,
    failed: () => 'Sie konnte nicht gesendet werden',
    'failed-refused': () => 'Sie wurde nicht abgelegt: Die Speicherknoten haben sie abgelehnt',
    'failed-friend-removed': ({ name }) => `Sie wurde nicht gesendet: ${name} wurde aus deinen Kontakten entfernt`,
    cancelled: ({ name }) => `Abgebrochen, bevor ${name} sie bekam`,
  },
  steps: {
    queued: 'Geschrieben',
    'queued-offline': 'Geschrieben, soll ins Netz',
    'queued-not-met': 'Bleibt hier, bis Sie sich getroffen haben',
    'queued-unsupported': 'Bleibt hier, bis Sie beide online sind',
    'queued-waiting-off': 'Bleibt hier: wartende Nachrichten sind aus',
    'queued-keys-out-of-date': 'Bleibt hier: Schlüssel sind veraltet',
    'queued-no-network': 'Bleibt hier: nicht verbunden',
    'queued-no-storage-nodes': 'Bleibt hier: kein Speicherknoten gefunden',
    proving: 'Arbeitsnachweis begonnen',
    storing: 'Erste Kopie abgelegt',
    stored: 'Abgelegt',
    'stored-thin': 'Dünn abgelegt',
    'stored-at-risk': 'Gefährdet: Kopien gingen verloren',
    'stored-expiring': 'Läuft bald ab',
    collected: 'Abgeholt',
    delivered: 'Angekommen',
    read: 'Gelesen',
    expired: 'Abgelaufen',
    'expired-not-known-whether-read': 'Abgelaufen, nicht bekannt, ob gelesen',
    failed: 'Fehlgeschlagen',
    'failed-refused': 'Von den Speicherknoten abgelehnt',
    'failed-friend-removed': 'Kontakt entfernt',
    cancelled: 'Abgebrochen',
  },
  openPanel: (sentence) => `${sentence}. Einzelheiten zeigen`,
  panel: {
    title: 'Zustellung',
    close: 'Zustellung schließen',
    loading: 'Wird nachgesehen …',
    failed: 'Die Einzelheiten konnten nicht geladen werden.',
    tryAgain: 'Noch einmal',
    timeline: 'Was geschah',
    lastChecked: (moment) => `Kopien zuletzt geprüft: ${moment}`,
    copies: 'Kopien im Netz',
    noneHere: 'keine Kopie',
    copiesSummary: (held, wanted) => `${held} von ${wanted} Kopien sind da`,
    ring: (number) => `Ring ${number}`,
    statuses: {
      held: 'vorhanden',
      lost: 'verloren',
      repairing: 'verloren, wird ersetzt',
      missing: 'noch nicht abgelegt',
      unknown: 'nicht bekannt',
    },
    copy: (status, node) => `${status} · Knoten ${node}`,
    expiry: 'Wartet bis',
    renew: 'Verlängern',
    renewFor: 'Ab jetzt für',
    renewPrice: (duration) => `etwa ${duration} Rechenzeit`,
    renewed: 'Die Nachricht wartet jetzt länger',
    renewFailed: 'Die Nachricht wurde nicht verlängert',
    receipts: 'Signierte Quittungen',
    receiptsCount: (count) => `${count} Speicherknoten haben quittiert, dass sie sie genommen haben.`,
    oneReceipt: 'Ein Speicherknoten hat quittiert, dass er sie genommen hat.',
    exportReceipts: 'Als JSON ausgeben …',
    receiptUntil: (moment) => `bis ${moment}`,
    cancel: 'Senden abbrechen',
    resend: 'Erneut senden',
    cancelHint: 'Als abgebrochen gilt sie, sobald genug Speicherknoten sagen, dass sie nicht abgeholt wurde.',
    cancelFailed: 'Die Nachricht wurde nicht zurückgenommen',
    resendFailed: 'Die Nachricht wurde nicht erneut gesendet',
  },
}
