import { deriveKey } from '../crypto/hash.ts'
import { SigningKey } from '../crypto/sign.ts'

/**
 * The mailbox key of one direction of one epoch: its public part is the DHT Storage Key and says where the mailbox
 * lies (ring/places.ts), its private part signs records, renewals, fetches and deletions.
 *
 * secret  32 bytes from the epoch's root; the same secret gives the same key to both friends
 */
export function storageKeyFrom(secret: Uint8Array): SigningKey {
  return new SigningKey(deriveKey(secret, 'ampoule mailbox key 1'))
}
