import { pooledBytes } from '../base/byte-pool.ts'
import { sha512 } from '../crypto/hash.ts'

/** Nonce, then the puzzle's hash: one block of SHA-512. */
const INPUT_BYTES = 8 + 64

/**
 * One trial: the first 6 bytes of SHA-512(SHA-512(nonce ‖ puzzleHash)) as a number.
 *
 * nonce       below 2^48, hashed as 8 bytes, big-endian
 * puzzleHash  64 bytes
 * source      Bitmessage, "Proof of work"
 */
export function sha512dTrial(puzzleHash: Uint8Array, nonce: number): number {
  const input = pooledBytes(INPUT_BYTES)
  const view = new DataView(input.buffer, input.byteOffset)
  view.setUint32(0, Math.floor(nonce / 2 ** 32))
  view.setUint32(4, nonce % 2 ** 32)
  input.set(puzzleHash, 8)
  const digest = sha512(sha512(input))
  return (
    new DataView(digest.buffer, digest.byteOffset).getUint32(0) * 2 ** 16 + ((digest[4] ?? 0) << 8) + (digest[5] ?? 0)
  )
}
