import { LruMap } from '../base/lru-map.ts'
import { precompute, type SharedKey } from './box.ts'
import type { PublicKey, SecretKey } from './keys.ts'

/** Key agreement costs 100 µs, a packet 10: this remembers the shared keys of one secret key with many peers. */
export class SharedKeys {
  readonly #secretKey: SecretKey
  readonly #byPeer: LruMap<string, SharedKey>

  constructor(secretKey: SecretKey, countMax = 1_024) {
    this.#secretKey = secretKey
    this.#byPeer = new LruMap(countMax)
  }

  /** The key shared with `peer`; undefined if the peer's key is of low order. */
  get(peer: PublicKey): SharedKey | undefined {
    const known = this.#byPeer.get(peer.hex)
    if (known) return known
    const shared = precompute(peer, this.#secretKey)
    if (shared) this.#byPeer.set(peer.hex, shared)?.wipe()
    return shared
  }

  wipe(): void {
    for (const shared of this.#byPeer.values()) shared.wipe()
    this.#byPeer.clear()
  }
}
