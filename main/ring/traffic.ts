import type { Address } from '../base/address.ts'
import { LruMap } from '../base/lru-map.ts'
import type { Instant } from '../base/time.ts'

const ADDRESSES_MAX = 4_096
const NEVER = Number.NEGATIVE_INFINITY

interface Times {
  sentAt: Instant
  heardAt: Instant
}

/**
 * When this node last wrote to an address and last heard from it, with any packet, Tox's own included: a NAT lets in
 * whom we wrote to, so such an address cannot tell whether strangers reach us. The engine notes every datagram.
 */
export class Traffic {
  readonly #byAddress = new LruMap<string, Times>(ADDRESSES_MAX)

  noteSent(to: Address, now: Instant): void {
    this.#timesOf(to).sentAt = now
  }

  noteHeard(from: Address, now: Instant): void {
    this.#timesOf(from).heardAt = now
  }

  /** Whether nothing was sent to it within `quietMs`. */
  isQuietTo(address: Address, quietMs: number, now: Instant): boolean {
    return now - (this.#byAddress.get(address.text)?.sentAt ?? NEVER) >= quietMs
  }

  /** Whether nothing came from it within `quietMs`. */
  isQuietFrom(address: Address, quietMs: number, now: Instant): boolean {
    return now - (this.#byAddress.get(address.text)?.heardAt ?? NEVER) >= quietMs
  }

  #timesOf({ text }: Address): Times {
    const known = this.#byAddress.get(text)
    if (known) return known
    const times = { sentAt: NEVER, heardAt: NEVER }
    this.#byAddress.set(text, times)
    return times
  }
}
