import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SeededRandom } from '../base/random.ts'
import { propertySeed } from '../base/test-seed.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { EPOCH_STATE } from '../wire/offline-packets.ts'
import type { EpochEntry } from './epochs.ts'
import { type HeldKeys, Meeting, needsNewEpoch } from './meeting.ts'

await sodiumReady

function held(wantsNew: boolean, ...ids: readonly number[]): HeldKeys {
  const entry = (id: number): EpochEntry => ({
    id: new Uint8Array(32).fill(id),
    state: EPOCH_STATE.confirmed,
    slotsWritten: 0,
  })
  return { wantsNew, epochs: ids.map(entry) }
}

test('new keys are made if either wants them or lacks the newest of the other', () => {
  expect(needsNewEpoch(held(false, 1), held(false, 1))).toBe(false)
  expect(needsNewEpoch(held(false, 2, 1), held(false, 2))).toBe(false)
  expect(needsNewEpoch(held(true, 1), held(false, 1))).toBe(true)
  expect(needsNewEpoch(held(false, 2, 1), held(false, 1))).toBe(true)
  expect(needsNewEpoch(held(false), held(false))).toBe(true)
  expect(needsNewEpoch(held(false), held(false, 1))).toBe(true)
})

test('both decide alike, whatever they hold', () => {
  const any = fc
    .tuple(fc.boolean(), fc.uniqueArray(fc.integer({ min: 1, max: 5 }), { maxLength: 4 }))
    .map(([wantsNew, ids]) => held(wantsNew, ...ids))
  fc.assert(
    fc.property(any, any, (one, other) => {
      expect(needsNewEpoch(one, other)).toBe(needsNewEpoch(other, one))
    }),
    { seed: propertySeed(), numRuns: 300 },
  )
})

test('the fresh secret is handed out once, and wiped when the meeting ends', () => {
  const random = new SeededRandom(1)
  const meeting = new Meeting(held(true), random, 0)
  const fresh = meeting.takeFresh()
  expect(fresh?.publicKey.equals(meeting.freshKey)).toBe(true)
  expect(meeting.takeFresh()).toBeUndefined()
  const other = new Meeting(held(true), random, 0)
  other.end()
  expect(other.takeFresh()).toBeUndefined()
  expect(new Meeting(held(true), random, 0, 2).mayRestart).toBe(true)
  expect(new Meeting(held(true), random, 0, 3).mayRestart).toBe(false)
})
