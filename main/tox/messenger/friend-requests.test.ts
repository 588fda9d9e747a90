import { beforeAll, expect, test } from 'vitest'
import { SeededRandom } from '../../base/random.ts'
import { createKeyPair } from '../../crypto/keys.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { FriendRequests } from './friend-requests.ts'

beforeAll(() => sodiumReady)

const OURS = Uint8Array.of(1, 2, 3, 4)
const message = Uint8Array.of(0x68, 0x69)

function keys(count: number) {
  const random = new SeededRandom(5)
  return Array.from({ length: count }, () => createKeyPair(random).publicKey)
}

test('shows a request once, and keeps its own copy of the message', () => {
  const requests = new FriendRequests()
  const [sender] = keys(1)
  if (!sender) throw new Error('no key')
  const received = message.slice()
  const shown = requests.receive({ sender, message: received }, OURS, OURS)
  received.fill(0)
  expect(shown).toEqual({ sender, message })
  expect(requests.receive({ sender, message }, OURS, OURS)).toBeUndefined()
  requests.forget(sender)
  expect(requests.receive({ sender, message }, OURS, OURS)).toBeDefined()
})

test('drops a wrong nospam, one of another length, and an empty message', () => {
  const requests = new FriendRequests()
  const [sender] = keys(1)
  if (!sender) throw new Error('no key')
  expect(requests.receive({ sender, message }, Uint8Array.of(1, 2, 3, 5), OURS)).toBeUndefined()
  expect(requests.receive({ sender, message }, new Uint8Array(0), OURS)).toBeUndefined()
  expect(requests.receive({ sender, message: new Uint8Array(0) }, OURS, OURS)).toBeUndefined()
  expect(requests.receive({ sender, message }, OURS, OURS)).toBeDefined()
})

test('remembers 32 requesters; the oldest goes first', () => {
  const requests = new FriendRequests()
  const senders = keys(33)
  for (const sender of senders) requests.receive({ sender, message }, OURS, OURS)
  const [sender, ...later] = senders
  if (!sender) throw new Error('33 keys')
  for (const known of later) expect(requests.receive({ sender: known, message }, OURS, OURS)).toBeUndefined()
  expect(requests.receive({ sender, message }, OURS, OURS)).toBeDefined()
})
