import { assert } from '../base/assert.ts'
import { concat, equalInConstantTime, utf8Encode, wipe } from '../base/bytes.ts'
import { primitives } from './primitives.ts'
import { wasm } from './sodium.ts'

export function sha256(bytes: Uint8Array): Uint8Array {
  return wasm.crypto_hash_sha256(bytes)
}

export function sha512(bytes: Uint8Array): Uint8Array {
  return primitives().sha512(bytes)
}

/** BLAKE2b with `length` bytes of output (16 to 64), keyed if a key (up to 64 bytes) is given. */
export function blake2b(bytes: Uint8Array, length = 32, key?: Uint8Array): Uint8Array {
  return primitives().blake2b(length, bytes, key)
}

/** HMAC-SHA-512-256 (libsodium's crypto_auth): 32-byte key, 32-byte tag. */
export function hmac(key: Uint8Array, bytes: Uint8Array): Uint8Array {
  return primitives().hmac(bytes, key)
}

export function isHmac(key: Uint8Array, bytes: Uint8Array, tag: Uint8Array): boolean {
  return equalInConstantTime(hmac(key, bytes), tag)
}

function hmacSha256(key: Uint8Array, bytes: Uint8Array): Uint8Array {
  return wasm.crypto_auth_hmacsha256(bytes, key)
}

/**
 * HKDF-SHA-256 (RFC 5869).
 *
 * input    key material of any length
 * info     what the output is for: a label and whatever it is bound to
 * length   of the output, 1 to 8,160 bytes
 */
export function hkdf(input: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  assert(length >= 1 && length <= 255 * 32, 'HKDF output length out of range')
  const paddedSalt = new Uint8Array(32)
  paddedSalt.set(salt.length > 32 ? sha256(salt) : salt)
  const extracted = hmacSha256(paddedSalt, input)
  const output = new Uint8Array(Math.ceil(length / 32) * 32)
  let block: Uint8Array = new Uint8Array(0)
  for (let index = 1; (index - 1) * 32 < length; index += 1) {
    block = hmacSha256(extracted, concat(block, info, Uint8Array.of(index)))
    output.set(block, (index - 1) * 32)
  }
  wipe(extracted, block)
  return output.subarray(0, length)
}

/** A 32-byte key derived from a 32-byte key for the purpose `label` and whatever `context` binds it to. */
export function deriveKey(key: Uint8Array, label: string, ...context: readonly Uint8Array[]): Uint8Array {
  return blake2b(concat(utf8Encode(label), Uint8Array.of(0), ...context), 32, key)
}
