import type { Address } from '../../base/address.ts'
import { type Random, randomBelow } from '../../base/random.ts'
import { type Instant, MINUTE_MS, SECOND_MS } from '../../base/time.ts'
import type { Transmits } from '../../base/transmit.ts'
import type { DhtEnvelopes } from '../../wire/dht-envelope.ts'
import { OnionPath } from './onion-path.ts'
import type { PathNodes } from './path-nodes.ts'

/** Paths in a pool; c-toxcore's number, as the times below. */
export const PATHS_PER_POOL = 6
const UNANSWERED_USES_MAX = 4
/** A new path gets fewer tries. */
const UNANSWERED_USES_AT_START = 2
const NEW_PATH_TIMEOUT_MS = 4 * SECOND_MS
const PATH_TIMEOUT_MS = 10 * SECOND_MS
const PATH_LIFE_MS = 20 * MINUTE_MS
const STABLE_AFTER_MS = 90 * SECOND_MS

/** Names one path for as long as it lives; the next path in its slot has another id. */
export type PathId = number

interface PooledPath {
  readonly id: PathId
  readonly path: OnionPath
  readonly createdAt: Instant
  hasAnswered: boolean
  lastUsedAt: Instant
  unansweredUses: number
}

export interface UsedPath {
  readonly id: PathId
  readonly path: OnionPath
}

export interface OnionPathsOptions {
  readonly pathNodes: PathNodes
  readonly envelopes: DhtEnvelopes
  readonly random: Random
  readonly transmits: Transmits
}

/**
 * A pool of six paths, made when they are first needed and made anew when they stay silent or grow old. Announcing
 * ourselves and looking for friends use a pool each, so that the same third relay does not see both.
 *
 * source   tox-wire 3.7
 */
export class OnionPaths {
  readonly #pathNodes: PathNodes
  readonly #envelopes: DhtEnvelopes
  readonly #random: Random
  readonly #transmits: Transmits
  readonly #slots: (PooledPath | undefined)[] = Array.from({ length: PATHS_PER_POOL }, () => undefined)
  #createdCount = 0

  constructor({ pathNodes, envelopes, random, transmits }: OnionPathsOptions) {
    this.#pathNodes = pathNodes
    this.#envelopes = envelopes
    this.#random = random
    this.#transmits = transmits
  }

  /**
   * A path to send one packet over, counted as used.
   *
   * preferred   the path wanted; if it is dead its slot's new path is taken, if undefined any slot by chance
   * returns     undefined if no node is known to make a path of
   */
  use(preferred: PathId | undefined, now: Instant): UsedPath | undefined {
    const slot = preferred === undefined ? randomBelow(this.#random, PATHS_PER_POOL) : preferred % PATHS_PER_POOL
    const alive = this.#aliveIn(slot, now) ?? this.#create(slot, now)
    if (!alive) return undefined
    // Otherwise a path that is used all the time would never time out.
    if (alive.unansweredUses < UNANSWERED_USES_MAX) alive.lastUsedAt = now
    alive.unansweredUses += 1
    return alive
  }

  /** Sends `data` (up to 1,174 bytes) over a path that `use` gave. */
  send({ path }: UsedPath, data: Uint8Array, destination: Address): void {
    const packet = path.wrap(data, destination, this.#random)
    if (packet) this.#transmits.send(packet, path.firstAddress)
  }

  /** An answer came over this path. */
  praise(id: PathId, now: Instant): void {
    const pooled = this.#find(id)
    if (!pooled) return
    pooled.hasAnswered = true
    pooled.unansweredUses = 0
    this.#pathNodes.praise(pooled.path.nodes, now)
  }

  isAlive(id: PathId, now: Instant): boolean {
    const pooled = this.#find(id)
    return pooled !== undefined && !isDead(pooled, now)
  }

  /** Alive for 90 seconds, and its last use not waiting for an answer too long. */
  isStable(id: PathId, now: Instant): boolean {
    const pooled = this.#find(id)
    if (!pooled || isDead(pooled, now) || now - pooled.createdAt < STABLE_AFTER_MS) return false
    return pooled.unansweredUses === 0 || now - pooled.lastUsedAt < PATH_TIMEOUT_MS
  }

  wipe(): void {
    for (const pooled of this.#slots) pooled?.path.wipe()
    this.#slots.fill(undefined)
  }

  #find(id: PathId): PooledPath | undefined {
    const pooled = this.#slots[id % PATHS_PER_POOL]
    return pooled?.id === id ? pooled : undefined
  }

  #aliveIn(slot: number, now: Instant): PooledPath | undefined {
    const pooled = this.#slots[slot]
    if (!pooled || !isDead(pooled, now)) return pooled
    this.#slots[slot] = undefined
    pooled.path.wipe()
    if (pooled.unansweredUses >= UNANSWERED_USES_MAX) this.#pathNodes.blame(pooled.path.nodes, now)
    return undefined
  }

  #create(slot: number, now: Instant): PooledPath | undefined {
    const hops = this.#pathNodes.chooseHops(now)
    if (!hops) return undefined
    const path = OnionPath.create(hops, this.#envelopes, this.#random)
    if (!path) return undefined
    this.#createdCount += 1
    const pooled = {
      id: this.#createdCount * PATHS_PER_POOL + slot,
      path,
      createdAt: now,
      hasAnswered: false,
      lastUsedAt: now,
      unansweredUses: UNANSWERED_USES_AT_START,
    }
    this.#slots[slot] = pooled
    return pooled
  }
}

function isDead({ hasAnswered, createdAt, lastUsedAt, unansweredUses }: PooledPath, now: Instant): boolean {
  const timeoutMs = hasAnswered ? PATH_TIMEOUT_MS : NEW_PATH_TIMEOUT_MS
  const isSilent = unansweredUses >= UNANSWERED_USES_MAX && now - lastUsedAt >= timeoutMs
  return isSilent || now - createdAt >= PATH_LIFE_MS
}
