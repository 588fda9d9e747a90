import { assert } from '../base/assert.ts'
import { LruMap } from '../base/lru-map.ts'
import { precompute, type SharedKey } from './box.ts'
import { KEY_BYTES, PublicKey, type SecretKey } from './keys.ts'

/** A peer's key, always the same object while it is remembered, and what we share with it. */
export interface KnownPeer {
  readonly key: PublicKey
  readonly shared: SharedKey
}

/**
 * Key agreement costs 100 µs, a packet 10: this remembers the shared keys of one secret key with many peers.
 *
 * They are found by the first 30 bits of the peer's key: text made of each packet's key would cost more than the rest of
 * the look. Two peers that begin alike push each other out, which costs whoever makes such keys as much as new ones.
 *
 * What it gives is good until it is asked for another: a key that is forgotten is wiped.
 */
export class SharedKeys {
  readonly #secretKey: SecretKey
  readonly #byStart: LruMap<number, KnownPeer>

  constructor(secretKey: SecretKey, countMax = 1_024) {
    this.#secretKey = secretKey
    this.#byStart = new LruMap(countMax)
  }

  /** The key shared with `peer`; undefined if the peer's key is of low order. */
  get(peer: PublicKey): SharedKey | undefined {
    return this.#find(peer.bytes, 0, peer)?.shared
  }

  /** The peer whose key stands at `offset` of a packet; undefined if the key is of low order. */
  peerAt(packet: Uint8Array, offset: number): KnownPeer | undefined {
    assert(packet.length >= offset + KEY_BYTES, 'no key fits there')
    return this.#find(packet, offset)
  }

  wipe(): void {
    for (const { shared } of this.#byStart.values()) shared.wipe()
    this.#byStart.clear()
  }

  #find(bytes: Uint8Array, offset: number, peer?: PublicKey): KnownPeer | undefined {
    const start = startOf(bytes, offset)
    const known = this.#byStart.get(start)
    if (known && isKeyAt(known.key.bytes, bytes, offset)) return known
    const key = peer ?? PublicKey.read(bytes.subarray(offset, offset + KEY_BYTES))
    const shared = precompute(key, this.#secretKey)
    if (!shared) return undefined
    const found = { key, shared }
    known?.shared.wipe()
    this.#byStart.set(start, found)?.shared.wipe()
    return found
  }
}

function startOf(bytes: Uint8Array, offset: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = [bytes[offset], bytes[offset + 1], bytes[offset + 2], bytes[offset + 3]]
  return (a | (b << 8) | (c << 16) | (d << 24)) & 0x3fffffff
}

function isKeyAt(key: Uint8Array, bytes: Uint8Array, offset: number): boolean {
  for (let at = 0; at < KEY_BYTES; at += 1) if (key[at] !== bytes[offset + at]) return false
  return true
}
