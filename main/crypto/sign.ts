import { assert } from '../base/assert.ts'
import { equalBytes, toHex, wipe } from '../base/bytes.ts'
import { type Random, randomBytes } from '../base/random.ts'
import { type KeyPair, PublicKey, SecretKey } from './keys.ts'
import { primitives } from './primitives.ts'

export const SIGNATURE_BYTES = 64

/** An Ed25519 public key (32 bytes): a storage node's key or a mailbox's. */
export class VerifyKey {
  readonly bytes: Uint8Array
  #hex: string | undefined

  constructor(bytes: Uint8Array) {
    assert(bytes.length === 32, 'a verify key has 32 bytes')
    this.bytes = bytes.slice()
  }

  get hex(): string {
    this.#hex ??= toHex(this.bytes)
    return this.#hex
  }

  equals(other: VerifyKey): boolean {
    return equalBytes(this.bytes, other.bytes)
  }
}

/** An Ed25519 key pair made from a 32-byte seed. Its owner wipes it when it has served. */
export class SigningKey {
  readonly verifyKey: VerifyKey
  readonly #secret: Uint8Array

  /** seed   32 bytes, copied */
  constructor(seed: Uint8Array) {
    assert(seed.length === 32, 'a signing seed has 32 bytes')
    const { publicKey, secretKey } = primitives().signingKeys(seed)
    this.verifyKey = new VerifyKey(publicKey)
    this.#secret = secretKey
  }

  static create(random: Random): SigningKey {
    const seed = randomBytes(random, 32)
    const key = new SigningKey(seed)
    wipe(seed)
    return key
  }

  /** The 32-byte seed again (a copy), to keep the key. */
  get seed(): Uint8Array {
    return this.#secret.slice(0, 32)
  }

  sign(bytes: Uint8Array): Uint8Array {
    return primitives().sign(bytes, this.#secret)
  }

  /** The Curve25519 form of the same key: a node's DHT key pair. */
  toKeyPair(): KeyPair {
    const secret = primitives().curveSecretOf(this.#secret)
    const pair = { publicKey: curveKeyOf(this.verifyKey), secretKey: new SecretKey(secret) }
    wipe(secret)
    assert(pair.publicKey !== undefined, 'our own signing key has no Curve25519 form')
    return { publicKey: pair.publicKey, secretKey: pair.secretKey }
  }

  wipe(): void {
    wipe(this.#secret)
  }
}

export function isSignatureOf(key: VerifyKey, bytes: Uint8Array, signature: Uint8Array): boolean {
  return signature.length === SIGNATURE_BYTES && primitives().isSignature(signature, bytes, key.bytes)
}

/** The Curve25519 form of an Ed25519 key, or undefined if it is no valid point. */
export function curveKeyOf(key: VerifyKey): PublicKey | undefined {
  const curveKey = primitives().curveKeyOf(key.bytes)
  return curveKey && new PublicKey(curveKey)
}

/** The prime of Curve25519. */
const FIELD = 2n ** 255n - 19n

/**
 * Whether `curveKey` is the Curve25519 form of `key`: whether u (1 - y) = 1 + y. Quicker than making that form, which
 * also shows that the key is a point of the right group; a signature that verifies shows that too.
 *
 * source   RFC 7748, 4.1: u = (1 + y) / (1 - y)
 */
export function isCurveKeyOf(key: VerifyKey, curveKey: PublicKey): boolean {
  const u = numberOf(curveKey.bytes)
  // The highest bit is the sign of x, which u does not depend on.
  const y = BigInt.asUintN(255, numberOf(key.bytes))
  if (u >= FIELD || y >= FIELD) return false
  return (u * (FIELD + 1n - y) - 1n - y) % FIELD === 0n
}

/** 32 bytes as a number, the least first. */
function numberOf(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const quarter = (index: number) => view.getBigUint64(8 * index, true) << BigInt(64 * index)
  return quarter(0) | quarter(1) | quarter(2) | quarter(3)
}
