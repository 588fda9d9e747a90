import { assert } from '../base/assert.ts'
import { pooledBytes } from '../base/byte-pool.ts'
import { wipe } from '../base/bytes.ts'
import { type Random, randomBytes } from '../base/random.ts'
import type { PublicKey, SecretKey } from './keys.ts'
import { primitives } from './primitives.ts'
import { wasm } from './sodium.ts'

export const NONCE_BYTES = 24
export const MAC_BYTES = 16

/** The key two key pairs share (32 bytes): NaCl's `crypto_box_beforenm`. */
export class SharedKey {
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    assert(bytes.length === 32, 'a shared key has 32 bytes')
    this.#bytes = bytes
  }

  get bytes(): Uint8Array {
    return this.#bytes
  }

  wipe(): void {
    wipe(this.#bytes)
  }
}

/**
 * Derives the shared key of `publicKey` and `secretKey` once, for many packets.
 *
 * returns  undefined for a public key of low order (all-zero shared secret), which only an attacker sends
 */
export function precompute(publicKey: PublicKey, secretKey: SecretKey): SharedKey | undefined {
  try {
    return new SharedKey(wasm.crypto_box_beforenm(publicKey.bytes, secretKey.bytes))
  } catch {
    // libsodium-wrappers says a low-order point by throwing.
    return undefined
  }
}

export function randomNonce(random: Random): Uint8Array {
  return randomBytes(random, NONCE_BYTES)
}

/** NaCl box with a precomputed key, which is a secretbox with that key. Returns MAC (16 bytes) and ciphertext. */
export function seal(shared: SharedKey, nonce: Uint8Array, plain: Uint8Array): Uint8Array {
  return sealSecret(shared.bytes, nonce, plain)
}

/** The same to its place in a packet: `target` is 16 bytes longer than `plain`. */
export function sealInto(target: Uint8Array, shared: SharedKey, nonce: Uint8Array, plain: Uint8Array): void {
  primitives().sealInto(target, plain, nonce, shared.bytes)
}

/** Opens what `seal` made; undefined if the MAC does not fit. */
export function open(shared: SharedKey, nonce: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
  return openSecret(shared.bytes, nonce, sealed)
}

/** The same to be read and then forgotten: see pooledBytes. */
export function openForNow(shared: SharedKey, nonce: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
  if (sealed.length < MAC_BYTES) return undefined
  const plain = pooledBytes(sealed.length - MAC_BYTES)
  return primitives().openInto(plain, sealed, nonce, shared.bytes) ? plain : undefined
}

/** secretbox (XSalsa20-Poly1305) with a 32-byte key of our own: cookies, onion return blobs. */
export function sealSecret(key: Uint8Array, nonce: Uint8Array, plain: Uint8Array): Uint8Array {
  const sealed = new Uint8Array(MAC_BYTES + plain.length)
  primitives().sealInto(sealed, plain, nonce, key)
  return sealed
}

export function openSecret(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
  if (sealed.length < MAC_BYTES) return undefined
  const plain = new Uint8Array(sealed.length - MAC_BYTES)
  return primitives().openInto(plain, sealed, nonce, key) ? plain : undefined
}

/** Adds `count` to a nonce read as a 24-byte big-endian number (modulo 2^192), in place. */
export function advanceNonce(nonce: Uint8Array, count = 1): void {
  let carry = count
  for (let at = nonce.length - 1; at >= 0 && carry > 0; at -= 1) {
    const sum = (nonce[at] ?? 0) + (carry % 256)
    nonce[at] = sum & 0xff
    carry = Math.floor(carry / 256) + (sum >> 8)
  }
}
