import { concat, utf8Encode } from '../base/bytes.ts'
import { ByteReader } from '../base/byte-reader.ts'
import { blake2b, deriveKey } from '../crypto/hash.ts'
import { SigningKey, type VerifyKey } from '../crypto/sign.ts'

const PLACE_LABEL = utf8Encode('ampoule mailbox place 1')

/**
 * The mailbox key of one direction of one epoch: its public part is the DHT Storage Key and says where the mailbox
 * lies, its private part signs records, renewals, fetches and deletions.
 *
 * secret  32 bytes from the epoch's root; the same secret gives the same key to both friends
 */
export function storageKeyFrom(secret: Uint8Array): SigningKey {
  return new SigningKey(deriveKey(secret, 'ampoule mailbox key 1'))
}

/** What is hashed to a mailbox's place in ring `ring` (0, 1, …): label, zero byte, ring and key. */
export function mailboxPlaceInput(mailbox: VerifyKey, ring: number): Uint8Array {
  return concat(PLACE_LABEL, Uint8Array.of(0, ring), mailbox.bytes)
}

/** A mailbox's places, one a ring: the first 6 bytes of BLAKE2b-256 of the place input, as an unsigned number. */
export function mailboxPlaces(mailbox: VerifyKey, ringCount: number): readonly number[] {
  return Array.from({ length: ringCount }, (_, ring) => new ByteReader(blake2b(mailboxPlaceInput(mailbox, ring))).u48())
}
