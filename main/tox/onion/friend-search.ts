import { type Instant, MINUTE_MS, SECOND_MS } from '../../base/time.ts'
import type { AnnounceSearch } from './announce-search.ts'
import { type AnnounceNode, UNANSWERED_MAX } from './closest-nodes.ts'

/** Nodes kept for one friend. */
export const FRIEND_NODES_MAX = 8

/** The pace slows down by one step each time so many requests were sent. */
const ASKS_PER_STEP = 4
/** First quickly, as both may just have started; then as c-toxcore, first every 3 seconds, then ever more rarely. */
const QUICK_INTERVALS_MS: readonly number[] = [500, 500, 1_000, 1_000, 3_000, 3_000, 3_000, 3_000, 3_000, 3_000]
const SLOW_INTERVAL_MS_MIN = 16 * SECOND_MS
const SLOW_INTERVAL_MS_MAX = 60 * MINUTE_MS
/** Somebody who waits for an answer to a friend request is not put off for so long. */
const EAGER_INTERVAL_MS_MAX = MINUTE_MS
const REPOPULATE_INTERVAL_MS = SECOND_MS
const REPOPULATE_LATE_MS = 10 * MINUTE_MS

/**
 * Looks for one friend who is offline: asks the up to 8 nodes nearest to the friend's real key whether they hold the
 * friend's announcement.
 *
 * source   tox-wire 3.7 "Each offline friend"
 */
export class FriendSearch {
  readonly search: AnnounceSearch
  #askCount = 0
  #lastAskedAt: Instant = Number.NEGATIVE_INFINITY
  #lastFullAt: Instant = Number.NEGATIVE_INFINITY
  #lastPopulatedAt: Instant = Number.NEGATIVE_INFINITY

  constructor(search: AnnounceSearch) {
    this.search = search
  }

  /** Looks quickly again: the friend went offline, or we came online. */
  restart(): void {
    this.#askCount = 0
  }

  /** Asks whatever is due, but no more than `asksMax`; returns how many requests went out. */
  round(asksMax: number, isEager: boolean, now: Instant): number {
    const live = this.search.nodes.live(now)
    let asked = 0
    for (const entry of live) {
      if (asked < asksMax && this.#isDue(entry, isEager, now) && this.#ask(entry, now)) asked += 1
    }
    return asked + this.#repopulate(live.length, asksMax - asked, now)
  }

  #ask(entry: AnnounceNode, now: Instant): boolean {
    if (!this.search.askAgain(entry, undefined, now)) return false
    this.#askCount += 1
    this.#lastAskedAt = now
    return true
  }

  #isDue(entry: AnnounceNode, isEager: boolean, now: Instant): boolean {
    if (entry.unansweredCount >= UNANSWERED_MAX) return false
    const intervalMs = this.#intervalMs(isEager)
    if (now - entry.lastAskedAt < intervalMs) return false
    // Slow requests are spread over the interval.
    return this.#isQuick || now - this.#lastAskedAt >= intervalMs / ASKS_PER_STEP
  }

  get #step(): number {
    return Math.floor(this.#askCount / ASKS_PER_STEP)
  }

  get #isQuick(): boolean {
    return this.#step < QUICK_INTERVALS_MS.length
  }

  #intervalMs(isEager: boolean): number {
    const quickMs = QUICK_INTERVALS_MS[this.#step]
    if (quickMs !== undefined) return quickMs
    const slowMs = SLOW_INTERVAL_MS_MIN * 2 ** Math.min(this.#step - QUICK_INTERVALS_MS.length, 16)
    return Math.min(slowMs, isEager ? EAGER_INTERVAL_MS_MAX : SLOW_INTERVAL_MS_MAX)
  }

  #repopulate(liveCount: number, asksMax: number, now: Instant): number {
    if (liveCount === FRIEND_NODES_MAX) this.#lastFullAt = now
    if (liveCount === FRIEND_NODES_MAX || now - this.#lastPopulatedAt < REPOPULATE_INTERVAL_MS) return 0
    const isScarce = liveCount <= FRIEND_NODES_MAX / 2
    if (!isScarce && now - this.#lastFullAt < REPOPULATE_LATE_MS) return 0
    this.#lastPopulatedAt = now
    if (!isScarce) this.#lastFullAt = now
    return this.search.askPathNodes(Math.min(FRIEND_NODES_MAX, asksMax), now)
  }
}
