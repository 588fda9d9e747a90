import { type Instant, MINUTE_MS, SECOND_MS } from '../../base/time.ts'
import type { AnnounceSearch } from './announce-search.ts'
import { type AnnounceNode, isOverdue, UNANSWERED_MAX } from './closest-nodes.ts'
import type { OnionPaths } from './onion-paths.ts'
import type { PathNodes } from './path-nodes.ts'

/** Nodes that we announce ourselves to. */
export const SELF_NODES_MAX = 12

/** A new node may be replaced by a nearer one before we announce ourselves to it. */
const FIRST_ANNOUNCE_AFTER_MS = 200
const FIRST_RETRY_MS = SECOND_MS
const NOT_ANNOUNCED_INTERVAL_MS = 3 * SECOND_MS
const ANNOUNCED_INTERVAL_MS = 15 * SECOND_MS
const STABLE_INTERVAL_MS = 120 * SECOND_MS
const STABLE_AFTER_MS = 90 * SECOND_MS
const REPOPULATE_INTERVAL_MS = SECOND_MS
/** A list that is more than half full, but not full, is tried again this much later: the network may be small. */
const REPOPULATE_LATE_MS = 10 * MINUTE_MS

/**
 * Keeps us announced at the up to 12 nodes nearest to our real key.
 *
 * source   tox-wire 3.7 "Self"
 */
export class SelfAnnounce {
  readonly search: AnnounceSearch
  readonly #paths: OnionPaths
  readonly #pathNodes: PathNodes
  #lastAskedAt: Instant | undefined
  #lastFullAt: Instant = Number.NEGATIVE_INFINITY
  #lastPopulatedAt: Instant = Number.NEGATIVE_INFINITY

  constructor(search: AnnounceSearch, paths: OnionPaths, pathNodes: PathNodes) {
    this.search = search
    this.#paths = paths
    this.#pathNodes = pathNodes
  }

  /** Asks and announces whatever is due. */
  round(now: Instant): void {
    const live = this.search.nodes.live(now)
    for (const entry of live) {
      if (this.#isDue(entry, now)) this.#announce(entry, now)
    }
    this.#keepAwake(live, now)
    this.#repopulate(live.length, now)
  }

  /** Whether friends would find us: announced at half of the nodes we know near us, and those are no mere few. */
  isAnnounced(now: Instant): boolean {
    const live = this.search.nodes.live(now)
    const announcedCount = live.filter(({ isStored }) => isStored).length
    const expectedCount = Math.min(this.#pathNodes.count(now), SELF_NODES_MAX)
    const isAtHalf = announcedCount >= Math.floor(live.length / 2)
    return announcedCount > 0 && isAtHalf && live.length >= Math.floor(expectedCount / 2)
  }

  #isDue(entry: AnnounceNode, now: Instant): boolean {
    return entry.unansweredCount < UNANSWERED_MAX && now - entry.lastAskedAt >= this.#intervalMs(entry, now)
  }

  #intervalMs(entry: AnnounceNode, now: Instant): number {
    if (entry.isStored && this.#paths.isAlive(entry.pathId, now)) {
      return this.#isStable(entry, now) ? STABLE_INTERVAL_MS : ANNOUNCED_INTERVAL_MS
    }
    if (entry.askedCount === 0) return FIRST_ANNOUNCE_AFTER_MS
    return entry.askedCount === 1 ? FIRST_RETRY_MS : NOT_ANNOUNCED_INTERVAL_MS
  }

  #isStable(entry: AnnounceNode, now: Instant): boolean {
    const isOld = now - entry.addedAt >= STABLE_AFTER_MS
    return isOld && !isOverdue(entry, now) && this.#paths.isStable(entry.pathId, now)
  }

  #announce(entry: AnnounceNode, now: Instant): void {
    // The last chance of a node that served for long: perhaps it is the path that died.
    const isLastChance = entry.unansweredCount === UNANSWERED_MAX - 1 && now - entry.addedAt >= STABLE_AFTER_MS
    if (this.search.askAgain(entry, isLastChance ? undefined : entry.pathId, now)) this.#lastAskedAt = now
  }

  /** Something is asked every 15 seconds, so that a lost network is noticed. */
  #keepAwake(live: readonly AnnounceNode[], now: Instant): void {
    this.#lastAskedAt ??= now
    if (now - this.#lastAskedAt < ANNOUNCED_INTERVAL_MS) return
    const askable = live.filter(({ unansweredCount }) => unansweredCount < UNANSWERED_MAX)
    const [first] = askable.toSorted((left, right) => left.lastAskedAt - right.lastAskedAt)
    if (first) this.#announce(first, now)
  }

  #repopulate(liveCount: number, now: Instant): void {
    if (liveCount === SELF_NODES_MAX) this.#lastFullAt = now
    if (liveCount === SELF_NODES_MAX || now - this.#lastPopulatedAt < REPOPULATE_INTERVAL_MS) return
    const isScarce = liveCount <= SELF_NODES_MAX / 2
    if (!isScarce && now - this.#lastFullAt < REPOPULATE_LATE_MS) return
    this.#lastPopulatedAt = now
    if (!isScarce) this.#lastFullAt = now
    this.search.askPathNodes(SELF_NODES_MAX / 2, now)
  }
}
