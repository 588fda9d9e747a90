import { DecodeError } from '../../base/byte-reader.ts'
import { type Codec, decode } from '../../wire/codec.ts'

/**
 * The value of bytes that came out of a box, or undefined if the box did not open or its content is malformed.
 * The engine's one catch sees only the outside of a packet; a machine must not throw at what it finds inside.
 */
export function decodeOpened<T>(codec: Codec<T>, plain: Uint8Array | undefined): T | undefined {
  if (!plain) return undefined
  try {
    return decode(codec, plain)
  } catch (error) {
    if (error instanceof DecodeError) return undefined
    throw error
  }
}
