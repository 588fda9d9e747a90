import type { Address } from '../base/address.ts'
import { LruMap } from '../base/lru-map.ts'
import type { Instant } from '../base/time.ts'

/** Of each kind; whoever was not written to, or not heard, for longest goes first. */
const ADDRESSES_MAX = 4_096
const NEVER = Number.NEGATIVE_INFINITY

/**
 * When this node last wrote to an address and last heard from it, with any packet, Tox's own included: a NAT lets in
 * whom we wrote to, so such an address cannot tell whether strangers reach us. The engine notes every datagram.
 *
 * Anybody can make up senders. Kept apart, those push out nobody whom we wrote to; where they ask something, so that we
 * write to them, nobody counts as quiet who may have been pushed out.
 */
export class Traffic {
  readonly #sentAt = new LruMap<string, Instant>(ADDRESSES_MAX)
  readonly #heardAt = new LruMap<string, Instant>(ADDRESSES_MAX)
  /** When the last address that had to go was written to: nothing later is known of those that are not kept. */
  #forgottenSentAt: Instant = NEVER

  noteSent(to: Address, now: Instant): void {
    const forgotten = this.#sentAt.set(to.text, now)
    if (forgotten !== undefined) this.#forgottenSentAt = Math.max(this.#forgottenSentAt, forgotten)
  }

  noteHeard(from: Address, now: Instant): void {
    this.#heardAt.set(from.text, now)
  }

  /** Whether nothing was sent to it within `quietMs`, as far as that is still known. */
  isQuietTo(address: Address, quietMs: number, now: Instant): boolean {
    return now - (this.#sentAt.get(address.text) ?? this.#forgottenSentAt) >= quietMs
  }

  /** Whether nothing came from it within `quietMs`. */
  isQuietFrom(address: Address, quietMs: number, now: Instant): boolean {
    return now - (this.#heardAt.get(address.text) ?? NEVER) >= quietMs
  }
}
