import { beforeAll, expect, test } from 'vitest'
import { concat, utf8Decode, utf8Encode } from '../../base/bytes.ts'
import { Counters } from '../../base/counters.ts'
import { randomBytes, SeededRandom } from '../../base/random.ts'
import { MINUTE_MS, SECOND_MS } from '../../base/time.ts'
import { propertySeed } from '../../base/test-seed.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { type TestPeer, TestWire, type Weather } from '../net-crypto/test-wire.ts'
import { createToxProfile } from '../toxsave/tox-profile.ts'
import { Messenger } from './messenger.ts'
import type { MessengerEvent } from './messenger-events.ts'
import { FakeDht, FakeOnion } from './test-fakes.ts'

beforeAll(() => sodiumReady)

/** How often each Messenger is looked at between datagrams. */
const STEP_MS = 10

/** A Messenger over a real NetCrypto; onion and DHT are played by the test. */
class User {
  readonly peer: TestPeer
  readonly messenger: Messenger
  readonly news: MessengerEvent[] = []
  readonly contents = new Map<number, Uint8Array>()
  readonly dht = new FakeDht()
  #handed = 0

  constructor(wire: TestWire, host: number) {
    const random = new SeededRandom(host)
    const profile = { ...createToxProfile(random), name: utf8Encode(`User ${host}`) }
    this.peer = wire.addPeer(host, { realKeys: profile.keys })
    const { netCrypto } = this.peer
    const options = {
      profile,
      netCrypto,
      onionClient: new FakeOnion(),
      dht: this.dht,
      random,
      counters: new Counters(),
    }
    this.messenger = new Messenger(options, wire.now)
  }

  befriend(other: User, now: number): void {
    this.dht.addresses.set(other.peer.dhtKey.hex, other.peer.address)
    this.messenger.acceptFriend(other.peer.realKey, now)
    this.find(other, now)
  }

  /** The onion names the other's DHT key. */
  find(other: User, now: number): void {
    const { realKey, dhtKey } = other.peer
    this.messenger.handleOnionEvent({ kind: 'friendDhtKey', realKey, dhtKey, nodes: [] }, now)
  }

  step(now: number): void {
    this.peer.drainEvents()
    for (; this.#handed < this.peer.events.length; this.#handed += 1) {
      const event = this.peer.events[this.#handed]
      if (event) this.messenger.handleNetCryptoEvent(event, now)
    }
    this.messenger.handleTimeout(now)
    for (let event = this.messenger.pollEvent(); event; event = this.messenger.pollEvent()) {
      this.news.push(event)
      if (event.kind !== 'chunkWanted') continue
      const { transferId, position, length } = event
      const data = this.contents.get(transferId)?.slice(position, position + length)
      if (data) this.messenger.files.provideChunk(transferId, position, data, now)
    }
  }

  of<K extends MessengerEvent['kind']>(kind: K) {
    return this.news.filter((event): event is Extract<MessengerEvent, { readonly kind: K }> => event.kind === kind)
  }

  get isOnlineToAll(): boolean {
    return this.messenger.friends(0).every(({ isOnline }) => isOnline)
  }
}

class Meeting {
  readonly wire: TestWire
  readonly alice: User
  readonly bob: User

  constructor(weather: Weather, seed: number) {
    this.wire = new TestWire(seed, weather)
    this.alice = new User(this.wire, 1)
    this.bob = new User(this.wire, 2)
    this.alice.befriend(this.bob, this.wire.now)
    this.bob.befriend(this.alice, this.wire.now)
  }

  /** Virtual milliseconds until `isDone`; fails after `limitMs`. */
  runUntil(isDone: () => boolean, limitMs: number): number {
    const startedAt = this.wire.now
    while (!isDone()) {
      if (this.wire.now - startedAt >= limitMs) throw new Error(`not within ${limitMs} ms of virtual time`)
      this.wire.run(STEP_MS)
      this.alice.step(this.wire.now)
      this.bob.step(this.wire.now)
    }
    return this.wire.now - startedAt
  }

  offer(from: User, to: User, content: Uint8Array): void {
    const file = { fileKind: 'data', size: content.length, name: utf8Encode('file') } as const
    const outcome = from.messenger.files.offer(to.peer.realKey, file, this.wire.now)
    if (outcome.kind !== 'offered') throw new Error(outcome.kind)
    from.contents.set(outcome.transferId, content)
  }
}

for (const lossRatio of [0, 0.05]) {
  const weather = { lossRatio, latencyMs: 20, jitterMs: 30 }
  test(`with ${lossRatio * 100} % lost: online, 500 messages each way with receipts, and 2 MiB each way`, () => {
    const meeting = new Meeting(weather, propertySeed())
    const { alice, bob, wire } = meeting
    meeting.runUntil(() => alice.isOnlineToAll && bob.isOnlineToAll, 30 * SECOND_MS)
    const texts = Array.from({ length: 500 }, (_, index) => `message ${index}`)
    const contents = [alice, bob].map((_, index) => randomBytes(new SeededRandom(index), 2 * 2 ** 20))
    for (const [index, [from, to]] of [[alice, bob] as const, [bob, alice] as const].entries()) {
      meeting.offer(from, to, contents[index] ?? new Uint8Array(0))
      for (const text of texts) from.messenger.sendMessage(to.peer.realKey, 'message', utf8Encode(text), wire.now)
    }
    meeting.runUntil(() => [alice, bob].every((user) => user.of('receipt').length === 500), MINUTE_MS)
    for (const user of [alice, bob]) {
      expect(user.of('message').map(({ text }) => utf8Decode(text))).toEqual(texts)
      const offered = user.of('fileOffered')[0]
      expect(offered && user.messenger.files.accept(offered.transferId, wire.now)).toEqual({ kind: 'done' })
    }
    meeting.runUntil(() => [alice, bob].every((user) => user.of('fileEnded').length === 2), 2 * MINUTE_MS)
    for (const [index, user] of [bob, alice].entries()) {
      expect(user.of('fileEnded').every(({ ending }) => ending === 'finished')).toBe(true)
      expect(concat(...user.of('fileChunk').map(({ data }) => data))).toEqual(contents[index])
    }
  })
}

test('a message does not wait for the file that is under way', () => {
  const meeting = new Meeting({ latencyMs: 20, bytesPerSecond: 200_000, queueBytesMax: 30_000 }, propertySeed() + 1)
  const { alice, bob, wire } = meeting
  meeting.runUntil(() => alice.isOnlineToAll && bob.isOnlineToAll, 30 * SECOND_MS)
  meeting.offer(alice, bob, new Uint8Array(2 ** 20))
  meeting.runUntil(() => bob.of('fileOffered').length > 0, SECOND_MS)
  bob.messenger.files.accept(bob.of('fileOffered')[0]?.transferId ?? 0, wire.now)
  meeting.runUntil(() => bob.of('fileChunk').length > 100, MINUTE_MS)
  alice.messenger.sendMessage(bob.peer.realKey, 'message', utf8Encode('now'), wire.now)
  const waitedMs = meeting.runUntil(() => bob.of('message').length > 0, MINUTE_MS)
  expect(waitedMs).toBeLessThan(SECOND_MS)
  expect(bob.of('fileEnded')).toEqual([])
})

test('a broken line makes both offline after 32 s, hands back what was not receipted, and mends by itself', () => {
  const meeting = new Meeting({ latencyMs: 20 }, propertySeed() + 2)
  const { alice, bob, wire } = meeting
  meeting.runUntil(() => alice.isOnlineToAll && bob.isOnlineToAll, 30 * SECOND_MS)
  wire.filter = () => false
  const outcome = alice.messenger.sendMessage(bob.peer.realKey, 'message', utf8Encode('lost'), wire.now)
  const offlineAfter = meeting.runUntil(
    () => alice.of('friendOffline').length === 1 && bob.of('friendOffline').length === 1,
    MINUTE_MS,
  )
  expect(offlineAfter).toBeGreaterThan(23 * SECOND_MS)
  expect(offlineAfter).toBeLessThan(34 * SECOND_MS)
  expect(alice.of('unreceipted').map(({ receiptIds }) => receiptIds)).toEqual([
    ['receiptId' in outcome && outcome.receiptId],
  ])
  wire.filter = () => true
  const onlineAfter = meeting.runUntil(() => alice.isOnlineToAll && bob.isOnlineToAll, MINUTE_MS)
  expect(onlineAfter).toBeLessThan(10 * SECOND_MS)
  alice.messenger.sendMessage(bob.peer.realKey, 'message', utf8Encode('again'), wire.now)
  meeting.runUntil(() => alice.of('receipt').length === 1, 5 * SECOND_MS)
  expect(bob.of('message').map(({ text }) => utf8Decode(text))).toEqual(['again'])
})

test('leaving is seen at once', () => {
  const meeting = new Meeting({ latencyMs: 20 }, propertySeed() + 3)
  const { alice, bob, wire } = meeting
  meeting.runUntil(() => alice.isOnlineToAll && bob.isOnlineToAll, 30 * SECOND_MS)
  alice.messenger.leave(wire.now)
  expect(meeting.runUntil(() => bob.of('friendOffline').length > 0, SECOND_MS)).toBeLessThanOrEqual(50)
  meeting.wire.run(10 * SECOND_MS)
  bob.step(wire.now)
  expect(bob.isOnlineToAll).toBe(false)
})
