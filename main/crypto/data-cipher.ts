import { concat, utf8Encode, wipe } from '../base/bytes.ts'
import { type Random, randomBytes } from '../base/random.ts'
import { AEAD_NONCE_BYTES, AEAD_TAG_BYTES, aeadOpen, aeadSeal } from './aead.ts'
import { blake2b, deriveKey } from './hash.ts'

export const DATA_KEY_BYTES = 32
export const FINGERPRINT_BYTES = 16

/** A sealed value was altered, or sealed for another purpose or with another key. */
export class DataCipherError extends Error {
  override readonly name = 'DataCipherError'
}

/**
 * Seals values at rest with one 32-byte data key. Sealed form: 24-byte nonce, ciphertext, 16-byte tag; the purpose is
 * associated data, so a value does not open anywhere else.
 */
export class DataCipher {
  readonly #sealKey: Uint8Array
  readonly #fingerprintKey: Uint8Array
  readonly #random: Random

  constructor(dataKey: Uint8Array, random: Random) {
    this.#sealKey = deriveKey(dataKey, 'seal')
    this.#fingerprintKey = deriveKey(dataKey, 'fingerprint')
    this.#random = random
  }

  seal(purpose: string, plain: Uint8Array): Uint8Array {
    const nonce = randomBytes(this.#random, AEAD_NONCE_BYTES)
    return concat(nonce, aeadSeal(this.#sealKey, nonce, plain, utf8Encode(purpose)))
  }

  /** Throws DataCipherError. */
  open(purpose: string, sealed: Uint8Array): Uint8Array {
    const nonce = sealed.subarray(0, AEAD_NONCE_BYTES)
    const isLongEnough = sealed.length >= AEAD_NONCE_BYTES + AEAD_TAG_BYTES
    const plain = isLongEnough
      ? aeadOpen(this.#sealKey, nonce, sealed.subarray(AEAD_NONCE_BYTES), utf8Encode(purpose))
      : undefined
    if (!plain) throw new DataCipherError(`a sealed value (${purpose}) does not open`)
    return plain
  }

  /** 16 bytes that tell equal values of one purpose, and nothing else without the key. */
  fingerprint(purpose: string, plain: Uint8Array): Uint8Array {
    return blake2b(concat(utf8Encode(purpose), Uint8Array.of(0), plain), FINGERPRINT_BYTES, this.#fingerprintKey)
  }

  wipe(): void {
    wipe(this.#sealKey, this.#fingerprintKey)
  }
}
