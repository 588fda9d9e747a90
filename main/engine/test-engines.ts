import { Address } from '../base/address.ts'
import { SeededRandom } from '../base/random.ts'
import { type Instant, MINUTE_MS } from '../base/time.ts'
import { VAULT_LIMITS_DEFAULT } from '../storage/quota.ts'
import { createMemoryVault } from '../storage/vault-memory.ts'
import { Engine, type EngineOptions } from './engine.ts'
import type { EngineEvent } from './events.ts'
import { createProfile } from './profile-file.ts'

export const START: Instant = 1_700_000_000_000
const STEP_MS = 50

export interface Placed {
  readonly engine: Engine
  readonly address: Address
}

/** An engine on a made-up loopback, the seed its port; with a person or without. */
export function placed(seed: number, more: Partial<EngineOptions> & { readonly isPerson?: boolean } = {}): Placed {
  const { isPerson = false, ...options } = more
  const random = new SeededRandom(seed)
  const vault = createMemoryVault({ ringCount: 3, limits: VAULT_LIMITS_DEFAULT })
  const person = isPerson ? { profile: createProfile(random) } : {}
  const engine = new Engine(
    { random, dht: { lanDiscovery: false }, scope: 'loopback', vault, ...person, ...options },
    START,
  )
  return { engine, address: new Address(Uint8Array.of(127, 0, 0, 1), seed) }
}

/** Nodes that know the first of them and had a minute to form their rings; `now` is when that was over. */
export function network(count: number): { readonly nodes: readonly Placed[]; readonly now: Instant } {
  const nodes = Array.from({ length: count }, (_, index) => placed(index + 1))
  const [first, ...others] = nodes
  if (!first) throw new Error('a network needs a node')
  const entry = { publicKey: first.engine.tox.dht.publicKey, address: first.address }
  for (const { engine } of others) engine.bootstrap(entry, START)
  return { nodes, now: run(nodes, START, MINUTE_MS) }
}

/** Delivers what the engines send to each other at once and wakes them when they ask; returns the end. */
export function run(nodes: readonly Placed[], from: Instant, durationMs: number): Instant {
  const end = from + durationMs
  for (let now = from; now < end; now += STEP_MS) {
    for (const { engine } of nodes) if ((engine.nextTimeout()?.at ?? end) <= now) engine.handleTimeout(now)
    for (const { engine } of nodes) persistAll(engine, now)
    for (const sender of nodes) deliver(sender, nodes, now)
  }
  return end
}

export function eventsOf(engine: Engine): EngineEvent[] {
  const events: EngineEvent[] = []
  for (let event = engine.pollEvent(); event; event = engine.pollEvent()) events.push(event)
  return events
}

function persistAll(engine: Engine, now: Instant): void {
  for (let pending = engine.pollChange(); pending; pending = engine.pollChange()) {
    engine.persisted(pending.sequence, now)
  }
}

function deliver(sender: Placed, nodes: readonly Placed[], now: Instant): void {
  for (let transmit = sender.engine.pollTransmit(); transmit; transmit = sender.engine.pollTransmit()) {
    const { to, bytes } = transmit
    nodes.find(({ address }) => address.equals(to))?.engine.handlePacket(bytes, sender.address, now)
  }
}
