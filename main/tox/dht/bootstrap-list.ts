import { type Instant, MINUTE_MS, SECOND_MS } from '../../base/time.ts'
import type { PackedNode } from '../../wire/node-format.ts'

/** Bootstrap nodes kept; the one named longest ago goes first. */
export const BOOTSTRAP_NODES_MAX = 32

const FIRST_RETRY_MS = SECOND_MS
const RETRY_MS_MAX = MINUTE_MS

/** After so many questions without an answer a node counts as silent. */
const ASKED_COUNT_MIN = 3

/** `silent`: asked again and again in vain. */
export type BootstrapState = 'answered' | 'asked' | 'silent'

interface Entry {
  readonly node: PackedNode
  retryMs: number
  askAt: Instant
  hasAnswered: boolean
  /** Since it last answered. */
  askedCount: number
  answeredAt: Instant | undefined
}

/** One of the nodes, as it stands. */
export interface BootstrapEntry {
  readonly node: PackedNode
  readonly state: BootstrapState
  readonly answeredAt: Instant | undefined
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
    this.remove(node)
    const unasked = { askedCount: 0, answeredAt: undefined }
    this.#entries.push({ node, retryMs: FIRST_RETRY_MS, askAt: now, hasAnswered: false, ...unasked })
    if (this.#entries.length > BOOTSTRAP_NODES_MAX) this.#entries.shift()
  }

  remove(node: PackedNode): void {
    this.#entries = this.#entries.filter((entry) => !isSame(entry.node, node))
  }

  answered(answerer: PackedNode, now: Instant): void {
    const entry = this.#entries.find(({ node }) => isSame(node, answerer))
    if (entry) Object.assign(entry, { hasAnswered: true, askedCount: 0, answeredAt: now })
  }

  entries(): BootstrapEntry[] {
    return this.#entries.map(({ node, hasAnswered, askedCount, answeredAt }) => {
      const state = hasAnswered ? 'answered' : askedCount >= ASKED_COUNT_MIN ? 'silent' : 'asked'
      return { node, state, answeredAt }
    })
  }

  /** No node is known any more: all are due again. */
  restart(now: Instant): void {
    for (const entry of this.#entries) Object.assign(entry, { retryMs: FIRST_RETRY_MS, askAt: now, hasAnswered: false })
  }

  takeDue(now: Instant): PackedNode[] {
    const due = this.#entries.filter((entry) => !entry.hasAnswered && entry.askAt <= now)
    for (const entry of due) {
      entry.askedCount += 1
      entry.askAt = now + entry.retryMs
      entry.retryMs = Math.min(entry.retryMs * 2, RETRY_MS_MAX)
    }
    return due.map(({ node }) => node)
  }
}

function isSame(left: PackedNode, right: PackedNode): boolean {
  return left.publicKey.equals(right.publicKey) && left.address.equals(right.address)
}
