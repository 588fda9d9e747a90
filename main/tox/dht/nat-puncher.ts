import { Address } from '../../base/address.ts'
import { equalBytes } from '../../base/bytes.ts'
import { type Random, randomBytes } from '../../base/random.ts'
import { type Instant, SECOND_MS } from '../../base/time.ts'
import { PING_ID_BYTES } from '../../wire/dht-packets.ts'

/** So many nodes must name an address of the friend before we try; as many must agree on the IP. */
export const NAT_ADDRESSES_MIN = 4

const PING_INTERVAL_MS = 3 * SECOND_MS
/** A round follows an answer, and those come every 3 s give or take what the way takes. */
const ROUND_GAP_MS = 2 * SECOND_MS
/** The friend must have asked for us this recently: both sides have to send for a hole to open. */
const FRIEND_TRIES_MS = 2 * PING_INTERVAL_MS
const RESET_AFTER_MS = 40 * SECOND_MS
const GUESSES_PER_ROUND = 48
const FIRST_LOW_PORT = 1_024
/** So many rounds around the known ports before the low ports are tried as well. */
const ROUNDS_BEFORE_LOW_PORTS = 6

/** What to do now: ask the friend through others whether it is there, and ping it at guessed addresses. */
export interface NatWork {
  readonly pingId: Uint8Array | undefined
  readonly guesses: readonly Address[]
}

/**
 * Opens a way to a friend behind a NAT: while both sides ping each other, each NAT takes the other's pings for answers.
 *
 * source   Tox spec "Hole punching"; c-toxcore DHT.c for intervals and the order of guesses
 */
export class NatPuncher {
  readonly #random: Random
  #pingId: Uint8Array
  #pingAt: Instant = Number.NEGATIVE_INFINITY
  #friendTriedAt: Instant = Number.NEGATIVE_INFINITY
  /** The friend answered our last NAT ping: good for one round of guesses. */
  #isAnswered = false
  /** Something came in since the last look. */
  #hasNews = false
  #punchedAt: Instant = Number.NEGATIVE_INFINITY
  #rounds = 0
  #nearIndex = 0
  #lowIndex = 0

  constructor(random: Random) {
    this.#random = random
    this.#pingId = randomBytes(random, PING_ID_BYTES)
  }

  /** Only while the friend's addresses are known and none of them answers. */
  get nextAt(): Instant {
    return this.#hasNews ? Number.NEGATIVE_INFINITY : this.#pingAt + PING_INTERVAL_MS
  }

  handleRequest(now: Instant): void {
    this.#friendTriedAt = now
    this.#hasNews = true
  }

  handleResponse(pingId: Uint8Array): void {
    if (!equalBytes(pingId, this.#pingId)) return
    this.#pingId = randomBytes(this.#random, PING_ID_BYTES)
    this.#isAnswered = true
    this.#hasNews = true
  }

  /** What is due. `addresses` are those that other nodes name for the friend, one per node, at least NAT_ADDRESSES_MIN. */
  collect(addresses: readonly Address[], now: Instant): NatWork {
    this.#hasNews = false
    const isPingDue = now >= this.#pingAt + PING_INTERVAL_MS
    if (isPingDue) this.#pingAt = now
    return { pingId: isPingDue ? this.#pingId : undefined, guesses: this.#punch(addresses, now) }
  }

  #punch(addresses: readonly Address[], now: Instant): readonly Address[] {
    if (!this.#isAnswered || now < this.#punchedAt + ROUND_GAP_MS) return []
    if (now > this.#friendTriedAt + FRIEND_TRIES_MS) return []
    const ip = commonIp(addresses)
    if (!ip) return []
    if (now > this.#punchedAt + RESET_AFTER_MS) this.#rounds = this.#nearIndex = this.#lowIndex = 0
    this.#punchedAt = now
    this.#isAnswered = false
    const ports = addresses.filter((address) => equalBytes(address.ip, ip)).map(({ port }) => port)
    const guesses = [...this.#guessNear(ports), ...this.#guessLow()]
    this.#rounds += 1
    return guesses.map((port) => new Address(ip, port))
  }

  /** The one port all agree on; or ports around those seen: the ports themselves, then one below, one above, two … */
  #guessNear(ports: readonly number[]): number[] {
    const first = ports[0] ?? 0
    if (ports.every((port) => port === first)) return [first]
    const guesses = Array.from({ length: GUESSES_PER_ROUND }, (_, offset) => {
      const step = this.#nearIndex + offset
      const distance = Math.floor(step / (2 * ports.length))
      const port = ports[Math.floor(step / 2) % ports.length] ?? 0
      return (port + (step % 2 === 0 ? distance : -distance)) & 0xffff
    })
    this.#nearIndex += GUESSES_PER_ROUND
    return guesses.filter((port) => port !== 0)
  }

  /** Ports upward from 1024; each round goes half its length further, so that every port is tried twice. */
  #guessLow(): number[] {
    if (this.#rounds < ROUNDS_BEFORE_LOW_PORTS) return []
    const guesses = Array.from({ length: GUESSES_PER_ROUND }, (_, offset) => {
      return (FIRST_LOW_PORT + this.#lowIndex + offset) & 0xffff
    })
    this.#lowIndex += GUESSES_PER_ROUND / 2
    return guesses.filter((port) => port !== 0)
  }
}

/** The IP that at least NAT_ADDRESSES_MIN of the addresses have. */
function commonIp(addresses: readonly Address[]): Uint8Array | undefined {
  const isCommon = ({ ip }: Address): boolean =>
    addresses.filter((address) => equalBytes(address.ip, ip)).length >= NAT_ADDRESSES_MIN
  return addresses.find(isCommon)?.ip
}
