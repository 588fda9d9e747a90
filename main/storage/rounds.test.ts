import { beforeAll, expect, test } from 'vitest'
import { propertySeed } from '../base/test-seed.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { UPKEEP_KIND } from '../wire/upkeep-packets.ts'
import { CrossRings } from './cross-rings.ts'
import { HolderSurvey } from './holder-survey.ts'
import { RangeSync } from './range-sync.ts'
import { RepairDesk } from './repair.ts'
import { Rounds } from './rounds.ts'
import { type Placed, type TestHolder, TestHolders } from './test-holders.ts'
import { UpkeepBudget } from './upkeep-budget.ts'

beforeAll(() => sodiumReady)

function createRounds(holder: TestHolder, budget = new UpkeepBudget(1_000_000)): Rounds {
  const { puller, offers } = holder.createDesks()
  const parts = { ...holder.parts, budget }
  const survey = new HolderSurvey(parts)
  const repair = new RepairDesk(parts, offers, puller, survey)
  return new Rounds(parts, new RangeSync(parts, puller), repair, new CrossRings(parts, survey, offers))
}

function rankHolds(world: TestHolders, placed: Placed, rank: number): boolean {
  return world.at(0, placed.places[0] ?? 0, rank).holds(placed, world.now)
}

/** Lets one node's rounds run. */
function run(world: TestHolders, rounds: Rounds, durationMs: number): void {
  const end = world.now + durationMs
  while (world.now < end) {
    const at = Math.min(end, Math.max(world.now + 1, rounds.nextTimeout()?.at ?? end))
    world.run(at - world.now)
    rounds.handleTimeout(world.now)
    world.settle()
  }
}

test('every five minutes each ring compares its own range with the second, and the one before with its owner', () => {
  const world = new TestHolders(propertySeed(), 12)
  const [holder] = world.holders
  if (!holder) throw new Error('a node')
  const rounds = createRounds(holder)
  rounds.start(world.now)
  run(world, rounds, 10 * MINUTE_MS)
  const before = holder.sentKinds.length
  run(world, rounds, HOUR_MS)
  const checks = holder.sentKinds.slice(before).filter((kind) => kind === UPKEEP_KIND.rangeCheck).length
  // Six comparisons a round, a little more than twelve rounds an hour.
  expect(checks).toBeGreaterThanOrEqual(6 * 12)
  expect(checks).toBeLessThanOrEqual(6 * 15)
  expect(rounds.intervalMs).toBe(5 * MINUTE_MS)
})

test('a record that its second lost is there again after the next rounds', () => {
  const world = new TestHolders(propertySeed(), 12)
  const placed = world.deposit()
  const second = world.at(0, placed.places[0] ?? 0, 1)
  second.vault.drop(placed.mailbox, placed.slot)
  const rounds = createRounds(second)
  rounds.start(world.now)
  run(world, rounds, 6 * MINUTE_MS)
  expect(second.holds(placed, world.now)).toBe(true)
})

test('after a deposit the ranges are compared within about a minute, after a deletion within seconds', () => {
  const world = new TestHolders(propertySeed(), 12)
  const [holder] = world.holders
  if (!holder) throw new Error('a node')
  const rounds = createRounds(holder)
  rounds.start(world.now)
  run(world, rounds, 6 * MINUTE_MS)
  const before = holder.sentKinds.length
  rounds.noteBuried(world.now)
  run(world, rounds, 6 * SECOND_MS)
  expect(holder.sentKinds.slice(before)).toContain(UPKEEP_KIND.rangeCheck)
})

test('without budget nothing begins, and the interval that it stretches to can be told', () => {
  const world = new TestHolders(propertySeed(), 12)
  const [holder] = world.holders
  if (!holder) throw new Error('a node')
  const budget = new UpkeepBudget(1)
  const rounds = createRounds(holder, budget)
  budget.spend(1_000, world.now)
  rounds.start(world.now)
  run(world, rounds, 6 * MINUTE_MS)
  expect(holder.sentKinds).toEqual([])
  const intervals: number[] = []
  for (let minute = 0; minute < 60; minute += 1) {
    run(world, rounds, MINUTE_MS)
    intervals.push(rounds.intervalMs)
  }
  expect(holder.sentKinds).toContain(UPKEEP_KIND.rangeCheck)
  expect(Math.max(...intervals)).toBeGreaterThan(10 * MINUTE_MS)
  // The overdraft is paid back: as often as ever.
  expect(intervals.at(-1)).toBe(5 * MINUTE_MS)
})

test('a copy that no ring needs goes as soon as somebody near compares the range, if the others prove theirs', () => {
  const world = new TestHolders(propertySeed(), 30)
  const records = Array.from({ length: 20 }, () => world.deposit())
  const holdersOf = (each: Placed) => [0, 1, 2, 3].filter((rank) => rankHolds(world, each, rank))
  const placed = records.find((each) => holdersOf(each).join() === '0,1')
  const place = placed?.places[0] ?? 0
  const third = world.at(0, place, 2)
  if (!placed) throw new Error('a record whose copies stand at the first two')
  world.put(third, placed)
  const rounds = createRounds(third)
  rounds.noteCompared(0, { from: place - 1, to: place }, world.now)
  world.settle()
  expect(third.holds(placed, world.now)).toBe(true)
  rounds.start(world.now)
  const owner = world.at(0, place, 0)
  owner.vault.drop(placed.mailbox, placed.slot)
  rounds.noteCompared(0, { from: place - 1, to: place }, world.now)
  world.settle()
  expect(third.holds(placed, world.now)).toBe(true)
  world.put(owner, placed)
  world.run(2 * SECOND_MS)
  rounds.noteCompared(0, { from: place - 1, to: place }, world.now)
  world.settle()
  expect(third.holds(placed, world.now)).toBe(false)
})

test('nothing is done before the start and after the stop', () => {
  const world = new TestHolders(propertySeed(), 6)
  const [holder] = world.holders
  if (!holder) throw new Error('a node')
  const rounds = createRounds(holder)
  run(world, rounds, HOUR_MS)
  rounds.start(world.now)
  rounds.stop()
  run(world, rounds, HOUR_MS)
  expect(holder.sentKinds).toEqual([])
  expect(rounds.nextTimeout()).toBeUndefined()
})
