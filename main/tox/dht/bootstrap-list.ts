import { type Instant, MINUTE_MS, SECOND_MS } from '../../base/time.ts'
import type { PackedNode } from '../../wire/node-format.ts'

/** Bootstrap nodes kept; the one named longest ago goes first. */
export const BOOTSTRAP_NODES_MAX = 32

const FIRST_RETRY_MS = SECOND_MS
const RETRY_MS_MAX = MINUTE_MS

interface Entry {
  readonly node: PackedNode
  retryMs: number
  askAt: Instant
  hasAnswered: boolean
}

/**
 * The nodes through which we join. Each is asked until it answers, and all again whenever no node is known any more:
 * after 1, 2, 4 … 60 s.
 */
export class BootstrapList {
  #entries: Entry[] = []

  get nextAt(): Instant {
    let at = Number.POSITIVE_INFINITY
    for (const entry of this.#entries) if (!entry.hasAnswered) at = Math.min(at, entry.askAt)
    return at
  }

  /** Any of them: something to name to who asks while no good node is known. */
  find(isWanted: (node: PackedNode) => boolean): PackedNode | undefined {
    return this.#entries.find(({ node }) => isWanted(node))?.node
  }

  /** Adds a node, which is due at once. */
  add(node: PackedNode, now: Instant): void {
    this.#entries = this.#entries.filter((entry) => !isSame(entry.node, node))
    this.#entries.push({ node, retryMs: FIRST_RETRY_MS, askAt: now, hasAnswered: false })
    if (this.#entries.length > BOOTSTRAP_NODES_MAX) this.#entries.shift()
  }

  answered(answerer: PackedNode): void {
    const entry = this.#entries.find(({ node }) => isSame(node, answerer))
    if (entry) entry.hasAnswered = true
  }

  /** No node is known any more: all are due again. */
  restart(now: Instant): void {
    for (const entry of this.#entries) Object.assign(entry, { retryMs: FIRST_RETRY_MS, askAt: now, hasAnswered: false })
  }

  takeDue(now: Instant): PackedNode[] {
    const due = this.#entries.filter((entry) => !entry.hasAnswered && entry.askAt <= now)
    for (const entry of due) {
      entry.askAt = now + entry.retryMs
      entry.retryMs = Math.min(entry.retryMs * 2, RETRY_MS_MAX)
    }
    return due.map(({ node }) => node)
  }
}

function isSame(left: PackedNode, right: PackedNode): boolean {
  return left.publicKey.equals(right.publicKey) && left.address.equals(right.address)
}
