import type { Instant } from '../base/time.ts'
import type { DeliveryReason } from './change.ts'
import type { NetworkClock } from './network-clock.ts'
import { expiringFrom, type Outbox } from './outbox.ts'
import type { OutboxEntry } from './outbox-entry.ts'

/** Below so many copies a message may be lost. */
export const COPIES_AT_RISK = 2
/** With fewer storage nodes than this the network promises nothing. */
const THIN_BELOW = 4

/** Distinct receipts from which on a message counts as stored. */
export function copiesNeeded(wanted: number): number {
  return Math.max(1, Math.ceil((2 * wanted) / 3))
}

/** Shows how far own messages are stored: `storing`, or `stored` with what there is to say about it. */
export class StoredStanding {
  readonly #outbox: Outbox
  readonly #clock: NetworkClock

  constructor(outbox: Outbox, clock: NetworkClock) {
    this.#outbox = outbox
    this.#clock = clock
  }

  /** Receipts came. */
  showDeposited(entry: OutboxEntry, now: Instant): void {
    const { placement } = entry
    if (!entry.isOpen || !placement) return
    const copies = entry.copies
    const isStored = copies.wanted > 0 && entry.parts.every(({ held, wanted }) => held >= copiesNeeded(wanted))
    if (isStored) {
      entry.isAtRisk = copies.held < Math.min(COPIES_AT_RISK, copies.wanted)
      this.#show(entry, this.#endOf(entry), now)
    } else if (entry.state !== 'stored' && copies.held > 0) {
      const expiresAt = this.#clock.localTime(placement.notAfter)
      this.#outbox.setStanding(entry, { state: 'storing', copies, expiresAt }, now)
    }
  }

  /** A status was heard, a renewal taken, or time passed. */
  showStored(entry: OutboxEntry, now: Instant, expiresAt: Instant = entry.expiresAt): void {
    if (entry.state === 'stored') this.#show(entry, expiresAt, now)
  }

  #show(entry: OutboxEntry, expiresAt: Instant, now: Instant): void {
    const copies = entry.copies
    const reason = reasonOf(entry, expiresAt, copies.wanted, now)
    this.#outbox.setStanding(entry, { state: 'stored', reason, copies, expiresAt }, now)
  }

  /** A renewal's end stands once it was taken, whatever is sent again after it. */
  #endOf(entry: OutboxEntry): Instant {
    const { placement, expiresAt } = entry
    const isRenewed = placement && placement.renewCounter > 0 && entry.state === 'stored'
    return placement && !isRenewed ? this.#clock.localTime(placement.notAfter) : expiresAt
  }
}

/** At risk before about to end before thin. */
function reasonOf(
  { isAtRisk, ttlSeconds }: OutboxEntry,
  expiresAt: Instant,
  wanted: number,
  now: Instant,
): DeliveryReason | undefined {
  if (isAtRisk) return 'at-risk'
  if (now >= expiringFrom({ expiresAt, ttlSeconds })) return 'expiring'
  return wanted < THIN_BELOW ? 'thin' : undefined
}
