import { beforeAll, expect, test } from 'vitest'
import { propertySeed } from '../base/test-seed.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { CrossCheck } from './cross-check.ts'
import { Probation } from './probation.ts'
import { slotTagOf } from './slot-tag.ts'
import { type Placed, type TestHolder, TestHolders } from './test-holders.ts'

beforeAll(() => sodiumReady)

/** A keeper that took copies from two others, on their word. */
function createWorld() {
  const world = new TestHolders(propertySeed(), 30)
  const [keeper, source, other] = world.holders
  if (!keeper || !source || !other) throw new Error('three nodes')
  const probation = new Probation(keeper.parts, new CrossCheck(keeper.parts))
  const take = (placed: Placed, from: TestHolder, kind: 'repair' | 'deposit' = 'repair') => {
    keeper.vault.put({ ...placed, origin: { kind, prefix: undefined } }, world.now)
    const { mailbox, slot } = placed
    probation.note({ tag: slotTagOf(mailbox, slot), mailbox, slot, ring: 0, source: from.contact }, world.now)
    return placed
  }
  return { world, keeper, source, other, probation, take }
}

test('what a node brought that brought junk goes if other rings have it not, and stays if they have', () => {
  const { world, keeper, source, other, probation, take } = createWorld()
  const junk = take(world.record(), source)
  const good = world.deposit()
  keeper.vault.drop(good.mailbox, good.slot)
  take(good, source)
  const ofAnother = take(world.record(), other)
  probation.lookAgain(source.contact, world.now)
  world.run(60_000)
  expect([junk, good, ofAnother].map((placed) => keeper.holds(placed, world.now))).toEqual([false, true, true])
  expect(keeper.counters.get('upkeep: junk dropped')).toBe(1)
})

test('a deposit that came here since was paid for here, and stays', () => {
  const { world, keeper, source, probation, take } = createWorld()
  const placed = take(world.record(), source, 'deposit')
  probation.lookAgain(source.contact, world.now)
  world.run(60_000)
  expect(keeper.holds(placed, world.now)).toBe(true)
})

test('silence elsewhere is no reason to drop anything', () => {
  const { world, keeper, source, probation, take } = createWorld()
  const placed = take(world.record(), source)
  world.filter = (_, from) => from === keeper
  probation.lookAgain(source.contact, world.now)
  world.run(120_000)
  expect(keeper.holds(placed, world.now)).toBe(true)
})
