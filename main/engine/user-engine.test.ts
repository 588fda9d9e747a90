import { expect, test } from 'vitest'
import { utf8Encode } from '../base/bytes.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { createProfile } from './profile-file.ts'
import { placed, START } from './test-engines.ts'
import { SeededRandom } from '../base/random.ts'

await sodiumReady

test('a friend is added, shown as pending, kept in the savefile and removed with all that concerns it', () => {
  const [alice, bob] = [placed(1, { isPerson: true }).engine, placed(2, { isPerson: true }).engine]
  const friend = bob.asUser().messenger
  const user = alice.asUser()
  const add = () => user.addFriend(friend.toxId(), utf8Encode('hi'), START).kind
  expect([add(), add()]).toEqual(['added', 'alreadyFriend'])
  expect(user.offline.friendState(friend.publicKey)).toBe('pending')
  const saved = user.savedProfile(createProfile(new SeededRandom(9)), START)
  expect(saved.keys.publicKey.equals(user.messenger.publicKey)).toBe(true)
  expect(saved.friends.map(({ publicKey }) => publicKey.hex)).toEqual([friend.publicKey.hex])
  expect([user.removeFriend(friend.publicKey, START), user.removeFriend(friend.publicKey, START)]).toEqual([
    true,
    false,
  ])
  expect(user.messenger.friends(START)).toEqual([])
})

test('a message to a friend never met is kept as queued in one change, with nobody holding it', () => {
  const engine = placed(1, { isPerson: true }).engine
  const friend = placed(2, { isPerson: true }).engine.asUser().messenger
  const user = engine.asUser()
  user.acceptFriend(friend.publicKey, START)
  const content = { kind: 'text', text: utf8Encode('later') } as const
  const outcome = user.offline.send(friend.publicKey, { content, sentAtMs: START, ttlSeconds: 60 }, START)
  if (outcome.kind !== 'accepted') throw new Error(outcome.kind)
  const changes = []
  for (let pending = user.pollChange(); pending; pending = user.pollChange()) changes.push(pending.change)
  const rows = changes.filter(({ messages }) => messages.some(({ kind }) => kind === 'outgoing'))
  expect(rows).toHaveLength(1)
  expect(rows[0]?.messages).toMatchObject([{ kind: 'outgoing', state: 'queued', messageId: outcome.messageId }])
  expect(rows[0]?.writes.length).toBeGreaterThan(0)
  expect(user.delivery(outcome.messageId)).toEqual({ holders: [], receipts: [] })
})
