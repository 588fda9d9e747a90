import { expect, test } from 'vitest'
import { Address } from '../base/address.ts'
import { SeededRandom } from '../base/random.ts'
import { MINUTE_MS } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { VAULT_LIMITS_DEFAULT } from '../storage/quota.ts'
import { createMemoryVault } from '../storage/vault-memory.ts'
import { Engine } from './engine.ts'
import type { EngineEvent } from './events.ts'

await sodiumReady
const START = 1_700_000_000_000

interface Placed {
  readonly engine: Engine
  readonly address: Address
}

function placed(seed: number): Placed {
  const vault = createMemoryVault({ ringCount: 3, limits: VAULT_LIMITS_DEFAULT })
  const random = new SeededRandom(seed)
  const engine = new Engine({ random, dht: { lanDiscovery: false }, scope: 'loopback', vault }, START)
  return { engine, address: new Address(Uint8Array.of(127, 0, 0, 1), seed) }
}

/** Delivers what the engines send to each other at once, and wakes them when they ask, for `durationMs`. */
function run(nodes: readonly Placed[], durationMs: number): void {
  for (let now = START; now < START + durationMs; now += 50) {
    for (const { engine } of nodes) if ((engine.nextTimeout()?.at ?? now + 1) <= now) engine.handleTimeout(now)
    for (const from of nodes) {
      for (let transmit = from.engine.pollTransmit(); transmit; transmit = from.engine.pollTransmit()) {
        const { to, bytes } = transmit
        nodes.find(({ address }) => address.equals(to))?.engine.handlePacket(bytes, from.address, now)
      }
    }
  }
}

function eventsOf(engine: Engine): EngineEvent[] {
  const events: EngineEvent[] = []
  for (let event = engine.pollEvent(); event; event = engine.pollEvent()) events.push(event)
  return events
}

test('engines that know one node find each other, join the rings and say so', () => {
  const nodes = [placed(1), placed(2), placed(3)]
  const [first] = nodes
  if (!first) throw new Error('no node')
  const entry = { publicKey: first.engine.tox.dht.publicKey, address: first.address }
  for (const { engine } of nodes.slice(1)) engine.bootstrap(entry, START)
  run(nodes, MINUTE_MS)
  for (const { engine } of nodes) {
    expect(engine.tox.dht.nodeCount(START + MINUTE_MS)).toBe(2)
    const events = eventsOf(engine)
    expect(events).toContainEqual({ kind: 'dhtConnected', isConnected: true })
    expect(events).toContainEqual({ kind: 'roleChanged', isStorage: true })
    expect(engine.network.view(START + MINUTE_MS)).toMatchObject({ role: 'storage', storageNodes: 2 })
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
