import type { Address } from '../../base/address.ts'
import { type Instant, SECOND_MS } from '../../base/time.ts'
import type { PublicKey } from '../../crypto/keys.ts'
import type { PackedNode } from '../../wire/node-format.ts'

/** Each listed node is asked this often, which also keeps us in its lists. */
export const ASK_INTERVAL_MS = 60 * SECOND_MS

/** Two asks and a round trip without an answer: no longer given out, its place is free for others. */
export const BAD_AFTER_MS = 122 * SECOND_MS

/** A third ask without an answer: no longer asked. */
export const DEAD_AFTER_MS = BAD_AFTER_MS + ASK_INTERVAL_MS

/** An address of one IP family at which a node answered. */
interface Path {
  node: PackedNode
  heardAt: Instant
  askedAt: Instant
}

/** The address of a searched key according to some other node. */
interface Returned {
  readonly address: Address
  readonly at: Instant
}

const NEVER = Number.NEGATIVE_INFINITY

/** A node in one of the lists: where it answers, over IPv4, IPv6 or both, and what it said of the key the list is around. */
export class ListedNode {
  readonly publicKey: PublicKey
  #ipv4: Path | undefined
  #ipv6: Path | undefined
  #returnedIpv4: Returned | undefined
  #returnedIpv6: Returned | undefined

  /** A node is listed only because it answered from `address`. */
  constructor(publicKey: PublicKey, address: Address, now: Instant) {
    this.publicKey = publicKey
    this.heard(address, now)
  }

  /**
   * It answered. A LAN address does not take the place of a good address of the internet.
   *
   * returns  whether it is reachable anew: it was bad, or answered from another address
   */
  heard(address: Address, now: Instant): boolean {
    const known = address.isIpv4 ? this.#ipv4 : this.#ipv6
    const wasGood = this.isGood(now)
    if (known?.node.address.equals(address)) {
      known.heardAt = now
      return !wasGood
    }
    if (known && isGoodPath(known, now) && address.isLan && !known.node.address.isLan) return false
    const path = { node: { publicKey: this.publicKey, address }, heardAt: now, askedAt: NEVER }
    if (address.isIpv4) this.#ipv4 = path
    else this.#ipv6 = path
    return true
  }

  isGood(now: Instant): boolean {
    return isGoodPath(this.#ipv4, now) || isGoodPath(this.#ipv6, now)
  }

  /** Key and address, if it is good: the address that answered last. */
  goodNode(now: Instant): PackedNode | undefined {
    const path = this.#latestPath()
    return path && isGoodPath(path, now) ? path.node : undefined
  }

  /** The same, good or not. */
  get latestNode(): PackedNode | undefined {
    return this.#latestPath()?.node
  }

  get heardAt(): Instant {
    return this.#latestPath()?.heardAt ?? NEVER
  }

  isAt(address: Address): boolean {
    const path = address.isIpv4 ? this.#ipv4 : this.#ipv6
    return path !== undefined && path.node.address.equals(address)
  }

  /** Whether it answered from just this address and is good there. */
  isGoodAt(address: Address, now: Instant): boolean {
    const path = address.isIpv4 ? this.#ipv4 : this.#ipv6
    return isGoodPath(path, now) && path.node.address.equals(address)
  }

  /** When it wants to be asked again; Infinity once it is dead. */
  nextAskAt(now: Instant): Instant {
    return Math.min(nextAskOf(this.#ipv4, now), nextAskOf(this.#ipv6, now))
  }

  /** Adds to `asks` its addresses that are due by `deadline`, and counts them as asked now. */
  collectDue(deadline: Instant, now: Instant, asks: PackedNode[]): void {
    collectDuePath(this.#ipv4, deadline, now, asks)
    collectDuePath(this.#ipv6, deadline, now, asks)
  }

  markAsked(address: Address, now: Instant): void {
    const path = address.isIpv4 ? this.#ipv4 : this.#ipv6
    if (path?.node.address.equals(address)) path.askedAt = now
  }

  /** It is due at that time at the latest. */
  askBy(at: Instant): void {
    for (const path of [this.#ipv4, this.#ipv6]) if (path) path.askedAt = Math.min(path.askedAt, at - ASK_INTERVAL_MS)
  }

  /** Makes a dead node merely bad, so that asking goes on. */
  revive(now: Instant): void {
    for (const path of [this.#ipv4, this.#ipv6]) if (path) path.heardAt = now - BAD_AFTER_MS
  }

  setReturned(address: Address, now: Instant): void {
    if (address.isIpv4) this.#returnedIpv4 = { address, at: now }
    else this.#returnedIpv6 = { address, at: now }
  }

  returnedIpv4(now: Instant): Address | undefined {
    return stillReturned(this.#returnedIpv4, now)
  }

  returnedIpv6(now: Instant): Address | undefined {
    return stillReturned(this.#returnedIpv6, now)
  }

  #latestPath(): Path | undefined {
    if (!this.#ipv4 || !this.#ipv6) return this.#ipv4 ?? this.#ipv6
    return this.#ipv4.heardAt >= this.#ipv6.heardAt ? this.#ipv4 : this.#ipv6
  }
}

function isGoodPath(path: Path | undefined, now: Instant): path is Path {
  return path !== undefined && now < path.heardAt + BAD_AFTER_MS
}

function nextAskOf(path: Path | undefined, now: Instant): Instant {
  if (!path || now >= path.heardAt + DEAD_AFTER_MS) return Number.POSITIVE_INFINITY
  const at = path.askedAt + ASK_INTERVAL_MS
  return at < path.heardAt + DEAD_AFTER_MS ? at : Number.POSITIVE_INFINITY
}

function collectDuePath(path: Path | undefined, deadline: Instant, now: Instant, asks: PackedNode[]): void {
  if (!path || nextAskOf(path, now) > deadline) return
  path.askedAt = now
  asks.push(path.node)
}

function stillReturned(returned: Returned | undefined, now: Instant): Address | undefined {
  return returned && now < returned.at + BAD_AFTER_MS ? returned.address : undefined
}
