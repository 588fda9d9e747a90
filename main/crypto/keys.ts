import { assert } from '../base/assert.ts'
import { equalBytes, toHex, wipe } from '../base/bytes.ts'
import { type Random, randomBytes } from '../base/random.ts'
import { primitives } from './primitives.ts'

export const KEY_BYTES = 32

/** A power of two. */
const REMEMBERED = 8_192
/** Keys read lately, each in the place that its bytes give it: a newcomer pushes out who was there. */
const remembered: (PublicKey | undefined)[] = Array.from({ length: REMEMBERED })

/** A Curve25519 public key (32 bytes): Tox's long-term, DHT, onion and session keys. Maps are keyed by `hex`. */
export class PublicKey {
  readonly bytes: Uint8Array
  #hex: string | undefined

  /** Copies `bytes`, so that a key outlives the packet it came in. */
  constructor(bytes: Uint8Array) {
    assert(bytes.length === KEY_BYTES, 'a public key has 32 bytes')
    this.bytes = bytes.slice()
  }

  /**
   * The key that stands in a packet. Packets name the same keys again and again: the same object is given out as long
   * as it is remembered, so that its text is made once and comparing it costs nothing.
   */
  static read(bytes: Uint8Array): PublicKey {
    const slot = ((bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8)) & (REMEMBERED - 1)
    const known = remembered[slot]
    if (known && equalBytes(known.bytes, bytes)) return known
    const key = new PublicKey(bytes)
    remembered[slot] = key
    return key
  }

  /** 64 upper-case hex digits. */
  get hex(): string {
    this.#hex ??= toHex(this.bytes)
    return this.#hex
  }

  equals(other: PublicKey): boolean {
    return this === other || equalBytes(this.bytes, other.bytes)
  }
}

/** A Curve25519 secret key (32 bytes). Its owner wipes it when it has served. */
export class SecretKey {
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    assert(bytes.length === KEY_BYTES, 'a secret key has 32 bytes')
    this.#bytes = bytes.slice()
  }

  /** The bytes themselves, not a copy: for crypto/ and savefiles only. */
  get bytes(): Uint8Array {
    return this.#bytes
  }

  wipe(): void {
    wipe(this.#bytes)
  }
}

export interface KeyPair {
  readonly publicKey: PublicKey
  readonly secretKey: SecretKey
}

/** A fresh Curve25519 key pair from `random`. */
export function createKeyPair(random: Random): KeyPair {
  const secret = randomBytes(random, KEY_BYTES)
  const pair = keyPairOf(new SecretKey(secret))
  wipe(secret)
  return pair
}

/** The key pair of a known secret key. */
export function keyPairOf(secretKey: SecretKey): KeyPair {
  return { publicKey: new PublicKey(primitives().publicKeyOf(secretKey.bytes)), secretKey }
}
