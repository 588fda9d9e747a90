import { expect, test } from 'vitest'
import { randomBytes, SeededRandom } from '../../base/random.ts'
import { propertySeed } from '../../base/test-seed.ts'
import { utf8Decode, utf8Encode } from '../../base/bytes.ts'
import { MINUTE_MS } from '../../base/time.ts'
import { createKeyPair } from '../../crypto/keys.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { Simulation, type SimulatedNode } from '../simulation.ts'
import type { MessengerProfile } from '../../tox/toxsave/tox-profile.ts'
import { VAULT_LIMITS_DEFAULT } from '../../storage/quota.ts'
import { createMemoryVault } from '../../storage/vault-memory.ts'
import { Engine } from '../../engine/engine.ts'
import type { EngineEvent } from '../../engine/events.ts'

await sodiumReady

class Person {
  readonly engine: Engine
  readonly node: SimulatedNode
  readonly events: EngineEvent[] = []

  constructor(simulation: Simulation, name: string | undefined, seed: number) {
    const random = new SeededRandom(seed)
    const profile = name === undefined ? {} : { profile: profileOf(name, random) }
    const vault = createMemoryVault({ ringCount: 3, limits: VAULT_LIMITS_DEFAULT })
    const place = { scope: 'internet', vault } as const
    this.engine = new Engine({ random, ...profile, ...place, dht: { lanDiscovery: false } }, simulation.now)
    this.node = simulation.addNode(this.engine, { onInput: () => this.drain() })
  }

  drain(): void {
    for (let event = this.engine.pollEvent(); event; event = this.engine.pollEvent()) this.events.push(event)
  }

  get messenger() {
    const messenger = this.engine.tox.user?.messenger
    if (!messenger) throw new Error('a bootstrap node has no messenger')
    return messenger
  }

  bootstrap(through: Person): void {
    const node = { publicKey: through.engine.tox.dht.publicKey, address: through.node.address }
    this.node.act((now) => this.engine.bootstrap(node, now))
  }

  act(action: (messenger: Person['messenger'], now: number) => void): void {
    this.node.act((now) => this.engine.command(() => action(this.messenger, now), now))
  }

  of<K extends EngineEvent['kind']>(kind: K): Extract<EngineEvent, { kind: K }>[] {
    return this.events.filter((event): event is Extract<EngineEvent, { kind: K }> => event.kind === kind)
  }
}

function profileOf(name: string, random: SeededRandom): MessengerProfile {
  return {
    keys: createKeyPair(random),
    nospam: randomBytes(random, 4),
    name: utf8Encode(name),
    statusMessage: new Uint8Array(0),
    status: 'none',
    friends: [],
  }
}

test('two people meet by Tox ID through one bootstrap node, and talk', () => {
  const seed = propertySeed()
  const simulation = new Simulation(seed, { loss: 0.02 })
  const bootstrap = new Person(simulation, undefined, 1)
  const alice = new Person(simulation, 'Alice', 2)
  const bob = new Person(simulation, 'Bob', 3)
  for (const person of [alice, bob]) person.bootstrap(bootstrap)
  alice.act((messenger, now) => messenger.addFriend(bob.messenger.toxId(), utf8Encode('hello'), now))
  simulation.runFor(MINUTE_MS)
  expect(bob.of('friendRequest').map(({ message }) => utf8Decode(message))).toEqual(['hello'])
  bob.act((messenger, now) => messenger.acceptFriend(alice.messenger.publicKey, now))
  simulation.runFor(MINUTE_MS)
  expect(alice.of('friendOnline')).toHaveLength(1)
  expect(alice.of('nameChanged').map(({ name }) => utf8Decode(name))).toEqual(['Bob'])
  alice.act((messenger, now) => messenger.sendMessage(bob.messenger.publicKey, 'message', utf8Encode('hi'), now))
  simulation.runFor(5_000)
  expect(bob.of('message').map(({ text }) => utf8Decode(text))).toEqual(['hi'])
  expect(alice.of('receipt')).toHaveLength(1)
})
