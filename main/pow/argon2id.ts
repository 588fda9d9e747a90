import { primitives } from '../crypto/primitives.ts'

/** 1 MiB: small enough for a node to check two of in 2 ms, large enough that a GPU gains little. */
const MEMORY_BYTES = 2 ** 20
const PASSES = 1
const COST = { passes: PASSES, memoryBytes: MEMORY_BYTES, outputBytes: 16 }
const SALT_BYTES = 16

/**
 * One trial: the first 6 bytes of Argon2id (1 MiB, one pass, one lane) as a number. About 0.6 ms.
 *
 * nonce       below 2^48; the password is the nonce as 8 bytes, big-endian, and the last 48 bytes of the hash
 * puzzleHash  64 bytes, of which the first 16 are the salt
 * source      RFC 9106
 */
export function argon2idTrial(puzzleHash: Uint8Array, nonce: number): number {
  const password = new Uint8Array(8 + puzzleHash.length - SALT_BYTES)
  const view = new DataView(password.buffer)
  view.setUint32(0, Math.floor(nonce / 2 ** 32))
  view.setUint32(4, nonce % 2 ** 32)
  password.set(puzzleHash.subarray(SALT_BYTES), 8)
  const salt = puzzleHash.subarray(0, SALT_BYTES)
  const output = primitives().argon2id(password, salt, COST)
  return (
    new DataView(output.buffer, output.byteOffset).getUint32(0) * 2 ** 16 + ((output[4] ?? 0) << 8) + (output[5] ?? 0)
  )
}
