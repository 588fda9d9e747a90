import { expect, test } from 'vitest'
import { sodiumReady } from '../crypto/sodium.ts'
import { boundSkippedKeys, SKIPPED_IN_ALL_MAX } from './skipped-keys.ts'
import { TestFriend } from './test-friends.ts'

await sodiumReady

test('of all friends together ten thousand skipped keys are kept; the oldest are wiped', () => {
  const worlds = [new TestFriend(1), new TestFriend(2)]
  const friends = worlds.map(({ friend }) => friend)
  const epochs = worlds.flatMap((world) => Array.from({ length: 6 }, (_, index) => world.meet(index).epoch))
  for (const [age, epoch] of epochs.entries()) {
    const skipped = Array.from({ length: 900 }, (_, slot) => ({
      slot,
      key: new Uint8Array(32).fill(1),
      skippedAt: age * 1_000 + slot,
    }))
    if (epoch.receive) epoch.receive = { ...epoch.receive, nextSlot: 900, skipped }
  }
  const first = epochs[0]?.receive?.skipped[0]?.key
  const count = (): number => epochs.reduce((sum, { receive }) => sum + (receive?.skipped.length ?? 0), 0)
  expect(count()).toBe(10_800)
  boundSkippedKeys(friends)
  expect(count()).toBe(SKIPPED_IN_ALL_MAX)
  expect(epochs[0]?.receive?.skipped).toHaveLength(100)
  expect(epochs[1]?.receive?.skipped).toHaveLength(900)
  expect(first).toEqual(new Uint8Array(32))
  boundSkippedKeys(friends)
  expect(count()).toBe(SKIPPED_IN_ALL_MAX)
})
