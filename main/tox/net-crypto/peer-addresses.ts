import type { Address } from '../../base/address.ts'
import { type Instant, SECOND_MS } from '../../base/time.ts'

/** An address counts as up for this long after the last packet from it. */
const DIRECT_LIFE_MS = 8 * SECOND_MS
/** IPv4 and IPv6, inside and outside the LAN. The one not heard of for longest gives way. */
const ADDRESSES_MAX = 4

interface Known {
  readonly address: Address
  learntAt: Instant
  heardAt: Instant | undefined
}

/** Where a peer can be reached. */
export class PeerAddresses {
  #known: Known[] = []

  get all(): readonly Address[] {
    return this.#known.map(({ address }) => address)
  }

  /** Somebody named it. Returns the address that had to go, if any. */
  learn(address: Address, now: Instant): Address | undefined {
    return this.#note(address, now, false)
  }

  /** An authentic packet came from it. Returns the address that had to go, if any. */
  noteHeard(address: Address, now: Instant): Address | undefined {
    return this.#note(address, now, true)
  }

  has(address: Address): boolean {
    return this.#known.some((known) => known.address.equals(address))
  }

  /** The best address: heard of lately first, what fell silent last; then LAN, then IPv6, then the latest. */
  best(now: Instant): Address | undefined {
    let best = this.#known[0]
    for (const known of this.#known) {
      if (best && isBetter(known, best, now)) best = known
    }
    return best?.address
  }

  /** Drops what was neither heard nor named since `since`; returns it. */
  forgetBefore(since: Instant): Address[] {
    const old = this.#known.filter((known) => latest(known) < since)
    this.#known = this.#known.filter((known) => latest(known) >= since)
    return old.map(({ address }) => address)
  }

  #note(address: Address, now: Instant, isHeard: boolean): Address | undefined {
    const found = this.#known.find((known) => known.address === address || known.address.equals(address))
    if (found) {
      if (isHeard) found.heardAt = now
      else found.learntAt = now
      return undefined
    }
    const evicted = this.#known.length === ADDRESSES_MAX ? this.#removeOldest() : undefined
    this.#known.push({ address, learntAt: now, heardAt: isHeard ? now : undefined })
    return evicted
  }

  #removeOldest(): Address | undefined {
    const oldest = this.#known.reduce((left, right) => (latest(right) < latest(left) ? right : left))
    this.#known = this.#known.filter((known) => known !== oldest)
    return oldest.address
  }
}

function isBetter(left: Known, right: Known, now: Instant): boolean {
  const difference = rankOf(left, now) - rankOf(right, now)
  return difference > 0 || (difference === 0 && latest(left) > latest(right))
}

/** What fell silent, and was not named since, comes last: the peer has left that network. */
function rankOf({ address, heardAt, learntAt }: Known, now: Instant): number {
  const silentAt = (heardAt ?? Number.POSITIVE_INFINITY) + DIRECT_LIFE_MS
  const isUp = heardAt !== undefined && now < silentAt
  const isSilent = now >= silentAt && learntAt < silentAt
  const kind = address.isLan ? 2 : address.isIpv4 ? 0 : 1
  return (isUp ? 4 : isSilent ? -4 : 0) + kind
}

function latest({ learntAt, heardAt }: Known): Instant {
  return Math.max(learntAt, heardAt ?? learntAt)
}
