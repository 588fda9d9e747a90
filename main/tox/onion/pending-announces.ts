import { toHex } from '../../base/bytes.ts'
import { ExpiringMap } from '../../base/expiring-map.ts'
import { type Random, randomBytes } from '../../base/random.ts'
import { type Instant, SECOND_MS } from '../../base/time.ts'
import { SENDBACK_BYTES } from '../../wire/announce-packets.ts'
import type { PackedNode } from '../../wire/node-format.ts'
import type { PathId } from './onion-paths.ts'

/** Requests that wait for an answer, of all searches together; the oldest is given up for a new one. */
const PENDING_MAX = 1_024
const PENDING_LIFE_MS = 10 * SECOND_MS

/** An announce request that is under way. */
export interface PendingAnnounce<Search> {
  /** Whose request it is. */
  readonly search: Search
  readonly node: PackedNode
  readonly pathId: PathId
}

/** The requests under way, found again by the 8 bytes that come back with the answer. */
export class PendingAnnounces<Search> {
  readonly #random: Random
  readonly #bySendback = new ExpiringMap<string, PendingAnnounce<Search>>(PENDING_LIFE_MS, PENDING_MAX, 'onion: answer')

  constructor(random: Random) {
    this.#random = random
  }

  get count(): number {
    return this.#bySendback.count
  }

  add(pending: PendingAnnounce<Search>, now: Instant): Uint8Array {
    this.#bySendback.expire(now)
    const sendback = randomBytes(this.#random, SENDBACK_BYTES)
    this.#bySendback.set(toHex(sendback), pending, now)
    return sendback
  }

  /** The request of this sendback, once. */
  take(sendback: Uint8Array, now: Instant): PendingAnnounce<Search> | undefined {
    return this.#bySendback.take(toHex(sendback), now)
  }
}
