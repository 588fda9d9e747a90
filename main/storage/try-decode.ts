import { DecodeError } from '../base/byte-reader.ts'
import { type Codec, decode } from '../wire/codec.ts'

/**
 * The value, or undefined if the bytes are malformed: for answers and bodies within bodies, where a malformed one has a
 * consequence (its sender counts as silent, its request goes unanswered) that a dropped packet would not have.
 */
export function tryDecode<T>(codec: Codec<T>, bytes: Uint8Array): T | undefined {
  try {
    return decode(codec, bytes)
  } catch (error) {
    if (error instanceof DecodeError) return undefined
    throw error
  }
}
