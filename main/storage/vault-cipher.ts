import { concat, wipe } from '../base/bytes.ts'
import { type Random, randomBytes } from '../base/random.ts'
import { AEAD_NONCE_BYTES, AEAD_TAG_BYTES, aeadOpen, aeadSeal } from '../crypto/aead.ts'
import { blake2b } from '../crypto/hash.ts'

/** What sealing adds to a row. */
export const VAULT_SEAL_BYTES = AEAD_NONCE_BYTES + AEAD_TAG_BYTES

/**
 * Seals the rows of a vault's file with keys that are born with it and lie in memory only: when the process ends, the
 * file says nothing any more, to nobody.
 */
export class VaultCipher {
  readonly #random: Random
  readonly #nameKey: Uint8Array
  readonly #rowKey: Uint8Array

  constructor(random: Random) {
    this.#random = random
    this.#nameKey = randomBytes(random, 32)
    this.#rowKey = randomBytes(random, 32)
  }

  /** The name of a row in the file: a keyed hash, 32 bytes. */
  hashOf(name: Uint8Array): Uint8Array {
    return blake2b(name, 32, this.#nameKey)
  }

  /** nonce(24) ‖ sealed row, bound to its name so that rows cannot be exchanged. */
  seal(nameHash: Uint8Array, row: Uint8Array): Uint8Array {
    const nonce = randomBytes(this.#random, AEAD_NONCE_BYTES)
    return concat(nonce, aeadSeal(this.#rowKey, nonce, row, nameHash))
  }

  open(nameHash: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
    if (sealed.length < VAULT_SEAL_BYTES) return undefined
    const nonce = sealed.subarray(0, AEAD_NONCE_BYTES)
    return aeadOpen(this.#rowKey, nonce, sealed.subarray(AEAD_NONCE_BYTES), nameHash)
  }

  wipe(): void {
    wipe(this.#nameKey, this.#rowKey)
  }
}
