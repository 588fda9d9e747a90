import type { Address } from '../base/address.ts'
import { LruMap } from '../base/lru-map.ts'
import type { Instant } from '../base/time.ts'

const ADDRESSES_MAX = 4_096

/**
 * When this node last wrote to an address and last heard from it, with any packet, Tox's own included: a NAT lets in
 * whom we wrote to, so such an address cannot tell whether strangers reach us. The engine notes every datagram.
 */
export class Traffic {
  readonly #sentAt = new LruMap<string, Instant>(ADDRESSES_MAX)
  readonly #heardAt = new LruMap<string, Instant>(ADDRESSES_MAX)

  noteSent(to: Address, now: Instant): void {
    this.#sentAt.set(to.text, now)
  }

  noteHeard(from: Address, now: Instant): void {
    this.#heardAt.set(from.text, now)
  }

  /** Whether nothing was sent to it within `quietMs`. */
  isQuietTo(address: Address, quietMs: number, now: Instant): boolean {
    const at = this.#sentAt.get(address.text)
    return at === undefined || now - at >= quietMs
  }

  /** Whether nothing came from it within `quietMs`. */
  isQuietFrom(address: Address, quietMs: number, now: Instant): boolean {
    const at = this.#heardAt.get(address.text)
    return at === undefined || now - at >= quietMs
  }
}
