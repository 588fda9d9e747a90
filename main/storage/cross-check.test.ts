import { beforeAll, expect, test } from 'vitest'
import { sodiumReady } from '../crypto/sodium.ts'
import { askedSlotOf } from './check.ts'
import { areProofsOf, CrossCheck, type CrossVerdict } from './cross-check.ts'
import { type Placed, type TestHolder, TestHolders } from './test-holders.ts'

beforeAll(() => sodiumReady)

/** A node of ring 0 that is offered a record by another one of ring 0, and asks in rings 1 and 2. */
function check(world: TestHolders, placed: Placed, asker: TestHolder, source: TestHolder): CrossVerdict {
  const verdicts: CrossVerdict[] = []
  const entry = world.put(new TestHolders(7, 1).holders[0] ?? asker, placed)
  const questioned = { ...askedSlotOf(entry, 0), places: placed.places }
  new CrossCheck(asker.parts).run(questioned, 0, source.contact, world.now, (verdict) => verdicts.push(verdict))
  world.run(60_000)
  const [verdict] = verdicts
  if (!verdict || verdicts.length > 1) throw new Error('one verdict')
  return verdict
}

function createWorld() {
  const world = new TestHolders(1, 30)
  const placed = world.record()
  const [source, asker] = world.order(0, placed.places[0] ?? 0).slice(-2)
  if (!source || !asker) throw new Error('two nodes')
  return { world, placed, source, asker }
}

test('a record that holders in two other rings have is good, and their word can be compared with the content', () => {
  const { world, placed, source, asker } = createWorld()
  for (const ring of [1, 2]) world.put(world.at(ring, placed.places[ring] ?? 0, 1), placed)
  const verdict = check(world, placed, asker, source)
  if (verdict.kind !== 'held') throw new Error('held')
  expect(verdict.proofs).toHaveLength(2)
  const { key } = asker.contact
  expect(areProofsOf(verdict.proofs, { kind: 'record', record: placed.record }, key)).toBe(true)
  const forged = { ...placed.record, body: new Uint8Array(placed.record.body.length) }
  expect(areProofsOf(verdict.proofs, { kind: 'record', record: forged }, key)).toBe(false)
})

test('a record that both other rings deny has failed', () => {
  const { world, placed, source, asker } = createWorld()
  expect(check(world, placed, asker, source).kind).toBe('failed')
})

test('a record that one of two other rings denies is disputed: that ring may have lost it', () => {
  const { world, placed, source, asker } = createWorld()
  world.put(world.at(1, placed.places[1] ?? 0, 0), placed)
  expect(check(world, placed, asker, source).kind).toBe('disputed')
})

test('who brings the record is no witness', () => {
  const { world, placed, asker } = createWorld()
  const source = world.at(1, placed.places[1] ?? 0, 0)
  world.put(source, placed)
  expect(check(world, placed, asker, source).kind).toBe('failed')
})

test('rings that do not answer say nothing against anybody', () => {
  const { world, placed, source, asker } = createWorld()
  world.filter = (_, from) => from === asker
  expect(check(world, placed, asker, source).kind).toBe('unknown')
})

test('where nobody but the two is left there is nobody to ask', () => {
  const world = new TestHolders(1, 2)
  const [asker, source] = world.holders
  if (!asker || !source) throw new Error('two nodes')
  expect(check(world, world.record(), asker, source)).toEqual({ kind: 'held', proofs: [] })
})
