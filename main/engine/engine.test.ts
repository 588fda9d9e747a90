import { expect, test } from 'vitest'
import { sodiumReady } from '../crypto/sodium.ts'
import { eventsOf, network, placed, START } from './test-engines.ts'

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
