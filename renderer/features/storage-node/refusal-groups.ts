const REFUSAL_GROUPS = ['space', 'limits', 'place', 'proof', 'old', 'other'] as const
type RefusalGroup = (typeof REFUSAL_GROUPS)[number]

/** The reasons of a storage node (docs/PROTOCOL.md, "Refusals") as a person tells them apart. */
const GROUP_OF_REASON: Readonly<Record<string, RefusalGroup>> = {
  full: 'space',
  prefixQuota: 'space',
  mailboxCount: 'space',
  mailboxBytes: 'space',
  repairShare: 'space',
  transferLimit: 'space',
  diskFailing: 'space',
  tooLarge: 'limits',
  oversize: 'limits',
  ttlTooLong: 'limits',
  notResponsible: 'place',
  notStoring: 'place',
  effortTooLow: 'proof',
  proofWrong: 'proof',
  challengeUnknown: 'proof',
  challengeExpired: 'proof',
  challengeSpent: 'proof',
  challengeOfAnotherSender: 'proof',
  challengeForAnotherRecord: 'proof',
  signatureWrong: 'proof',
  bodyHashWrong: 'proof',
  expired: 'old',
  staleRevision: 'old',
  staleRenewal: 'old',
  unknownRecord: 'old',
  deleted: 'old',
}

/** How often each group occurred, most often first; groups that did not occur are left out. */
export function groupRefusals(refused: Readonly<Record<string, number>>): { group: RefusalGroup; count: number }[] {
  const counts = new Map<RefusalGroup, number>()
  for (const [reason, count] of Object.entries(refused)) {
    const group = GROUP_OF_REASON[reason] ?? 'other'
    counts.set(group, (counts.get(group) ?? 0) + count)
  }
  return REFUSAL_GROUPS.flatMap((group) => {
    const count = counts.get(group) ?? 0
    return count > 0 ? [{ group, count }] : []
  }).sort((a, b) => b.count - a.count)
}
