import { type Instant, MINUTE_MS, SECOND_MS } from '../base/time.ts'
import type { RefusalBody } from '../wire/storage-proof.ts'

/** Every no of a storage node, by the number it has on the wire. Numbers are never used anew. */
const REASON_OF_CODE = {
  1: 'malformed',
  2: 'notResponsible',
  3: 'notStoring',
  4: 'tooLarge',
  5: 'ttlTooLong',
  6: 'expired',
  7: 'clockDiffers',
  8: 'algorithmNotOffered',
  9: 'formulaUnknown',
  10: 'effortTooLow',
  11: 'challengeUnknown',
  12: 'challengeExpired',
  13: 'challengeSpent',
  14: 'challengeOfAnotherSender',
  15: 'challengeForAnotherRecord',
  16: 'proofWrong',
  17: 'tooManyFailures',
  18: 'prefixBusy',
  19: 'signatureWrong',
  20: 'bodyHashWrong',
  21: 'staleRevision',
  22: 'staleRenewal',
  23: 'unknownRecord',
  24: 'deleted',
  25: 'full',
  26: 'prefixQuota',
  27: 'mailboxCount',
  28: 'mailboxBytes',
  29: 'repairShare',
  30: 'diskFailing',
  31: 'renewalChainFull',
  32: 'tokenWrong',
  33: 'rateLimited',
  34: 'transferLimit',
} as const

type RefusalCode = keyof typeof REASON_OF_CODE
export type RefusalReason = (typeof REASON_OF_CODE)[RefusalCode]

/** A no. Without `retryAfterMs` the same request will never do. */
export interface Refusal {
  readonly kind: 'refused'
  readonly reason: RefusalReason
  readonly retryAfterMs?: number
}

const CODE_OF_REASON: ReadonlyMap<string, number> = new Map(
  Object.entries(REASON_OF_CODE).map(([code, reason]) => [reason, Number(code)]),
)

/** When the same request may do, for reasons that pass. The others need another request, another node or a new proof. */
const RETRY_AFTER_MS: Partial<Record<RefusalReason, number>> = {
  notResponsible: MINUTE_MS,
  notStoring: 10 * MINUTE_MS,
  challengeUnknown: SECOND_MS,
  challengeExpired: SECOND_MS,
  effortTooLow: SECOND_MS,
  tooManyFailures: 10 * MINUTE_MS,
  prefixBusy: 10 * MINUTE_MS,
  full: 10 * MINUTE_MS,
  prefixQuota: 10 * MINUTE_MS,
  mailboxCount: 10 * MINUTE_MS,
  mailboxBytes: 10 * MINUTE_MS,
  repairShare: 10 * MINUTE_MS,
  diskFailing: 5 * MINUTE_MS,
  tokenWrong: SECOND_MS,
  rateLimited: MINUTE_MS,
  transferLimit: 10 * SECOND_MS,
}

/** A no for `reason`, with when to try again: as usual for it, or as the caller knows better. */
export function refuse(reason: RefusalReason, retryAfterMs: number | undefined = RETRY_AFTER_MS[reason]): Refusal {
  return retryAfterMs === undefined ? { kind: 'refused', reason } : { kind: 'refused', reason, retryAfterMs }
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'refused'
}

/** As it goes over the wire, with the node's own time so that SENDER sees whose clock is wrong. */
export function refusalBodyOf(refusal: Refusal, now: Instant): RefusalBody {
  return {
    code: CODE_OF_REASON.get(refusal.reason) ?? 1,
    retryAfterSeconds: Math.min(0xffffffff, Math.ceil((refusal.retryAfterMs ?? 0) / SECOND_MS)),
    nodeTime: Math.floor(now / SECOND_MS) * SECOND_MS,
  }
}

/** What a refusal from the wire means; undefined for a code of a later version. */
export function refusalFrom(body: RefusalBody): Refusal | undefined {
  const reason = isRefusalCode(body.code) ? REASON_OF_CODE[body.code] : undefined
  return reason && refuse(reason, body.retryAfterSeconds === 0 ? undefined : body.retryAfterSeconds * SECOND_MS)
}

function isRefusalCode(code: number): code is RefusalCode {
  return code in REASON_OF_CODE
}
