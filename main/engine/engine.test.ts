import { expect, test } from 'vitest'
import { SeededRandom } from '../base/random.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../base/time.ts'
import { SigningKey } from '../crypto/sign.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import type { Engine } from './engine.ts'
import { eventsOf, network, placed, run, START } from './test-engines.ts'

await sodiumReady

test('engines that know one node find each other, join the rings and say so', () => {
  const { nodes, now } = network(3)
  for (const { engine } of nodes) {
    expect(engine.tox.dht.nodeCount(now)).toBe(2)
    const events = eventsOf(engine)
    expect(events).toContainEqual({ kind: 'dhtConnected', isConnected: true })
    expect(events).toContainEqual({ kind: 'roleChanged', isStorage: true })
  }
})

test('bytes of no packet are counted and answered with nothing', () => {
  const { engine, address } = placed(1)
  engine.handlePacket(new Uint8Array(100).fill(0x02), address, START)
  engine.handlePacket(Uint8Array.of(0xff), address, START)
  expect(engine.pollTransmit()).toBeUndefined()
  expect(engine.counters.get('engine.malformed')).toBe(1)
  expect(engine.counters.get('engine.unknown')).toBe(1)
})

test('a node without a person says so to whoever asks for one', () => {
  expect(() => placed(1).engine.asUser()).toThrow('no person')
  expect(placed(1, { isPerson: true }).engine.asUser().messenger.toxId()).toHaveLength(38)
})

test('once a run is over its keys are gone: nothing that was sealed for it opens', () => {
  const { nodes, now } = network(2)
  const [asker, answerer] = nodes
  if (!asker || !answerer) throw new Error('two nodes')
  /** What the other has to ask within a minute, and how much the answerer says to it. */
  const answersAt = (start: number): number => {
    let count = 0
    for (let at = start; at < start + 60_000; at += 500) {
      asker.engine.handleTimeout(at)
      for (let sent = asker.engine.pollTransmit(); sent; sent = asker.engine.pollTransmit()) {
        answerer.engine.handlePacket(sent.bytes, asker.address, at)
      }
      while (answerer.engine.pollTransmit()) count += 1
    }
    return count
  }
  expect(answersAt(now)).toBeGreaterThan(0)
  answerer.engine.wipe(now + 60_000)
  while (answerer.engine.pollTransmit()) continue
  expect(answersAt(now + 60_000)).toBe(0)
})

test('a node key that was given stays its owner’s', () => {
  const nodeKey = SigningKey.create(new SeededRandom(9))
  const { seed } = nodeKey
  placed(1, { nodeKey }).engine.wipe(START)
  expect(nodeKey.seed).toEqual(seed)
  const person = placed(2, { isPerson: true })
  person.engine.wipe(START)
  expect(person.engine.asUser().offline.friendState(nodeKey.toKeyPair().publicKey)).toBe('pending')
})

test('after a long sleep friends are met anew, and after a short one nothing happens', () => {
  const { nodes, now } = network(2)
  const people = [placed(11, { isPerson: true }), placed(12, { isPerson: true })]
  const all = [...nodes, ...people]
  const [alice, bob] = people.map(({ engine }) => engine)
  const entry = nodes.map(({ engine, address }) => ({ publicKey: engine.tox.dht.publicKey, address }))[0]
  if (!alice || !bob || !entry) throw new Error('two people and a node')
  const messengers = [alice, bob].map((engine) => engine.asUser().messenger)
  for (const engine of [alice, bob]) {
    engine.bootstrap(entry, now)
    for (const { publicKey } of messengers)
      engine.command(() => engine.asUser().messenger.acceptFriend(publicKey, now), now)
  }
  const isMet = (engine: Engine): string[] =>
    eventsOf(engine).flatMap(({ kind }) => (kind === 'friendOnline' || kind === 'friendOffline' ? [kind] : []))
  let at = run(all, now, MINUTE_MS)
  expect(isMet(alice)).toEqual(['friendOnline'])
  alice.handleClockStep(20 * SECOND_MS, at)
  at = run(all, at, 10 * SECOND_MS)
  expect(isMet(alice)).toEqual([])
  alice.handleClockStep(HOUR_MS, at)
  run(all, at, 10 * SECOND_MS)
  expect(isMet(alice)).toEqual(['friendOffline', 'friendOnline'])
})
