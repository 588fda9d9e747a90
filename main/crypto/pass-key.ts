import { assert } from '../base/assert.ts'
import { wipe } from '../base/bytes.ts'
import { type Random, randomBytes } from '../base/random.ts'
import { openSecret, randomNonce, sealSecret } from './box.ts'
import { sha256 } from './hash.ts'
import { primitives } from './primitives.ts'

export const PASS_SALT_BYTES = 32

/**
 * A key from a passphrase, as toxencryptsave derives it: scrypt of the passphrase's SHA-256. Derived once, it seals as
 * often as wanted, each time with a nonce of its own. Its owner wipes it.
 *
 * source   c-toxcore toxencryptsave; tox-wire.md 6
 */
export class PassKey {
  readonly salt: Uint8Array
  readonly #key: Uint8Array

  /** salt   32 bytes, copied. A salt from a file gives the key of that file. */
  constructor(passphrase: Uint8Array, salt: Uint8Array) {
    assert(salt.length === PASS_SALT_BYTES, 'a passphrase salt has 32 bytes')
    this.salt = salt.slice()
    const digest = sha256(passphrase)
    this.#key = primitives().scrypt(digest, this.salt)
    wipe(digest)
  }

  static create(passphrase: Uint8Array, random: Random): PassKey {
    return new PassKey(passphrase, randomBytes(random, PASS_SALT_BYTES))
  }

  /** Nonce (24), MAC (16) and ciphertext. */
  seal(plain: Uint8Array, random: Random): { readonly nonce: Uint8Array; readonly sealed: Uint8Array } {
    const nonce = randomNonce(random)
    return { nonce, sealed: sealSecret(this.#key, nonce, plain) }
  }

  /** Undefined if the passphrase was another or the bytes were changed. */
  open(nonce: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
    return openSecret(this.#key, nonce, sealed)
  }

  wipe(): void {
    wipe(this.#key)
  }
}
