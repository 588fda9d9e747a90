import { expect, test } from 'vitest'
import { HOUR_MS, SECOND_MS } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { StatusChecks } from './status-checks.ts'
import { TestFriend } from './test-friends.ts'

await sodiumReady

test('an epoch of an earlier run is asked after at once, then every two hours', () => {
  const { epoch } = new TestFriend(1).meet(0)
  epoch.isChecked = false
  const checks = new StatusChecks()
  expect(checks.isDue(epoch, 100)).toBe(true)
  checks.started(epoch, 100)
  expect(checks.isDue(epoch, 100)).toBe(false)
  expect(checks.wakeOf(epoch, 100)).toBeUndefined()
  checks.finished(epoch, true, 200)
  expect(checks.isDue(epoch, 200 + 2 * HOUR_MS - 1)).toBe(false)
  expect(checks.isDue(epoch, 200 + 2 * HOUR_MS)).toBe(true)
})

test('silence is tried again, later each time, and at once when the network is back', () => {
  const { epoch } = new TestFriend(1).meet(0)
  epoch.isChecked = false
  const checks = new StatusChecks()
  const waits: number[] = []
  let now = 0
  for (let round = 0; round < 8; round += 1) {
    checks.started(epoch, now)
    checks.finished(epoch, false, now)
    const at = checks.wakeOf(epoch, now)?.at ?? 0
    waits.push((at - now) / SECOND_MS)
    now = at
  }
  expect(waits).toEqual([15, 30, 60, 120, 240, 480, 600, 600])
  expect(checks.hasFailed(epoch, now)).toBe(true)
  checks.started(epoch, now)
  checks.finished(epoch, false, now)
  expect(checks.isDue(epoch, now)).toBe(false)
  checks.restart()
  expect(checks.isDue(epoch, now)).toBe(true)
  checks.started(epoch, now)
  checks.finished(epoch, true, now)
  checks.restart()
  expect(checks.isDue(epoch, now)).toBe(false)
})

test('keys made in this run need no question before the first two hours', () => {
  const { epoch } = new TestFriend(1).meet(0)
  expect(new StatusChecks().isDue(epoch, 0)).toBe(false)
})
