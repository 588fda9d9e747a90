const CHUNK_BYTES = 16_384
/** Larger ones would leave much of a chunk unused. */
const POOLED_BYTES_MAX = 2_048
/** So that views of numbers fit. */
const ALIGNMENT = 8

let chunk = new Uint8Array(CHUNK_BYTES)
let used = 0

/**
 * `length` zeros that nobody else has: a part of a larger piece of memory, since making a piece for each packet costs
 * more than filling it. For what serves for a moment: one part that is kept keeps its whole piece, so whoever keeps bytes
 * copies them (`slice`).
 */
export function pooledBytes(length: number): Uint8Array {
  if (length > POOLED_BYTES_MAX) return new Uint8Array(length)
  if (used + length > CHUNK_BYTES) {
    chunk = new Uint8Array(CHUNK_BYTES)
    used = 0
  }
  const start = used
  used += Math.ceil(length / ALIGNMENT) * ALIGNMENT
  return chunk.subarray(start, start + length)
}
