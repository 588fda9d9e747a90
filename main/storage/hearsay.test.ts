import { beforeAll, expect, test } from 'vitest'
import { propertySeed } from '../base/test-seed.ts'
import { HOUR_MS, MINUTE_MS } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { Hearsay } from './hearsay.ts'
import { type Placed, type TestHolder, TestHolders } from './test-holders.ts'

beforeAll(() => sodiumReady)

function createWorld(count: number) {
  const world = new TestHolders(propertySeed(), count)
  const placed = world.record()
  const [holder, to] = world.order(0, placed.places[0] ?? 0)
  if (!holder || !to) throw new Error('two nodes')
  return { world, placed, holder, to, entry: world.put(holder, placed), hearsay: new Hearsay(holder.parts) }
}

function ask({ world, hearsay, entry, to }: ReturnType<typeof createWorld>): boolean | undefined {
  const answers: boolean[] = []
  hearsay.ask(entry, 0, to.contact, world.now, (isKnown) => answers.push(isKnown))
  world.run(30_000)
  expect(answers).toHaveLength(1)
  return answers[0]
}

function elsewhere(world: TestHolders, { places }: Placed, others: readonly TestHolder[]): TestHolder {
  const found = world.order(1, places[1] ?? 0).find((holder) => !others.includes(holder))
  if (!found) throw new Error('a node of ring 1')
  return found
}

test('a record is known once one other ring has it', () => {
  const made = createWorld(20)
  const { world, placed, holder, to } = made
  expect(ask(made)).toBe(false)
  world.put(elsewhere(world, placed, [holder, to]), placed)
  // What was heard stands for a while, so that nobody is asked again and again.
  expect(ask(made)).toBe(false)
  world.now += 10 * MINUTE_MS
  expect(ask(made)).toBe(true)
})

test('what was heard of a record holds for hours, and its rings are not asked again', () => {
  const made = createWorld(20)
  const { world, placed, holder, to } = made
  world.put(elsewhere(world, placed, [holder, to]), placed)
  expect(ask(made)).toBe(true)
  const sent = holder.sentKinds.length
  world.now += HOUR_MS
  expect(ask(made)).toBe(true)
  expect(holder.sentKinds.length).toBe(sent)
})

test('silence says nothing against a record', () => {
  const made = createWorld(20)
  made.world.filter = (_, from) => from === made.holder
  expect(ask(made)).toBe(true)
})

test('in a small network whatever is left may be the last copy, and is offered', () => {
  expect(ask(createWorld(4))).toBe(true)
})
