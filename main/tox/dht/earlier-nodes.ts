import { type Instant, SECOND_MS } from '../../base/time.ts'
import type { PackedNode } from '../../wire/node-format.ts'

/** As many as c-toxcore asks at once of those that it saved. */
const NODES_PER_ROUND = 8
const ROUND_MS = 2 * SECOND_MS
/** Savefiles of other clients hold more, the same ones many times over. */
const NODES_MAX = 128

/** Nodes known from an earlier run: asked in turn, some at a time, for as long as nobody answers. */
export class EarlierNodes {
  #nodes: readonly PackedNode[] = []
  #next = 0
  #nextAt: Instant = Number.POSITIVE_INFINITY

  /** When somebody is to be asked; Infinity while it is not needed. */
  get nextAt(): Instant {
    return this.#nextAt
  }

  set(nodes: readonly PackedNode[], now: Instant): void {
    this.#nodes = nodes.slice(0, NODES_MAX)
    this.#next = 0
    this.restart(now)
  }

  /** Nobody answers any more. */
  restart(now: Instant): void {
    if (this.#nodes.length > 0) this.#nextAt = now
  }

  /** Somebody answers. */
  rest(): void {
    this.#nextAt = Number.POSITIVE_INFINITY
  }

  takeDue(now: Instant): PackedNode[] {
    if (now < this.#nextAt) return []
    this.#nextAt = now + ROUND_MS
    const due = this.#nodes.slice(this.#next, this.#next + NODES_PER_ROUND)
    this.#next = this.#next + due.length < this.#nodes.length ? this.#next + due.length : 0
    return due
  }
}
