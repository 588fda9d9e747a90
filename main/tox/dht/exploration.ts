import { ExpiringMap } from '../../base/expiring-map.ts'
import { type Random, randomBelow } from '../../base/random.ts'
import { type Instant, SECOND_MS } from '../../base/time.ts'
import type { PublicKey } from '../../crypto/keys.ts'
import type { PackedNode } from '../../wire/node-format.ts'
import type { ListedNode } from './listed-node.ts'
import { NearestNodes } from './nearest-nodes.ts'

/** Between two questions to one random good node of the list, in the long run. */
const RANDOM_ASK_INTERVAL_MS = 20 * SECOND_MS

/**
 * The same right after the first good node is known: c-toxcore asks five times in as many seconds. The lists of others
 * fill while we start, so a few more questions are spread over the first twenty seconds.
 */
const FIRST_RANDOM_ASK_GAPS_MS: readonly number[] = [100, 250, 500, 1_000, 1_000, 1_000, 2_000, 3_000, 5_000, 8_000]

/** Candidates are asked at most once a second, as c-toxcore does, but for a few quick rounds at the start. */
const CANDIDATE_GAP_MS = SECOND_MS
const QUICK_CANDIDATE_GAP_MS = 50
const QUICK_CANDIDATE_ROUNDS = 20

/** Listed nodes due within this time are asked together, which spares wakes. */
const COALESCE_MS = SECOND_MS

/** More are asked a little later: after a long sleep all nodes are due at once. */
const ASKS_PER_ROUND_MAX = 64
const NEXT_ASKS_GAP_MS = 100

/** A candidate that was asked is not asked again this soon for each node that names it; the key looked for, somewhat sooner. */
const CANDIDATE_REST_MS = 2 * SECOND_MS
const TARGET_REST_MS = SECOND_MS / 2
const RECENT_COUNT_MAX = 256

/**
 * Whom to ask for nodes near one key: candidates that others named, listed nodes when they are due, and now and then a
 * random good one.
 */
export class Exploration {
  readonly #target: PublicKey
  readonly #random: Random
  readonly #candidates: NearestNodes
  /** When candidates were asked, by key and address. */
  readonly #recent = new ExpiringMap<string, Instant>(CANDIDATE_REST_MS, RECENT_COUNT_MAX, 'dht: candidate asked')
  #candidateRounds = 0
  #candidatesAt: Instant = Number.NEGATIVE_INFINITY
  #randomAsks = 0
  #randomAskAt: Instant | undefined
  #nextAt: Instant = Number.POSITIVE_INFINITY

  /** `candidatesMax` is how many are asked in one round: the nearest to `target` of those offered. */
  constructor(target: PublicKey, candidatesMax: number, random: Random) {
    this.#target = target
    this.#random = random
    this.#candidates = new NearestNodes(target, candidatesMax)
  }

  get nextAt(): Instant {
    return this.#nextAt
  }

  /** Somebody named this node: false if it was asked lately. Whether the list has a place for it is the caller's question. */
  offer(node: PackedNode, now: Instant): boolean {
    if (this.#isResting(node, now) || !this.#candidates.offer(node)) return false
    this.#nextAt = Math.min(this.#nextAt, Math.max(this.#candidatesAt, now))
    return true
  }

  /** All these nodes, the listed ones, are to be asked by then. */
  askBy(nodes: Iterable<ListedNode>, at: Instant): void {
    for (const node of nodes) node.askBy(at)
    this.#nextAt = Math.min(this.#nextAt, at)
  }

  /** The list has a new node, which wants to be asked at once. */
  listGrew(now: Instant): void {
    this.#nextAt = Math.min(this.#nextAt, now)
  }

  /** Whom to ask now. `nodes` are the listed ones, the farthest first. */
  collect(nodes: Iterable<ListedNode>, now: Instant): PackedNode[] {
    if (now < this.#nextAt) return []
    this.#recent.expire(now)
    const asks = this.#takeCandidates(now)
    const good: ListedNode[] = []
    let dueAt = Number.POSITIVE_INFINITY
    for (const node of nodes) {
      if (asks.length < ASKS_PER_ROUND_MAX) node.collectDue(now + COALESCE_MS, now, asks)
      dueAt = Math.min(dueAt, Math.max(node.nextAskAt(now), now + NEXT_ASKS_GAP_MS))
      if (node.isGood(now)) good.push(node)
    }
    this.#askAtRandom(good, now, asks)
    this.#nextAt = Math.min(
      dueAt,
      good.length > 0 ? (this.#randomAskAt ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY,
      this.#candidates.count > 0 ? this.#candidatesAt : Number.POSITIVE_INFINITY,
    )
    return asks
  }

  #isResting(node: PackedNode, now: Instant): boolean {
    const askedAt = this.#recent.get(recentKey(node), now)
    return askedAt !== undefined && (now < askedAt + TARGET_REST_MS || !node.publicKey.equals(this.#target))
  }

  #takeCandidates(now: Instant): PackedNode[] {
    if (this.#candidates.count === 0 || now < this.#candidatesAt) return []
    const candidates = this.#candidates.take()
    for (const candidate of candidates) this.#recent.set(recentKey(candidate), now, now)
    this.#candidateRounds += 1
    const isQuick = this.#candidateRounds <= QUICK_CANDIDATE_ROUNDS
    this.#candidatesAt = now + (isQuick ? QUICK_CANDIDATE_GAP_MS : CANDIDATE_GAP_MS)
    return candidates
  }

  #askAtRandom(good: readonly ListedNode[], now: Instant, asks: PackedNode[]): void {
    if (good.length === 0) return
    this.#randomAskAt ??= now + (FIRST_RANDOM_ASK_GAPS_MS[0] ?? 0)
    if (now < this.#randomAskAt) return
    // The better of two throws: nearer nodes know more of what is near.
    const index = Math.max(randomBelow(this.#random, good.length), randomBelow(this.#random, good.length))
    const node = good[index]?.goodNode(now)
    if (node) {
      good[index]?.markAsked(node.address, now)
      asks.push(node)
    }
    this.#randomAsks += 1
    this.#randomAskAt = now + (FIRST_RANDOM_ASK_GAPS_MS[this.#randomAsks] ?? RANDOM_ASK_INTERVAL_MS)
  }
}

function recentKey({ publicKey, address }: PackedNode): string {
  return `${publicKey.hex}@${address.text}`
}
