import { type Instant, SECOND_MS } from '../../base/time.ts'
import type { PublicKey } from '../../crypto/keys.ts'
import type { PackedNode } from '../../wire/node-format.ts'
import { NearestNodes } from './nearest-nodes.ts'

const WINDOW_MS = 2 * SECOND_MS

/** Pings to newcomers per window. Requests can be sent in others' names: this bounds what we then send to those others. */
export const NEWCOMERS_PER_WINDOW_MAX = 32

/**
 * Nodes that asked us something and are not listed yet. Each is pinged, once per window of 2 s; its answer is what lists
 * it. The first 32 of a window are pinged at once, of the rest those nearest to our key when the next window begins.
 */
export class Newcomers {
  readonly #pinged = new Set<string>()
  readonly #waiting: NearestNodes
  #windowEndsAt: Instant = Number.NEGATIVE_INFINITY

  constructor(selfKey: PublicKey) {
    this.#waiting = new NearestNodes(selfKey, NEWCOMERS_PER_WINDOW_MAX)
  }

  /** When those who wait will be pinged; Infinity if nobody waits. */
  get nextAt(): Instant {
    return this.#waiting.count === 0 ? Number.POSITIVE_INFINITY : this.#windowEndsAt
  }

  /** Whether to ping `node` now. If not, it was pinged just now, or waits. */
  admit(node: PackedNode, now: Instant): boolean {
    if (now >= this.#windowEndsAt && this.#waiting.count === 0) this.#openWindow(now)
    if (this.#pinged.has(node.publicKey.hex)) return false
    if (this.#pinged.size < NEWCOMERS_PER_WINDOW_MAX) {
      this.#pinged.add(node.publicKey.hex)
      return true
    }
    this.#waiting.offer(node)
    return false
  }

  /** Those who waited and are to be pinged now. */
  takeDue(now: Instant): PackedNode[] {
    if (now < this.nextAt) return []
    this.#openWindow(now)
    const due = this.#waiting.take()
    for (const { publicKey } of due) this.#pinged.add(publicKey.hex)
    return due
  }

  #openWindow(now: Instant): void {
    this.#pinged.clear()
    this.#windowEndsAt = now + WINDOW_MS
  }
}
