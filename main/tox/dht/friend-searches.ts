import { assert } from '../../base/assert.ts'
import { type Random, shuffled } from '../../base/random.ts'
import type { Instant } from '../../base/time.ts'
import { createKeyPair, type PublicKey } from '../../crypto/keys.ts'
import type { PackedNode } from '../../wire/node-format.ts'
import { FriendSearch } from './friend-search.ts'

/** Random keys that are always searched, so that onion paths need not be made of nodes near real friends. */
const FAKE_FRIENDS = 2

/** All searches: those for friends, and two for random keys. */
export class FriendSearches {
  readonly #random: Random
  readonly #holePunching: boolean
  readonly #byKey = new Map<string, FriendSearch>()
  readonly #fakes: readonly FriendSearch[]

  constructor(random: Random, holePunching: boolean) {
    this.#random = random
    this.#holePunching = holePunching
    this.#fakes = Array.from({ length: FAKE_FRIENDS }, () => this.#create(randomPublicKey(random), false))
  }

  get all(): IterableIterator<FriendSearch> {
    return this.#byKey.values()
  }

  get(key: PublicKey): FriendSearch | undefined {
    return this.#byKey.get(key.hex)
  }

  /** Begins a search, or counts one more user of it. Returns a search only if it is new. */
  add(key: PublicKey): FriendSearch | undefined {
    const known = this.#byKey.get(key.hex)
    if (!known) return this.#create(key, this.#holePunching)
    known.userCount += 1
    return undefined
  }

  /**
   * Ends the search when its last user goes. A fake one never ends, for it is its own user: whoever sees what we ask can
   * claim its key as theirs, and friends may be among them.
   */
  remove(key: PublicKey): void {
    const search = this.#byKey.get(key.hex)
    assert(search !== undefined, 'stopped a search that was not begun')
    search.userCount -= 1
    if (search.userCount > 0) return
    assert(!this.#fakes.includes(search), 'stopped a search that was not begun')
    this.#byKey.delete(key.hex)
  }

  /** Good nodes of the two fake searches, in random order. */
  fakeFriendNodes(now: Instant): PackedNode[] {
    return shuffled(
      this.#random,
      this.#fakes.flatMap((search) => search.goodNodes(now)),
    )
  }

  #create(key: PublicKey, holePunching: boolean): FriendSearch {
    const search = new FriendSearch(key, this.#random, holePunching)
    this.#byKey.set(key.hex, search)
    return search
  }
}

/** Looks like any other DHT key, and nobody has the secret one. */
function randomPublicKey(random: Random): PublicKey {
  const { publicKey, secretKey } = createKeyPair(random)
  secretKey.wipe()
  return publicKey
}
