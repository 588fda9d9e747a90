import type { Address } from '../base/address.ts'
import { type Instant, MINUTE_MS, SECOND_MS } from '../base/time.ts'
import { RecentAddresses } from './recent-addresses.ts'

/** As long as NATs remember whom we wrote to, and as long as a member may be asked to have heard nothing. */
const SENT_HORIZON_MS = 150 * SECOND_MS
const HEARD_HORIZON_MS = 10 * MINUTE_MS
/** More than a busy bootstrap node writes to, or hears from, in that time. */
const ADDRESSES_MAX = 32_768

/**
 * When this node last wrote to an address and last heard from it, with any packet, Tox's own included: a NAT lets in
 * whom we wrote to, so such an address cannot tell whether strangers reach us. The engine notes every datagram.
 *
 * Anybody can make up senders. Kept apart, those push out nobody whom we wrote to; and nobody counts as quiet, either
 * way, who may have been pushed out.
 */
export class Traffic {
  readonly #sent = new RecentAddresses(SENT_HORIZON_MS, ADDRESSES_MAX)
  readonly #heard = new RecentAddresses(HEARD_HORIZON_MS, ADDRESSES_MAX)

  noteSent(to: Address, now: Instant): void {
    this.#sent.note(to, now)
  }

  noteHeard(from: Address, now: Instant): void {
    this.#heard.note(from, now)
  }

  /** Whether nothing was sent to it within `quietMs`, as far as that is still known. */
  isQuietTo(address: Address, quietMs: number, now: Instant): boolean {
    return this.#sent.isQuiet(address, quietMs, now)
  }

  /** Whether nothing came from it within `quietMs`, as far as that is still known. */
  isQuietFrom(address: Address, quietMs: number, now: Instant): boolean {
    return this.#heard.isQuiet(address, quietMs, now)
  }
}
