import { type Instant, MINUTE_MS, SECOND_MS } from '../../base/time.ts'
import type { PackedNode } from '../../wire/node-format.ts'

/** As many as c-toxcore asks at once of those that it saved. */
const NODES_PER_ROUND = 8
const ROUND_MS = 2 * SECOND_MS
/** Each time that all were asked in vain the next rounds come half as often, down to this. */
const ROUND_MS_MAX = MINUTE_MS
/** Savefiles of other clients hold more, the same ones many times over. */
const NODES_MAX = 128

/** Nodes known from an earlier run: asked in turn, some at a time, ever more rarely, for as long as nobody answers. */
export class EarlierNodes {
  #nodes: readonly PackedNode[] = []
  #next = 0
  #roundMs = ROUND_MS
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

  /** Nobody answers any more, or the way to them may be another: quickly again. */
  restart(now: Instant): void {
    this.#roundMs = ROUND_MS
    if (this.#nodes.length > 0) this.#nextAt = now
  }

  /** Somebody answers. */
  rest(): void {
    this.#nextAt = Number.POSITIVE_INFINITY
  }

  takeDue(now: Instant): PackedNode[] {
    if (now < this.#nextAt) return []
    const due = this.#nodes.slice(this.#next, this.#next + NODES_PER_ROUND)
    this.#nextAt = now + this.#roundMs
    this.#next += due.length
    if (this.#next >= this.#nodes.length) {
      this.#next = 0
      this.#roundMs = Math.min(2 * this.#roundMs, ROUND_MS_MAX)
    }
    return due
  }
}
