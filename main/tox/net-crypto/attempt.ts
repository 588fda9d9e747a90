import type { Random } from '../../base/random.ts'
import { type Instant, SECOND_MS } from '../../base/time.ts'
import { OwnSessionKeys } from './handshake.ts'
import { RoundTrip } from './round-trip.ts'

const REPEAT_MS = SECOND_MS
/** One repeat comes early and costs no second, since one packet in twenty may get lost: at 0, 0.25, 1, 2 … 7 s. */
const FIRST_REPEAT_MS = 250
const SENT_COUNT_MAX = 9
/** A repeated handshake of the peer is answered at once, but not more often than this. */
const SEND_AGAIN_MS = 250

/**
 * One try to open a connection: our session keys, and the packet (cookie request, then handshake) that is repeated
 * for eight seconds. The keys stay the same whatever the peer sends meanwhile: so two that open at once meet.
 */
export class Attempt {
  readonly keys: OwnSessionKeys
  readonly roundTrip = new RoundTrip()
  #packet: Uint8Array
  #sentCount = 0
  #sentAt: Instant
  #sentAgainAt: Instant = Number.NEGATIVE_INFINITY

  constructor(random: Random, packet: Uint8Array, now: Instant) {
    this.keys = new OwnSessionKeys(random)
    this.#packet = packet
    this.#sentAt = now
  }

  get dueAt(): Instant {
    if (this.#sentCount === 0) return this.#sentAt
    if (this.#sentCount === 1) return this.#sentAt + FIRST_REPEAT_MS
    return this.#sentAt + (this.#sentCount === 2 ? REPEAT_MS - FIRST_REPEAT_MS : REPEAT_MS)
  }

  /** Whether the packet was sent often enough and nothing came for a second more. */
  isOver(now: Instant): boolean {
    return this.#sentCount >= SENT_COUNT_MAX && now >= this.dueAt
  }

  get packet(): Uint8Array {
    return this.#packet
  }

  /** The packet, for a peer that shows that it lacks it; undefined if it left just before. Does not count. */
  takeAgain(now: Instant): Uint8Array | undefined {
    if (now - Math.max(this.#sentAt, this.#sentAgainAt) < SEND_AGAIN_MS) return undefined
    this.#sentAgainAt = now
    return this.#packet
  }

  /** The packet, counted as sent now. */
  take(now: Instant): Uint8Array {
    this.#sentCount += 1
    this.#sentAt = now
    return this.#packet
  }

  /** Goes on with another packet. */
  replacePacket(packet: Uint8Array, now: Instant): void {
    this.#packet = packet
    this.#sentCount = 0
    this.#sentAt = now
  }

  /** The peer answered the packet. Only an answer to a packet sent once tells the round trip. */
  noteAnswered(now: Instant): void {
    if (this.#sentCount === 1) this.roundTrip.measure(this.#sentAt, now)
  }

  wipe(): void {
    this.keys.wipe()
  }
}
