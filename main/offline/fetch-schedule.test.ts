import { expect, test } from 'vitest'
import { SeededRandom } from '../base/random.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import type { OperationId } from '../storage/storage-events.ts'
import { FetchSchedule, type MailboxWatch } from './fetch-schedule.ts'
import { TestFriend } from './test-friends.ts'

await sodiumReady
const START = 10 * DAY_MS
let lastOperation = 0

function friendsWith(count: number, epochCount: number) {
  return Array.from({ length: count }, (_, index) => {
    const world = new TestFriend(100 + index)
    for (let epoch = 0; epoch < epochCount; epoch += 1) world.meet(epoch)
    return world.friend
  })
}

/** Runs what is due until `until`; each fetch takes a second. Returns what began when, in seconds. */
function run(schedule: FetchSchedule, friends: ReturnType<typeof friendsWith>, until: number, now = START) {
  const begun: { watch: MailboxWatch; at: number }[] = []
  for (let at = now; at <= until; at += SECOND_MS) {
    for (const watch of schedule.due(friends, at)) {
      begun.push({ watch, at: (at - START) / SECOND_MS })
      lastOperation += 1
      schedule.started(watch, lastOperation as OperationId, at)
    }
    for (const { watch } of begun) if (watch.operationId !== undefined) schedule.finished(watch, true, at)
  }
  return begun
}

test('the newest of each friend is asked at once, the rest in random order over two minutes', () => {
  const friends = friendsWith(6, 4)
  const schedule = new FetchSchedule(new SeededRandom(1))
  schedule.restart(friends, START)
  const begun = run(schedule, friends, START + 2 * MINUTE_MS)
  expect(begun).toHaveLength(24)
  const newest = begun.filter(({ watch }) => watch.friend.epochs.all()[0] === watch.epoch)
  expect(newest.map(({ at }) => at)).toEqual([0, 0, 0, 0, 0, 0])
  const rest = begun.filter(({ watch }) => watch.friend.epochs.all()[0] !== watch.epoch).map(({ at }) => at)
  expect(rest).toHaveLength(18)
  expect(Math.max(...rest)).toBeGreaterThan(60)
  expect(new Set(rest).size).toBeGreaterThan(9)
  const order = begun.slice(6).map(({ watch }) => watch.friend.hex)
  expect(order).not.toEqual([...order].sort())
})

test('the open conversation comes first, and at most eight are asked side by side', () => {
  const friends = friendsWith(12, 1)
  const schedule = new FetchSchedule(new SeededRandom(1))
  schedule.setOpen(friends[9]?.hex)
  schedule.restart(friends, START)
  const due = schedule.due(friends, START)
  expect(due).toHaveLength(8)
  expect(due[0]?.friend).toBe(friends[9])
  for (const [index, watch] of due.entries()) schedule.started(watch, (index + 1) as OperationId, START)
  expect(schedule.due(friends, START)).toEqual([])
  expect(schedule.nextTimeout(friends, START)).toBeUndefined()
})

test('then the newest every ten minutes, older ones hourly, those without mail daily', () => {
  const friends = friendsWith(1, 3)
  const schedule = new FetchSchedule(new SeededRandom(1))
  schedule.restart(friends, START)
  const [friend] = friends
  const [newest, used, unused] = friend?.epochs.all() ?? []
  if (!friend || !newest || !used || !unused) throw new Error('no epochs')
  schedule.watchOf(friend, used, START).hasFound = true
  const begun = run(schedule, friends, START + DAY_MS)
  const times = (epoch: unknown) => begun.filter(({ watch }) => watch.epoch === epoch).length
  expect(times(newest)).toBeGreaterThan(120)
  expect(times(newest)).toBeLessThanOrEqual(145)
  expect(times(used)).toBeGreaterThanOrEqual(21)
  expect(times(used)).toBeLessThanOrEqual(25)
  expect(times(unused)).toBeLessThanOrEqual(2)
})

test('an attempt that did not hear all is repeated soon, later each time', () => {
  const friends = friendsWith(1, 1)
  const schedule = new FetchSchedule(new SeededRandom(1))
  schedule.restart(friends, START)
  const [watch] = schedule.due(friends, START)
  if (!watch) throw new Error('nothing due')
  let now = START
  const waits: number[] = []
  for (let round = 0; round < 6; round += 1) {
    schedule.started(watch, 1 as OperationId, now)
    schedule.finished(watch, false, now)
    waits.push(watch.nextAt - now)
    now = watch.nextAt
  }
  expect(waits[0]).toBeLessThan(MINUTE_MS)
  expect(waits.at(-1)).toBeLessThan(12 * MINUTE_MS)
  expect(waits.at(-1)).toBeGreaterThan(waits[0] ?? 0)
})

test('a gap is closed by a fetch of every readable mailbox that began after it', () => {
  const friends = friendsWith(1, 2)
  const schedule = new FetchSchedule(new SeededRandom(1))
  const [friend] = friends
  if (!friend) throw new Error('no friend')
  schedule.restart(friends, START)
  run(schedule, friends, START + 3 * MINUTE_MS)
  const gapAt = START + HOUR_MS
  expect(schedule.isHeardSince(friend, gapAt, gapAt)).toBe(false)
  schedule.hurry(friend, 0, gapAt)
  const due = schedule.due(friends, gapAt)
  expect(due).toHaveLength(2)
  for (const watch of due) {
    expect(schedule.isHeardSince(friend, gapAt, gapAt)).toBe(false)
    schedule.started(watch, 1 as OperationId, gapAt)
    schedule.finished(watch, true, gapAt + SECOND_MS)
  }
  expect(schedule.isHeardSince(friend, gapAt, gapAt)).toBe(true)
})
