import { equalBytes } from '../base/bytes.ts'
import type { Random } from '../base/random.ts'
import type { Instant } from '../base/time.ts'
import { createKeyPair, type KeyPair, type PublicKey } from '../crypto/keys.ts'
import type { PacketOf } from '../wire/codec.ts'
import type { keyDoesExist } from '../wire/offline-packets.ts'
import type { EpochEntry } from './epochs.ts'

export type Hello = PacketOf<typeof keyDoesExist>

/** What of a hello decides whether new keys are made. */
export interface HeldKeys {
  readonly wantsNew: boolean
  /** Newest first. */
  readonly epochs: readonly EpochEntry[]
}

/**
 * Whether two friends who told each other what they hold make a new epoch: if either wants one, or lacks the newest of
 * the other. Both decide from the same two lists, so they decide alike.
 */
export function needsNewEpoch(one: HeldKeys, other: HeldKeys): boolean {
  return one.wantsNew || other.wantsNew || !holdsNewestOf(one, other) || !holdsNewestOf(other, one)
}

function holdsNewestOf(holder: HeldKeys, other: HeldKeys): boolean {
  const newest = other.epochs[0]
  return newest !== undefined && holder.epochs.some(({ id }) => equalBytes(id, newest.id))
}

/** A message that the friend announced; the next packet 64 or 65 is it. */
export interface Announced {
  readonly messageId: Uint8Array
  readonly sequence: number
  readonly sentAtMs: number
}

/** Content that comes in parts over this connection. */
export interface Transfer extends Announced {
  /** As long as the whole will be: however small its parts, they take no more room than that. */
  readonly content: Uint8Array
  received: number
}

/** How often a friend may begin anew within one connection; a friend whose connection broke begins a new one. */
const RESTARTS_MAX = 3

/** One connection to a friend, from online to offline. Its fresh secret lives no longer than it is needed. */
export class Meeting {
  readonly startedAt: Instant
  /** What we said that we hold. */
  readonly held: HeldKeys
  readonly freshKey: PublicKey
  readonly restartCount: number
  #fresh: KeyPair | undefined
  /** The friend's hello, once it came. */
  hello: Hello | undefined
  /** The friend did not answer: it is met as any Tox client. */
  isPlain = false
  /** The epoch that this meeting made; its confirmation shows that the friend is who it says. */
  agreedId: Uint8Array | undefined
  announced: Announced | undefined
  transfer: Transfer | undefined

  constructor(held: HeldKeys, random: Random, now: Instant, restartCount = 0) {
    this.held = held
    this.startedAt = now
    this.restartCount = restartCount
    this.#fresh = createKeyPair(random)
    this.freshKey = this.#fresh.publicKey
  }

  get mayRestart(): boolean {
    return this.restartCount < RESTARTS_MAX
  }

  /** Hands out the fresh pair once; whoever takes it wipes it. */
  takeFresh(): KeyPair | undefined {
    const fresh = this.#fresh
    this.#fresh = undefined
    return fresh
  }

  end(): void {
    this.#fresh?.secretKey.wipe()
    this.#fresh = undefined
  }
}
