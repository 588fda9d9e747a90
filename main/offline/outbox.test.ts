import { expect, test } from 'vitest'
import { utf8Encode } from '../base/bytes.ts'
import { DAY_MS, MINUTE_MS } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { longTermSecret } from './agreement.ts'
import { expiringFrom, Outbox } from './outbox.ts'
import type { OutboxEntry } from './outbox-entry.ts'
import { Meeting } from './meeting.ts'
import { sealEntry } from './seal-entry.ts'
import { TestFriend } from './test-friends.ts'

await sodiumReady

function desk() {
  const world = new TestFriend(1)
  const outbox = new Outbox({ journal: world.journal, random: world.random })
  const add = (text: string): OutboxEntry => {
    const content = { kind: 'text' as const, text: utf8Encode(text) }
    const id = outbox.add(world.friend.publicKey, { content, sentAtMs: 1, ttlSeconds: 86_400 }, 'offline')
    const entry = outbox.get(id)
    if (!entry) throw new Error('not added')
    return entry
  }
  const states = (): string[] => {
    world.journal.commit()
    return world.sink.messages.flatMap((message) => (message.kind === 'state' ? [message.state] : []))
  }
  return { friend: world.friend, world, outbox, add, states }
}

test('a new message is one change: its entry, its content, its row in the history', () => {
  const { world, add } = desk()
  const entry = add('hello')
  world.journal.commit()
  expect(world.sink.changes).toHaveLength(1)
  expect([...world.sink.rows.keys()]).toEqual([`entry/${entry.id}`, `content/${entry.id}`])
  expect(world.sink.messages).toMatchObject([
    { kind: 'outgoing', messageId: entry.id, state: 'queued', reason: 'offline' },
  ])
})

test('they go in the order of their numbers, then of writing', () => {
  const { friend, outbox, add } = desk()
  const [first, second, third] = [add('1'), add('2'), add('3')]
  third.sequence = 4
  second.sequence = 9
  expect(outbox.of(friend)).toEqual([third, second, first])
})

test('only the friend’s own word settles, and leaves nothing but what may still be heard', () => {
  const { world, friend, outbox, add, states } = desk()
  const entry = add('hello')
  const other = new TestFriend(2).friend
  outbox.handleTaken(other, [entry.messageId], 5)
  outbox.handleReported(other, [entry.messageId], 5)
  expect(states()).toEqual([])
  outbox.handleTaken(friend, [entry.messageId], 5)
  expect(states()).toEqual(['delivered'])
  expect([...world.sink.rows.keys()]).toEqual([`done/${entry.id}`])
  outbox.handleRead(other, [entry.messageId], 6)
  expect(states()).toEqual(['delivered'])
  outbox.handleRead(friend, [entry.messageId], 6)
  outbox.handleRead(friend, [entry.messageId], 7)
  expect(states()).toEqual(['delivered', 'read'])
  expect([...world.sink.rows.keys()]).toEqual([])
})

test('a message that was read is delivered, even if the word of that was lost', () => {
  const { friend, outbox, add, states } = desk()
  outbox.handleRead(friend, [add('hello').messageId], 6)
  expect(states()).toEqual(['delivered', 'read'])
})

test('reported before a meeting: delivered if it went out directly, collected if it was only stored', () => {
  const { friend, outbox, add, states } = desk()
  const [direct, stored] = [add('direct'), add('stored')]
  direct.wasSentDirectly = true
  outbox.handleReported(friend, [direct.messageId, stored.messageId], 5)
  expect(states()).toEqual(['delivered', 'collected'])
})

test('collected beats cancelled, also when it is heard of late', () => {
  const { friend, outbox, add, states } = desk()
  const entry = add('hello')
  expect(outbox.cancel(entry, 5)).toBe(true)
  outbox.handleReported(friend, [entry.messageId], 6)
  outbox.handleReported(friend, [entry.messageId], 7)
  expect(states()).toEqual(['cancelled', 'collected'])
})

test('cancelled while on its way: settled by what the next meeting does not report', () => {
  const { world, friend, outbox, add, states } = desk()
  const entry = add('hello')
  entry.wasSentDirectly = true
  expect(outbox.cancel(entry, 5)).toBe(true)
  expect(states()).toEqual([])
  outbox.handleUnmet(friend, 6)
  expect(states()).toEqual([])
  friend.meeting = new Meeting({ wantsNew: true, epochs: [] }, world.random, 7)
  entry.sentIn = friend.meeting
  outbox.handleMet(friend, 7)
  expect(states()).toEqual([])
  entry.sentIn = undefined
  outbox.handleMet(friend, 8)
  expect(states()).toEqual(['cancelled'])
})

test('what ended unknown is kept for its sender, is known not to be read after a meeting, and goes after 62 days', () => {
  const { friend, outbox, add, states } = desk()
  const entry = add('hello')
  entry.expiresAt = 1_000
  outbox.expire(entry, 1_000)
  expect(entry.reason).toBe('not-known-whether-read')
  outbox.handleMet(friend, 2_000)
  expect(entry.reason).toBeUndefined()
  expect(entry.content.length).toBeGreaterThan(0)
  outbox.requeue(entry, 'offline', 3_000)
  expect(entry.expiresAt).toBe(0)
  expect(states()).toEqual(['expired', 'expired', 'queued'])
  outbox.expire(entry, 4_000)
  outbox.expireEnded(1 + 62 * DAY_MS)
  expect(outbox.get(entry.id)).toBeUndefined()
})

test('copies of a delivered message are deleted before its entry goes; what cannot be deleted ends by itself', () => {
  const { world, outbox, add } = desk()
  const entry = add('hello')
  const longTerm = longTermSecret(world.own, world.peer.publicKey)
  if (!longTerm) throw new Error('no secret')
  sealEntry(entry, { epoch: world.meet(0).epoch, longTerm, random: world.random, networkNow: 0 })
  outbox.settle(entry, 'delivered', 5)
  expect(outbox.wantsRemoval(entry, 5)).toBe(true)
  for (let round = 0; round < 10; round += 1) outbox.handleRemoved(entry, false, 6)
  expect(outbox.wantsRemoval(entry, 6)).toBe(false)
  expect(outbox.get(entry.id)).toBe(entry)
  outbox.handleRemoved(entry, false, 7)
  expect(outbox.get(entry.id)).toBeUndefined()
})

test('about to end is the last tenth of a life, at most a day', () => {
  expect(expiringFrom({ expiresAt: 30 * DAY_MS, ttlSeconds: 30 * 86_400 })).toBe(29 * DAY_MS)
  expect(expiringFrom({ expiresAt: 10 * MINUTE_MS, ttlSeconds: 600 })).toBe(9 * MINUTE_MS)
})
