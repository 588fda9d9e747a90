import { expect, test } from 'vitest'
import { utf8Decode, utf8Encode } from '../../base/bytes.ts'
import { propertySeed } from '../../base/test-seed.ts'
import { HOUR_MS, MINUTE_MS } from '../../base/time.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { Simulation } from '../simulation.ts'
import { SimPerson } from '../sim-person.ts'

await sodiumReady

interface Cast {
  readonly simulation: Simulation
  readonly nodes: readonly SimPerson[]
  readonly alice: SimPerson
  readonly bob: SimPerson
}

/** Storage nodes in rings, and two people who store nothing and have not met. */
function assemble(nodeCount: number, seed: number): Cast {
  const simulation = new Simulation(seed, { loss: 0.02 })
  const nodes = Array.from({ length: nodeCount }, () => new SimPerson(simulation, { name: undefined }))
  const [entry] = nodes
  if (!entry) throw new Error('no node')
  for (const node of nodes.slice(1)) node.bootstrap(entry)
  const [alice, bob] = ['Alice', 'Bob'].map((name) => new SimPerson(simulation, { name, storageBytes: 0 }))
  if (!alice || !bob) throw new Error('nobody')
  for (const person of [alice, bob]) person.bootstrap(entry)
  simulation.runFor(MINUTE_MS)
  return { simulation, nodes, alice, bob }
}

function befriend({ simulation, alice, bob }: Cast): void {
  alice.act((user, now) => user.addFriend(bob.user.messenger.toxId(), utf8Encode('hello'), now))
  simulation.runFor(MINUTE_MS)
  expect(bob.of('friendRequest').map(({ message }) => utf8Decode(message))).toEqual(['hello'])
  bob.act((user, now) => user.acceptFriend(alice.user.messenger.publicKey, now))
  const isReady = (one: SimPerson, other: SimPerson): boolean =>
    one.user.offline.friendState(other.user.messenger.publicKey) === 'ready'
  expect(
    simulation.runUntil(() => isReady(alice, bob) && isReady(bob, alice), 3 * MINUTE_MS),
    simulation.describe(),
  ).toBe(true)
}

test('two people meet by Tox ID through one bootstrap node, and talk', () => {
  const cast = assemble(1, propertySeed())
  const { simulation, alice, bob } = cast
  befriend(cast)
  expect(alice.of('nameChanged').map(({ name }) => utf8Decode(name))).toEqual(['Bob'])
  alice.write(bob, 'hi')
  bob.write(alice, 'hi yourself')
  simulation.runFor(10_000)
  expect([bob.disk.received, alice.disk.received]).toEqual([['hi'], ['hi yourself']])
  expect(alice.disk.stateOf('hi')).toBe('delivered')
})

test('messages wait for a friend who is offline, though the sender leaves too and a third of the nodes dies', () => {
  const cast = assemble(10, propertySeed())
  const { simulation, nodes, alice, bob } = cast
  befriend(cast)
  bob.leave()
  simulation.runFor(MINUTE_MS)
  const texts = ['one', 'two', 'three', 'four', 'five']
  for (const text of texts) alice.write(bob, text)
  const areStored = (): boolean => texts.every((text) => alice.disk.stateOf(text) === 'stored')
  expect(simulation.runUntil(areStored, 5 * MINUTE_MS), simulation.describe()).toBe(true)
  alice.leave()
  for (const node of nodes.slice(-3)) node.crash()
  simulation.runFor(HOUR_MS)

  bob.restart()
  simulation.runUntil(() => bob.disk.received.length >= texts.length, 10 * MINUTE_MS)
  expect(bob.disk.received, simulation.describe()).toEqual(texts)
  simulation.runFor(2 * MINUTE_MS)
  bob.leave()
  alice.restart()
  const areCollected = (): boolean => texts.every((text) => alice.disk.stateOf(text) === 'collected')
  expect(simulation.runUntil(areCollected, 10 * MINUTE_MS), simulation.describe()).toBe(true)
  bob.restart()
  simulation.runFor(5 * MINUTE_MS)
  expect(bob.disk.received).toEqual(texts)
})

test('cut at any write, on either side, and started again: every message arrives once, in order', () => {
  // Goal: disk before wire holds with the real machines below. Method: cut after the n-th durable change, go on.
  const texts = ['first', 'second', 'third']
  for (const [index, step] of [1, 2, 3, 5, 8, 12, 18].entries()) {
    const cast = assemble(4, propertySeed() + index)
    const { simulation, alice, bob } = cast
    befriend(cast)
    bob.leave()
    simulation.runFor(MINUTE_MS)
    alice.crashAt(step)
    for (const text of texts) if (alice.isRunning) alice.write(bob, text)
    simulation.runFor(2 * MINUTE_MS)
    if (!alice.isRunning) alice.restart()
    simulation.runFor(3 * MINUTE_MS)
    const written = alice.disk.history.filter(({ isOutgoing }) => isOutgoing).map(({ text }) => text)
    bob.restart()
    bob.crashAt(step)
    simulation.runFor(3 * MINUTE_MS)
    if (!bob.isRunning) bob.restart()
    simulation.runFor(10 * MINUTE_MS)
    expect(bob.disk.received, `step ${step}, ${simulation.describe()}`).toEqual(written)
  }
})
