import { expect, test } from 'vitest'
import { DAY_MS, HOUR_MS } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { EPOCH_STATE } from '../wire/offline-packets.ts'
import { KEY_LIFE_MS } from './epochs.ts'
import { spendSlot } from './slot-chain.ts'
import { TestFriend } from './test-friends.ts'

await sodiumReady
const all = (): boolean => true

test('the newest confirmed one is used, and a pending one is not until the friend’s MAC came', () => {
  const world = new TestFriend(1)
  const { epochs } = world.friend
  const first = world.meet(0).epoch
  const { epoch: second, far } = world.meet(1_000, false)
  expect(epochs.current()).toBe(first)
  expect(epochs.confirmBy(second.id, new Uint8Array(32), 2_000)).toBe(false)
  expect(epochs.confirmBy(first.id, far.ownConfirmation, 2_000)).toBe(false)
  expect(epochs.current()).toBe(first)
  expect(epochs.confirmBy(second.id, far.ownConfirmation, 2_000)).toBe(true)
  expect(epochs.current()).toBe(second)
  expect(first.send.chainKey).toBeUndefined()
  expect(first.receive).toBeDefined()
  expect(epochs.entries().map(({ state }) => state)).toEqual([EPOCH_STATE.confirmed, EPOCH_STATE.confirmed])
})

test('an older one that is confirmed late is for reading only', () => {
  const world = new TestFriend(1)
  const { epochs } = world.friend
  const { epoch: older } = world.meet(0, false)
  const newer = world.meet(1_000).epoch
  epochs.confirm(older, 2_000)
  expect(epochs.current()).toBe(newer)
  expect(older.send.chainKey).toBeUndefined()
  expect(newer.send.chainKey).toBeDefined()
})

test('new keys are wanted when there are none, when written under, after a day, and when out of date', () => {
  const world = new TestFriend(1)
  const { epochs } = world.friend
  expect(epochs.wantsNew(0)).toBe(true)
  const { epoch } = world.meet(1_000)
  expect(epochs.wantsNew(1_000 + DAY_MS)).toBe(false)
  expect(epochs.wantsNew(1_001 + DAY_MS)).toBe(true)
  expect(epochs.wantsNew(999)).toBe(true)
  epochs.markOutOfDate(epoch)
  expect(epochs.wantsNew(1_000)).toBe(true)
  const { epoch: second } = world.meet(2_000)
  second.send = { ...second.send, nextSlot: 1 }
  expect(epochs.wantsNew(2_000)).toBe(true)
})

test('reading keys go once all that the friend wrote is settled, as soon as it sends under newer keys', () => {
  const world = new TestFriend(1)
  const { epochs } = world.friend
  const { epoch: first } = world.meet(0)
  const { epoch: second } = world.meet(1_000)
  const report = (state: 0 | 1) =>
    epochs.noteReport(
      [
        { id: second.id, state, slotsWritten: 0 },
        { id: first.id, state: EPOCH_STATE.confirmed, slotsWritten: 2 },
      ],
      2_000,
    )
  for (const slot of [0, 1]) if (first.receive) first.receive = spendSlot(first.receive, slot, 0)
  report(EPOCH_STATE.pending)
  expect(first.receive).toBeDefined()
  report(EPOCH_STATE.confirmed)
  expect(first.receive).toBeUndefined()
  expect(epochs.all()).toContain(first)
  world.journal.commit()
  expect(world.sink.rows.has(`receive/${world.friend.hex}/${first.idHex}`)).toBe(false)
})

test('unsettled ones go 31 days after a newer one, their mailbox key 31 days later, if nobody needs it', () => {
  const world = new TestFriend(1)
  const { epochs } = world.friend
  const { epoch: first } = world.meet(0)
  const { epoch: second } = world.meet(HOUR_MS)
  epochs.review(HOUR_MS + KEY_LIFE_MS - 1, all)
  expect(first.receive).toBeDefined()
  epochs.review(HOUR_MS + KEY_LIFE_MS, all)
  expect(first.receive).toBeUndefined()
  expect(second.receive).toBeDefined()
  epochs.review(HOUR_MS + 2 * KEY_LIFE_MS, all)
  expect(epochs.all()).toContain(first)
  epochs.review(HOUR_MS + 2 * KEY_LIFE_MS, () => false)
  expect(epochs.all()).toEqual([second])
  world.journal.commit()
  expect([...world.sink.rows.keys()].filter((key) => key.includes(first.idHex))).toEqual([])
})

test('keys of slots that were passed over go after 31 days', () => {
  const world = new TestFriend(1)
  const { epoch } = world.meet(0)
  if (epoch.receive) epoch.receive = spendSlot(epoch.receive, 4, 1_000)
  world.friend.epochs.review(1_000 + KEY_LIFE_MS - 1, all)
  expect(epoch.receive?.skipped).toHaveLength(4)
  world.friend.epochs.review(1_000 + KEY_LIFE_MS, all)
  expect(epoch.receive?.skipped).toHaveLength(0)
})

test('however often friends meet, sixteen can be read and four are pending', () => {
  const world = new TestFriend(1)
  const { epochs } = world.friend
  for (let count = 0; count < 30; count += 1) world.meet(count, count % 3 !== 0)
  expect(epochs.entries()).toHaveLength(16)
  expect(epochs.entries().filter(({ state }) => state === EPOCH_STATE.pending).length).toBeLessThanOrEqual(4)
  for (let count = 0; count < 60; count += 1) world.meet(100 + count)
  expect(epochs.entries()).toHaveLength(16)
  expect(epochs.all().length).toBeLessThanOrEqual(32)
  epochs.eraseAll()
  world.journal.commit()
  expect([...world.sink.rows.keys()]).toEqual([`friend/${world.friend.hex}`])
})

test('at the end of a run no key is left in memory', () => {
  const world = new TestFriend(1)
  const { epochs } = world.friend
  const { epoch } = world.meet(0)
  const keys = [epoch.send.chainKey, epoch.receive?.chainKey, epoch.ownConfirmation, epoch.peerConfirmation]
  for (const key of keys) expect(key?.some((byte) => byte !== 0)).toBe(true)
  epochs.wipe()
  for (const key of keys) expect(key?.every((byte) => byte === 0)).toBe(true)
  expect(epochs.all()).toEqual([])
})
