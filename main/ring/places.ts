import { ByteReader } from '../base/byte-reader.ts'
import { concatForNow, utf8Encode } from '../base/bytes.ts'
import { LruMap } from '../base/lru-map.ts'
import { blake2b } from '../crypto/hash.ts'
import type { PublicKey } from '../crypto/keys.ts'
import type { VerifyKey } from '../crypto/sign.ts'

const NODE_LABEL = utf8Encode('ampoule node place 1')
const MAILBOX_LABEL = utf8Encode('ampoule mailbox place 1')

/** Places of nodes met lately; they follow from the key, so forgetting costs only a hash. */
const CACHED_MAX = 2_048

/**
 * Where a node stands in ring `ring`: the first 6 bytes, as a big-endian number, of
 * BLAKE2b-256("ampoule node place 1" ‖ ring (1 byte) ‖ DHT key).
 */
export function nodePlace(key: PublicKey, ring: number): number {
  return placeOf(NODE_LABEL, ring, key.bytes)
}

/** Where a mailbox belongs in ring `ring`: the same of "ampoule mailbox place 1" and the mailbox's Ed25519 key. */
export function mailboxPlace(key: VerifyKey, ring: number): number {
  return placeOf(MAILBOX_LABEL, ring, key.bytes)
}

function placeOf(label: Uint8Array, ring: number, key: Uint8Array): number {
  return new ByteReader(blake2b(concatForNow(label, Uint8Array.of(ring), key))).u48()
}

/** The places of nodes in all rings, remembered. */
export class NodePlaces {
  readonly #ringCount: number
  readonly #byKey = new LruMap<string, readonly number[]>(CACHED_MAX)

  constructor(ringCount: number) {
    this.#ringCount = ringCount
  }

  of(key: PublicKey): readonly number[] {
    const known = this.#byKey.get(key.hex)
    if (known) return known
    const places = Array.from({ length: this.#ringCount }, (_, ring) => nodePlace(key, ring))
    this.#byKey.set(key.hex, places)
    return places
  }
}
