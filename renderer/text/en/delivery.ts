interface Standing {
  readonly name: string
  /** Live copies against the target, as numbers in the reader's language. */
  readonly held: string
  readonly wanted: string
  /** When it ends on the network; empty where that is not known. */
  readonly until: string
  /** How much of the proof-of-work is done. */
  readonly done: string
}

const until = (moment: string): string => (moment === '' ? '' : ` until ${moment}`)

/** Where own messages stand, and the panel that tells it in full. */
export const delivery = {
  /** What the mark beside a message says. Each sentence is true of its state and promises no more. */
  sentences: {
    queued: () => 'Waiting on this computer to be sent',
    'queued-offline': ({ name }: Standing) => `Waiting on this computer to be stored on the network for ${name}`,
    'queued-not-met': ({ name }: Standing) =>
      `Waiting on this computer: ${name} gets waiting messages once you have both been online together`,
    'queued-unsupported': ({ name }: Standing) =>
      `Waiting on this computer until you are both online: ${name}’s app cannot receive waiting messages`,
    'queued-waiting-off': ({ name }: Standing) =>
      `Waiting on this computer until you are both online: waiting messages are off for ${name}`,
    'queued-keys-out-of-date': ({ name }: Standing) =>
      `Waiting on this computer: its keys are out of date, as after restoring a backup. You and ${name} get new ones when you are next both online`,
    'queued-no-network': () => 'Waiting on this computer: it is not connected to the network',
    'queued-no-storage-nodes': () =>
      'Waiting on this computer: no storage node was found yet. It is tried again by itself',
    proving: ({ done }: Standing) => `Computing the proof-of-work that storing costs: ${done} done`,
    storing: ({ held, wanted }: Standing) => `Being stored on the network: ${held} of ${wanted} copies so far`,
    stored: ({ held, wanted, until: moment }: Standing) =>
      `Stored on the network, ${held} of ${wanted} copies${until(moment)}. Not collected yet`,
    'stored-thin': ({ held, wanted, until: moment }: Standing) =>
      `Stored${until(moment)}, but thinly: ${held} of ${wanted} copies, and the network has no more nodes for it. It may be lost`,
    'stored-at-risk': ({ held, wanted }: Standing) =>
      `At risk: only ${held} of ${wanted} copies are left. It is being stored again from this computer`,
    'stored-expiring': ({ until: moment }: Standing) =>
      `Stored${until(moment)}: that is soon. Renew it to let it wait longer`,
    collected: ({ name }: Standing) => `${name} collected it from the network`,
    delivered: ({ name }: Standing) => `Delivered to ${name}`,
    read: ({ name }: Standing) => `Read by ${name}`,
    expired: ({ name }: Standing) => `Expired: ${name} did not collect it in time`,
    'expired-not-known-whether-read': ({ name }: Standing) =>
      `Expired. It is not known whether ${name} read it; your next meeting tells`,
    failed: () => 'It could not be sent',
    'failed-refused': () => 'It was not stored: the storage nodes refused it',
    'failed-friend-removed': ({ name }: Standing) => `It was not sent: ${name} was removed from your friends`,
    cancelled: ({ name }: Standing) => `Cancelled before ${name} got it`,
  },
  /** The steps of the timeline, without what changes while they last. */
  steps: {
    queued: 'Written',
    'queued-offline': 'Written, to be stored on the network',
    'queued-not-met': 'Kept here until you have met',
    'queued-unsupported': 'Kept here until you are both online',
    'queued-waiting-off': 'Kept here: waiting messages are off',
    'queued-keys-out-of-date': 'Kept here: keys are out of date',
    'queued-no-network': 'Kept here: not connected',
    'queued-no-storage-nodes': 'Kept here: no storage node found',
    proving: 'Proof-of-work begun',
    storing: 'First copy stored',
    stored: 'Stored',
    'stored-thin': 'Stored thinly',
    'stored-at-risk': 'At risk: copies were lost',
    'stored-expiring': 'About to expire',
    collected: 'Collected',
    delivered: 'Delivered',
    read: 'Read',
    expired: 'Expired',
    'expired-not-known-whether-read': 'Expired, not known whether read',
    failed: 'Failed',
    'failed-refused': 'Refused by the storage nodes',
    'failed-friend-removed': 'Friend removed',
    cancelled: 'Cancelled',
  },
  openPanel: (sentence: string) => `${sentence}. Show details`,
  panel: {
    title: 'Delivery',
    close: 'Close the delivery panel',
    loading: 'Looking it up…',
    failed: 'The details could not be loaded.',
    tryAgain: 'Try again',
    timeline: 'What happened',
    lastChecked: (moment: string) => `Copies last checked ${moment}`,
    copies: 'Copies on the network',
    noneHere: 'no copy',
    copiesSummary: (held: string, wanted: string) => `${held} of ${wanted} copies are held`,
    ring: (number: string) => `Ring ${number}`,
    statuses: {
      held: 'held',
      lost: 'lost',
      repairing: 'lost, being replaced',
      missing: 'not placed yet',
      unknown: 'not known',
    },
    copy: (status: string, node: string) => `${status} · node ${node}`,
    expiry: 'Waits until',
    renew: 'Renew',
    renewFor: 'From now, for',
    renewPrice: (duration: string) => `about ${duration} of computing`,
    renewed: 'The message waits longer now',
    renewFailed: 'The message was not renewed',
    receipts: 'Signed receipts',
    receiptsCount: (count: string) => `${count} storage nodes signed that they took it.`,
    oneReceipt: 'One storage node signed that it took it.',
    exportReceipts: 'Export as JSON…',
    receiptUntil: (moment: string) => `until ${moment}`,
    cancel: 'Cancel sending',
    resend: 'Send again',
    cancelHint: 'It counts as cancelled once enough storage nodes say that it was not collected.',
    cancelFailed: 'The message was not taken back',
    resendFailed: 'The message was not sent again',
  },
}
