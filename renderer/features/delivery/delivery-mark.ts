import type { Message, MessageState, StateReason } from '../../../shared/model/message.ts'

/**
 * What stands beside an own message: one shape for each thing that a person must be able to tell apart.
 * `stored` promises; `thin` and `at-risk` do not.
 */
export type DeliveryMark =
  | 'queued'
  | 'proving'
  | 'storing'
  | 'stored'
  | 'thin'
  | 'at-risk'
  | 'expiring'
  | 'collected'
  | 'delivered'
  | 'read'
  | 'expired'
  | 'failed'
  | 'cancelled'

/** How a mark is coloured, beside its shape. */
export type MarkTone = 'quiet' | 'working' | 'good' | 'warning' | 'bad'

type Standing = Pick<Message, 'state' | 'reason'>

/** The mark of an own message; a friend's message has none. */
export function deliveryMark({ state, reason }: Standing): DeliveryMark | undefined {
  if (state === 'received') return undefined
  if (state !== 'stored') return state
  return reason === 'thin' || reason === 'at-risk' || reason === 'expiring' ? reason : 'stored'
}

const TONES: Readonly<Record<DeliveryMark, MarkTone>> = {
  queued: 'quiet',
  proving: 'working',
  storing: 'working',
  stored: 'quiet',
  thin: 'warning',
  'at-risk': 'warning',
  expiring: 'warning',
  collected: 'quiet',
  delivered: 'quiet',
  read: 'good',
  expired: 'bad',
  failed: 'bad',
  cancelled: 'quiet',
}

export function toneOf(mark: DeliveryMark): MarkTone {
  return TONES[mark]
}

/** Reasons that change what a state means to a person, by state. Any other adds nothing that the state does not say. */
const TOLD_REASONS = {
  queued: ['offline', 'not-met', 'unsupported', 'waiting-off', 'keys-out-of-date', 'no-network', 'no-storage-nodes'],
  stored: ['thin', 'at-risk', 'expiring'],
  expired: ['not-known-whether-read'],
  failed: ['refused', 'friend-removed'],
} as const satisfies Partial<Record<MessageState, readonly StateReason[]>>

type Told<State extends keyof typeof TOLD_REASONS> = `${State}-${(typeof TOLD_REASONS)[State][number]}`

/** Which sentence says where an own message stands. */
export type DeliverySentence =
  | Exclude<MessageState, 'received'>
  | Told<'queued'>
  | Told<'stored'>
  | Told<'expired'>
  | Told<'failed'>

/** The sentence for a state with its reason; undefined for a friend's message. */
export function deliverySentence({ state, reason }: Standing): DeliverySentence | undefined {
  if (state === 'received') return undefined
  const told: readonly StateReason[] = state in TOLD_REASONS ? TOLD_REASONS[state as keyof typeof TOLD_REASONS] : []
  // The table above is what the type is made of.
  return reason !== undefined && told.includes(reason) ? (`${state}-${reason}` as DeliverySentence) : state
}

/** What a person can do about an own message. */
export interface DeliveryActions {
  readonly canEdit: boolean
  readonly canCancel: boolean
  readonly canResend: boolean
  readonly canRenew: boolean
}

const CANCELLABLE: readonly MessageState[] = ['queued', 'proving', 'storing', 'stored']

export function deliveryActions({ direction, kind, state }: Message): DeliveryActions {
  const isOwn = direction === 'out'
  return {
    canEdit: isOwn && kind !== 'file' && state === 'queued',
    canCancel: isOwn && CANCELLABLE.includes(state),
    canResend: isOwn && (state === 'expired' || state === 'failed'),
    canRenew: isOwn && state === 'stored',
  }
}
