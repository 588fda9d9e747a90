import { assert } from '../../base/assert.ts'
import { concat, equalBytes } from '../../base/bytes.ts'
import { PublicKey } from '../../crypto/keys.ts'

export const TOX_ID_BYTES = 38
export const NOSPAM_BYTES = 4

/** What a Tox ID says: whom to ask, and the word that lets the request through. */
export interface ToxIdParts {
  readonly publicKey: PublicKey
  readonly nospam: Uint8Array
}

/**
 * A Tox ID as bytes.
 *
 * | bytes | field                                                            |
 * |-------|------------------------------------------------------------------|
 * | 32    | publicKey, long-term                                             |
 * | 4     | nospam                                                           |
 * | 2     | checksum: XOR of all bytes at even and at odd places before it   |
 */
export function toxIdOf({ publicKey, nospam }: ToxIdParts): Uint8Array {
  assert(nospam.length === NOSPAM_BYTES, 'a nospam has 4 bytes')
  const body = concat(publicKey.bytes, nospam)
  return concat(body, checksumOf(body))
}

/** The parts of a Tox ID, or undefined if its length or checksum is wrong or the key is none (its top bit is set). */
export function readToxId(toxId: Uint8Array): ToxIdParts | undefined {
  if (toxId.length !== TOX_ID_BYTES) return undefined
  const body = toxId.subarray(0, TOX_ID_BYTES - 2)
  if (!equalBytes(checksumOf(body), toxId.subarray(TOX_ID_BYTES - 2))) return undefined
  if ((toxId[31] ?? 0) >= 0x80) return undefined
  return { publicKey: new PublicKey(toxId.subarray(0, 32)), nospam: toxId.slice(32, 36) }
}

function checksumOf(body: Uint8Array): Uint8Array {
  const checksum = new Uint8Array(2)
  for (let at = 0; at < body.length; at += 1) checksum[at % 2] = (checksum[at % 2] ?? 0) ^ (body[at] ?? 0)
  return checksum
}
