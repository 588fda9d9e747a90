import { assert } from '../../base/assert.ts'
import { equalBytes } from '../../base/bytes.ts'
import { type Random, randomBytes } from '../../base/random.ts'
import { type Instant, SECOND_MS } from '../../base/time.ts'
import { PING_ID_BYTES } from '../../wire/dht-packets.ts'
import type { PackedNode } from '../../wire/node-format.ts'

/** An answer that takes longer counts as none. */
export const ANSWER_TIMEOUT_MS = 5 * SECOND_MS

/** The slot number is the last two bytes of a ping id. */
const SLOT_COUNT = 0x1_0000

/** A request of ours that was answered. `about` is what the asker wanted to remember with it. */
export interface Answered<T> {
  readonly about: T
  readonly sentAt: Instant
}

interface Outstanding<T> extends Answered<T> {
  readonly pingId: Uint8Array
  readonly node: PackedNode
}

/**
 * Which answers are ours: one that repeats the ping id, from the key and the address that were asked, within 5 s, and
 * once. Bounded; the oldest request is forgotten first.
 */
export class PingTracker<T> {
  readonly #random: Random
  readonly #countMax: number
  /** By slot number, the oldest first; those that are too old go with the next request. */
  readonly #bySlot = new Map<number, Outstanding<T>>()
  #nextSlot = 0

  constructor(random: Random, countMax: number) {
    assert(countMax > 0 && countMax < SLOT_COUNT, 'a slot number has two bytes')
    this.#random = random
    this.#countMax = countMax
  }

  /** How many requests are remembered. */
  get count(): number {
    return this.#bySlot.size
  }

  /** Remembers a request and returns its ping id: the last two bytes are the slot, the rest is chance, never zero. */
  add(node: PackedNode, about: T, now: Instant): Uint8Array {
    this.#forget(now)
    const slot = this.#nextSlot
    this.#nextSlot = (slot + 1) % SLOT_COUNT
    const pingId = randomBytes(this.#random, PING_ID_BYTES)
    pingId[0] = (pingId[0] ?? 0) | 0x80
    pingId[PING_ID_BYTES - 2] = slot >> 8
    pingId[PING_ID_BYTES - 1] = slot & 0xff
    this.#bySlot.set(slot, { pingId, node, about, sentAt: now })
    return pingId
  }

  /** The request that this answers, or undefined. It is forgotten: the same answer is not good twice. */
  take(pingId: Uint8Array, answerer: PackedNode, now: Instant): Answered<T> | undefined {
    const slot = (pingId[PING_ID_BYTES - 2] ?? 0) * 256 + (pingId[PING_ID_BYTES - 1] ?? 0)
    const request = this.#bySlot.get(slot)
    if (!request || now - request.sentAt >= ANSWER_TIMEOUT_MS || !equalBytes(request.pingId, pingId)) return undefined
    const { publicKey, address } = request.node
    if (!publicKey.equals(answerer.publicKey) || !address.equals(answerer.address)) return undefined
    this.#bySlot.delete(slot)
    return request
  }

  #forget(now: Instant): void {
    for (const [slot, { sentAt }] of this.#bySlot) {
      if (now - sentAt < ANSWER_TIMEOUT_MS && this.#bySlot.size < this.#countMax) return
      this.#bySlot.delete(slot)
    }
  }
}
