import { Address } from '../../base/address.ts'
import { utf8Encode } from '../../base/bytes.ts'
import { Counters } from '../../base/counters.ts'
import { SeededRandom } from '../../base/random.ts'
import { createKeyPair, type PublicKey } from '../../crypto/keys.ts'
import { createToxProfile, type MessengerProfile } from '../toxsave/tox-profile.ts'
import { Messenger } from './messenger.ts'
import type { MessengerEvent } from './messenger-events.ts'
import { FakeDht, FakeNetCrypto, FakeOnion } from './test-fakes.ts'

export const ADDRESS = new Address(Uint8Array.of(127, 0, 0, 1), 33_445)

type EventOf<K extends MessengerEvent['kind']> = Extract<MessengerEvent, { readonly kind: K }>

/** One Messenger over fakes, with all its news on record. */
export class Person {
  readonly netCrypto: FakeNetCrypto
  readonly onion = new FakeOnion()
  readonly dht = new FakeDht()
  readonly counters = new Counters()
  readonly messenger: Messenger
  readonly dhtKey: PublicKey
  readonly news: MessengerEvent[] = []

  constructor(name: string, seed: number, now: number, saved?: Partial<MessengerProfile>) {
    const random = new SeededRandom(seed)
    const profile = { ...createToxProfile(random), name: utf8Encode(name), ...saved }
    this.dhtKey = createKeyPair(random).publicKey
    this.netCrypto = new FakeNetCrypto(profile.keys.publicKey)
    const { netCrypto, onion: onionClient, dht, counters } = this
    this.messenger = new Messenger({ profile, netCrypto, onionClient, dht, random, counters }, now)
  }

  get key(): PublicKey {
    return this.messenger.publicKey
  }

  /** Hands up one event of net_crypto; false if there is none. */
  handOne(now: number): boolean {
    const event = this.netCrypto.events.shift()
    if (event) this.messenger.handleNetCryptoEvent(event, now)
    this.collect()
    return event !== undefined
  }

  collect(): void {
    for (let event = this.messenger.pollEvent(); event; event = this.messenger.pollEvent()) this.news.push(event)
  }

  of<K extends MessengerEvent['kind']>(kind: K): EventOf<K>[] {
    return this.news.filter((event): event is EventOf<K> => event.kind === kind)
  }

  last<K extends MessengerEvent['kind']>(kind: K): EventOf<K> {
    const event = this.of(kind).at(-1)
    if (!event) throw new Error(`${kind} did not happen`)
    return event
  }
}

/** Alice and Bob, linked through their fakes, in virtual time. */
export class Pair {
  now = 1_000_000
  readonly alice: Person
  readonly bob: Person

  constructor(seed = 1) {
    this.alice = new Person('Alice', seed * 2, this.now)
    this.bob = new Person('Bob', seed * 2 + 1, this.now)
  }

  /** They are friends, online, and have said all there is to say. */
  static online(seed = 1): Pair {
    const pair = new Pair(seed)
    pair.alice.messenger.acceptFriend(pair.bob.key, pair.now)
    pair.bob.messenger.acceptFriend(pair.alice.key, pair.now)
    pair.establish()
    pair.settle()
    return pair
  }

  establish(): void {
    const { alice, bob } = this
    alice.netCrypto.establish(bob.key, bob.dhtKey, ADDRESS, bob.netCrypto)
    bob.netCrypto.establish(alice.key, alice.dhtKey, ADDRESS, alice.netCrypto)
  }

  /** Delivers everything, with acknowledgements, until nothing is left. `work` runs in between. */
  settle(work: () => void = () => {}): void {
    const { alice, bob } = this
    for (let round = 0; round < 100_000; round += 1) {
      const isBusy = [alice.handOne(this.now), bob.handOne(this.now)].some(Boolean)
      work()
      if (isBusy) continue
      alice.netCrypto.acknowledge(bob.key)
      bob.netCrypto.acknowledge(alice.key)
      if (alice.netCrypto.events.length === 0 && bob.netCrypto.events.length === 0) return
    }
    throw new Error('they never come to rest')
  }

  /** Lets time pass, wake by wake, delivering what comes of it. */
  pass(ms: number): void {
    const end = this.now + ms
    for (;;) {
      const wakes = [this.alice, this.bob].map(
        ({ messenger }) => messenger.nextTimeout()?.at ?? Number.POSITIVE_INFINITY,
      )
      const next = Math.max(this.now, Math.min(...wakes))
      if (next > end) break
      this.now = next
      for (const { messenger } of [this.alice, this.bob]) messenger.handleTimeout(this.now)
      const after = Math.min(...[this.alice, this.bob].map(({ messenger }) => messenger.nextTimeout()?.at ?? end + 1))
      if (after <= this.now) throw new Error('a timeout does not go away when it is handled')
      this.settle()
    }
    this.now = end
  }
}
