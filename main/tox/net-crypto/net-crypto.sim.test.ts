import { expect, test } from 'vitest'
import { randomBelow, randomFraction, SeededRandom } from '../../base/random.ts'
import { propertySeed } from '../../base/test-seed.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { areConnected, befriend, numbered, open, type TestPeer, TestWire, type Weather } from './test-wire.ts'

await sodiumReady

const CHUNK_BYTES = 1_371
/** How often the messenger looks for room. */
const LOOK_MS = 50

function connectedPair(weather: Weather, seed: number) {
  const wire = new TestWire(seed, weather)
  const [alice, bob] = [wire.addPeer(1), wire.addPeer(2)]
  befriend(alice, bob, wire.now)
  open(alice, bob, wire.now)
  expect(wire.runUntil(() => areConnected(alice, bob), 120_000)).toBe(true)
  return { wire, alice, bob }
}

function receivedNumbers(peer: TestPeer): number[] {
  return peer.eventsOf('data').map(({ data }) => new DataView(data.buffer, data.byteOffset).getUint32(1))
}

/** Sends a file as the messenger does, and gives its time in virtual seconds. */
function sendBulk(wire: TestWire, from: TestPeer, to: TestPeer, bytes: number): number {
  const chunks = Math.ceil(bytes / CHUNK_BYTES)
  const startedAt = wire.now
  let sent = 0
  let acknowledged = 0
  while (sent < chunks || to.eventsOf('data').length < chunks) {
    for (let slots = from.netCrypto.freeSlots(to.realKey); slots > 0 && sent < chunks; slots -= 1) {
      const chunk = new Uint8Array(1 + CHUNK_BYTES)
      chunk.set(numbered(sent))
      expect(from.netCrypto.send(to.realKey, chunk, wire.now)).toBe(sent)
      sent += 1
    }
    wire.runUntil(() => from.eventsOf('acknowledged').length > acknowledged, LOOK_MS)
    acknowledged = from.eventsOf('acknowledged').length
    expect(wire.now - startedAt).toBeLessThan(600_000)
  }
  expect(receivedNumbers(to)).toEqual(Array.from({ length: chunks }, (_, index) => index))
  return (wire.now - startedAt) / 1_000
}

for (const lossRatio of [0, 0.05, 0.3]) {
  test(`carries 2,000 packets each way in order, once, with ${lossRatio * 100} % lost, some doubled, all shuffled`, () => {
    const weather = { lossRatio, duplicateRatio: lossRatio, latencyMs: 20, jitterMs: 60 }
    const { wire, alice, bob } = connectedPair(weather, propertySeed())
    const random = new SeededRandom(propertySeed())
    const sent = new Map([
      [alice, 0],
      [bob, 0],
    ])
    while ([...sent.values()].some((count) => count < 2_000)) {
      for (const [from, to] of [
        [alice, bob],
        [bob, alice],
      ] as const) {
        const count = sent.get(from) ?? 0
        const burst = Math.min(2_000 - count, randomBelow(random, 40))
        for (let index = 0; index < burst; index += 1) {
          expect(from.netCrypto.send(to.realKey, numbered(count + index), wire.now)).toBe(count + index)
        }
        sent.set(from, count + burst)
      }
      wire.run(randomFraction(random) * 100)
    }
    const hasAll = () => [alice, bob].every((peer) => peer.eventsOf('acknowledged').at(-1)?.before === 2_000)
    expect(wire.runUntil(hasAll, 120_000)).toBe(true)
    const all = Array.from({ length: 2_000 }, (_, index) => index)
    expect(receivedNumbers(alice)).toEqual(all)
    expect(receivedNumbers(bob)).toEqual(all)
  })
}

test('says acknowledged only of what the peer has taken in order', () => {
  const { wire, alice, bob } = connectedPair({ lossRatio: 0.3, duplicateRatio: 0.2, jitterMs: 80 }, propertySeed() + 1)
  for (let count = 0; count < 300; count += 1) {
    alice.netCrypto.send(bob.realKey, numbered(count), wire.now)
    wire.run(7)
    const before = alice.eventsOf('acknowledged').at(-1)?.before ?? 0
    expect(before).toBeLessThanOrEqual(bob.eventsOf('data').length)
  }
  expect(wire.runUntil(() => alice.eventsOf('acknowledged').at(-1)?.before === 300, 60_000)).toBe(true)
  expect(alice.eventsOf('acknowledged').length).toBeGreaterThan(5)
})

test('2 MiB of bulk arrive intact with 5 % lost', () => {
  const seconds = sendBulk2MiB({ lossRatio: 0.05, latencyMs: 25, jitterMs: 10 })
  expect(seconds).toBeLessThan(20)
})

function sendBulk2MiB(weather: Weather): number {
  const { wire, alice, bob } = connectedPair(weather, propertySeed() + 2)
  const seconds = sendBulk(wire, alice, bob, 2 * 2 ** 20)
  const resent = alice.sent.length / Math.ceil((2 * 2 ** 20) / CHUNK_BYTES)
  process.stdout.write(
    `2 MiB, ${JSON.stringify(weather)}: ${seconds.toFixed(1)} virtual s, ${resent.toFixed(2)} datagrams a chunk, ` +
      `${bob.sent.length} back, ${wire.droppedByQueue} dropped by the queue\n`,
  )
  return seconds
}

test('bulk finds the rate of a narrow link with a short queue, and does not flood it', () => {
  const weather = { latencyMs: 30, bytesPerSecond: 500_000, queueBytesMax: 50_000 }
  // 2 MiB take 4.5 s at the full rate with all headers.
  expect(sendBulk2MiB(weather)).toBeLessThan(12)
})

test('bulk is quick on a wide link', () => {
  expect(sendBulk2MiB({ latencyMs: 25 })).toBeLessThan(5)
  expect(sendBulk2MiB({ latencyMs: 0.1 })).toBeLessThan(2)
})

/** `old` dies without a word; the same person starts again and opens to `friend`. */
function restart(
  wire: TestWire,
  old: TestPeer,
  friend: TestPeer,
  how: { readonly isSameDhtKey: boolean; readonly port?: number },
): TestPeer {
  wire.removePeer(old)
  const { realKeys, dhtKeys } = old
  const host = old.address.ip[3] ?? 0
  const peer = wire.addPeer(host, {
    realKeys,
    port: how.port ?? old.address.port,
    ...(how.isSameDhtKey ? { dhtKeys } : {}),
  })
  peer.netCrypto.allow(friend.realKey, wire.now)
  open(peer, friend, wire.now)
  return peer
}

for (const how of [
  { isSameDhtKey: true },
  { isSameDhtKey: false },
  { isSameDhtKey: true, port: 33_446 },
  { isSameDhtKey: false, port: 33_446 },
]) {
  test(`a peer that was killed and starts again is back at once: ${JSON.stringify(how)}`, () => {
    const { wire, alice, bob } = connectedPair({ latencyMs: 20 }, propertySeed() + 3)
    alice.netCrypto.send(bob.realKey, numbered(1), wire.now)
    wire.run(5_000)
    const again = restart(wire, bob, alice, how)
    expect(wire.runUntil(() => areConnected(alice, again), 1_000)).toBe(true)
    expect(alice.eventsOf('closed').map(({ reason }) => reason)).toEqual(['replaced'])
    const dhtKeys = alice.eventsOf('established').map(({ dhtKey }) => dhtKey.hex)
    expect(dhtKeys).toEqual([bob.dhtKey.hex, again.dhtKey.hex])
    expect(alice.eventsOf('friendDhtKey').length).toBe(how.isSameDhtKey ? 0 : 1)
    expect(alice.netCrypto.send(bob.realKey, numbered(2), wire.now)).toBe(0)
    expect(again.netCrypto.send(alice.realKey, numbered(3), wire.now)).toBe(0)
    wire.run(1_000)
    expect(receivedNumbers(again)).toEqual([2])
    expect(receivedNumbers(alice)).toEqual([3])
  })
}

test('a friend who is to be found under another DHT key is looked for there, and the old connection killed', () => {
  const { wire, alice, bob } = connectedPair({ latencyMs: 20 }, propertySeed() + 4)
  wire.removePeer(bob)
  const again = wire.addPeer(3, { realKeys: bob.realKeys })
  again.netCrypto.allow(alice.realKey, wire.now)
  open(alice, again, wire.now)
  expect(alice.netCrypto.isEstablished(bob.realKey)).toBe(false)
  expect(wire.runUntil(() => areConnected(alice, again), 1_000)).toBe(true)
  expect(alice.eventsOf('closed').map(({ reason }) => reason)).toEqual(['replaced'])
})

test('however both sides restart and open, with a fifth lost, they end with one working connection', () => {
  for (let round = 0; round < 40; round += 1) {
    const seed = propertySeed() + 100 + round
    const random = new SeededRandom(seed)
    const weather = { lossRatio: 0.2, duplicateRatio: 0.2, latencyMs: 5, jitterMs: 200 }
    const { wire, ...peers } = connectedPair(weather, seed)
    let { alice, bob } = peers
    for (let step = 0; step < 6; step += 1) {
      const how = {
        isSameDhtKey: randomFraction(random) < 0.3,
        ...(randomFraction(random) < 0.5 ? { port: 33_445 + step } : {}),
      }
      if (randomFraction(random) < 0.5) alice = restart(wire, alice, bob, how)
      else bob = restart(wire, bob, alice, how)
      if (randomFraction(random) < 0.4) open(bob, alice, wire.now)
      if (randomFraction(random) < 0.4) open(alice, bob, wire.now)
      wire.run(randomFraction(random) * 4_000)
    }
    expect(
      wire.runUntil(() => areConnected(alice, bob), 60_000),
      `seed ${seed}`,
    ).toBe(true)
    wire.run(10_000)
    const before = [receivedNumbers(alice).length, receivedNumbers(bob).length]
    alice.netCrypto.send(bob.realKey, numbered(1_000 + round), wire.now)
    bob.netCrypto.send(alice.realKey, numbered(2_000 + round), wire.now)
    wire.run(10_000)
    expect(receivedNumbers(bob).slice(before[1]), `seed ${seed}`).toEqual([1_000 + round])
    expect(receivedNumbers(alice).slice(before[0]), `seed ${seed}`).toEqual([2_000 + round])
  }
})
