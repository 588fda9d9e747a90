import { expect, test } from 'vitest'
import { sodiumReady } from '../crypto/sodium.ts'
import { TestFriend } from './test-friends.ts'

await sodiumReady

test('ready only with confirmed keys that are not out of date, and only if the person wants it', () => {
  const world = new TestFriend(1)
  const { friend } = world
  expect(friend.state).toBe('pending')
  world.meet(0, false)
  expect(friend.state).toBe('pending')
  const { epoch } = world.meet(1)
  expect(friend.state).toBe('ready')
  friend.isWaitingOn = false
  expect(friend.state).toBe('off')
  friend.isWaitingOn = true
  friend.support = 'plain'
  expect(friend.state).toBe('unsupported')
  friend.support = 'extension'
  friend.epochs.markOutOfDate(epoch)
  expect(friend.state).toBe('pending')
})

test('its numbers are never given twice, over restarts too', () => {
  const world = new TestFriend(1)
  const { friend } = world
  const numbers = [friend.nextSequence(), friend.nextSequence()]
  const ours = friend.unnumberedSequence()
  friend.agreementVersion = 1
  friend.support = 'extension'
  friend.save()
  friend.setReads([new Uint8Array(16).fill(1)])
  world.journal.commit()
  const again = new TestFriend(1).friend
  again.restore(world.sink.rows.get(`friend/${friend.hex}`) ?? new Uint8Array(0))
  again.restoreReads(world.sink.rows.get(`reads/${friend.hex}`) ?? new Uint8Array(0))
  expect(numbers).toEqual([1, 2])
  expect(again.nextSequence()).toBe(3)
  expect(again.unnumberedSequence()).toBe(ours + 1)
  expect([again.support, again.agreementVersion]).toEqual(['extension', 1])
  expect(again.reads).toEqual([new Uint8Array(16).fill(1)])
})

test('the newest 255 read notices are kept, and no row without any', () => {
  const world = new TestFriend(1)
  world.friend.setReads(Array.from({ length: 300 }, (_, index) => new Uint8Array(16).fill(index % 256)))
  expect(world.friend.reads).toHaveLength(255)
  world.friend.setReads([])
  world.journal.commit()
  expect(world.sink.rows.has(`reads/${world.friend.hex}`)).toBe(false)
})
