import { assert } from '../base/assert.ts'
import { ByteWriter } from '../base/byte-writer.ts'
import { concat, equalInConstantTime, wipe } from '../base/bytes.ts'
import { AEAD_NONCE_BYTES, AEAD_TAG_BYTES, aeadOpen, aeadSeal } from './aead.ts'
import { primitives } from './primitives.ts'

/** Every chunk but the last has so many bytes of plain text. */
export const CHUNK_BYTES = 65_536
export const SEALED_CHUNK_BYTES = CHUNK_BYTES + AEAD_TAG_BYTES
export const CHUNK_SALT_BYTES = 16
const KEY_BYTES = 32
export const KEY_CHECK_BYTES = AEAD_TAG_BYTES

/** What Argon2id is to cost: a file names its own, so that later ones may cost more. */
export interface PassphraseCost {
  readonly passes: number
  readonly memoryKib: number
}

/** OWASP's least for Argon2id is 19 MiB and 2 passes; this is thrice as much memory and about half a second. */
export const PASSPHRASE_COST: PassphraseCost = { passes: 3, memoryKib: 65_536 }
/** A file that asks for more is refused: it could only mean to stop us. */
const COST_MAX: PassphraseCost = { passes: 16, memoryKib: 262_144 }

export function isBearableCost({ passes, memoryKib }: PassphraseCost): boolean {
  return passes >= 1 && memoryKib >= 8 && passes <= COST_MAX.passes && memoryKib <= COST_MAX.memoryKib
}

const LAST = 1
const KEY_CHECK = 2

/**
 * Seals a long text chunk by chunk under a key from a passphrase, so that none can be altered, left out, doubled, moved
 * or cut off at the end. Chunks go in their order, each once.
 *
 * Key: Argon2id of the passphrase with a salt that no other text has. Nonce: index of the chunk (8 bytes), 1 for the
 * last, 15 zeros. Associated: the header of the file that holds them. XChaCha20-Poly1305.
 */
export class ChunkCipher {
  readonly #key: Uint8Array
  readonly #header: Uint8Array
  #index = 0

  /** salt   16 bytes, fresh for every text */
  constructor(passphrase: Uint8Array, salt: Uint8Array, cost: PassphraseCost, header: Uint8Array) {
    assert(salt.length === CHUNK_SALT_BYTES && isBearableCost(cost), 'salt or cost out of range')
    const memoryBytes = cost.memoryKib * 1_024
    this.#key = primitives().argon2id(passphrase, salt, { passes: cost.passes, memoryBytes, outputBytes: KEY_BYTES })
    this.#header = header.slice()
  }

  /** 16 bytes that tell a wrong passphrase from damage. */
  keyCheck(): Uint8Array {
    return aeadSeal(this.#key, nonceOf(0, KEY_CHECK), new Uint8Array(0), this.#header)
  }

  isKeyCheck(check: Uint8Array): boolean {
    return equalInConstantTime(this.keyCheck(), check)
  }

  seal(plain: Uint8Array, isLast: boolean): Uint8Array {
    assert(isLast ? plain.length <= CHUNK_BYTES : plain.length === CHUNK_BYTES, 'a chunk of the wrong length')
    return aeadSeal(this.#key, this.#nextNonce(isLast), plain, this.#header)
  }

  /** Undefined if it is not the next chunk as it was sealed. */
  open(sealed: Uint8Array, isLast: boolean): Uint8Array | undefined {
    return aeadOpen(this.#key, this.#nextNonce(isLast), sealed, this.#header)
  }

  wipe(): void {
    wipe(this.#key)
  }

  #nextNonce(isLast: boolean): Uint8Array {
    const nonce = nonceOf(this.#index, isLast ? LAST : 0)
    this.#index += 1
    return nonce
  }
}

function nonceOf(index: number, mark: number): Uint8Array {
  const writer = new ByteWriter(AEAD_NONCE_BYTES)
  writer.u53(index)
  writer.u8(mark)
  return concat(writer.finish(), new Uint8Array(AEAD_NONCE_BYTES - 9))
}
