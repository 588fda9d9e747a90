import { concat, utf8Encode } from '../base/bytes.ts'
import { blake2b } from '../crypto/hash.ts'
import type { VerifyKey } from '../crypto/sign.ts'
import { encode, u32 } from '../wire/codec.ts'
import { SLOT_TAG_BYTES } from '../wire/upkeep-packets.ts'

const LABEL = concat(utf8Encode('ampoule slot 1'), Uint8Array.of(0))

/** Names a slot among holders (8 bytes): who does not know the mailbox key learns nothing from it. */
export function slotTagOf(mailbox: Pick<VerifyKey, 'bytes'>, slot: number): Uint8Array {
  return blake2b(concat(LABEL, mailbox.bytes, encode(u32, slot))).slice(0, SLOT_TAG_BYTES)
}
