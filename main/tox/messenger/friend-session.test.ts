import { beforeAll, beforeEach, expect, test } from 'vitest'
import { utf8Encode } from '../../base/bytes.ts'
import { Counters } from '../../base/counters.ts'
import { SeededRandom } from '../../base/random.ts'
import { SECOND_MS } from '../../base/time.ts'
import { TokenBucket } from '../../base/token-bucket.ts'
import { createKeyPair } from '../../crypto/keys.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { FriendFiles } from './friend-files.ts'
import { FriendSession, type OwnProfile } from './friend-session.ts'
import { FakeNetCrypto } from './test-fakes.ts'
import { ADDRESS } from './test-pair.ts'
import { TransferRegistry } from './transfer-registry.ts'

beforeAll(() => sodiumReady)

const own: OwnProfile = { name: utf8Encode('Me'), statusMessage: utf8Encode('here'), status: 'away' }
const request = { nospam: Uint8Array.of(1, 2, 3, 4), message: utf8Encode('hi') }
let netCrypto: FakeNetCrypto
let session: FriendSession

beforeEach(() => {
  const random = new SeededRandom(4)
  const friend = createKeyPair(random).publicKey
  netCrypto = new FakeNetCrypto(createKeyPair(random).publicKey)
  netCrypto.establish(friend, friend, ADDRESS)
  const files = new FriendFiles({
    friend,
    netCrypto,
    emit: { push: () => {} },
    registry: new TransferRegistry(),
    offers: new TokenBucket(1, 1),
    counters: new Counters(),
  })
  session = new FriendSession({ friend, netCrypto, files }, 0)
})

test('says online at once and alive a second later, even to a friend who says nothing', () => {
  session.flush(own, undefined, 0)
  session.handleTimeout(own, undefined, 0)
  expect(netCrypto.takeSentIds()).toEqual([24])
  expect(session.nextTimeout(undefined)?.at).toBe(SECOND_MS)
  session.handleTimeout(own, undefined, SECOND_MS)
  expect(netCrypto.takeSentIds()).toEqual([16])
  expect(session.nextTimeout(undefined)?.at).toBe(9 * SECOND_MS)
})

test('is announced only when both have said online', () => {
  netCrypto.hasRoom = false
  session.flush(own, undefined, 0)
  session.handleOnline(0)
  session.flush(own, undefined, 0)
  expect(session.isOnline).toBe(true)
  expect(session.isAnnounced).toBe(false)
  netCrypto.hasRoom = true
  const wake = session.nextTimeout(undefined)
  expect(wake?.at).toBe(50)
  session.handleTimeout(own, undefined, wake?.at ?? 0)
  expect(session.isAnnounced).toBe(true)
  expect(netCrypto.takeSentIds()).toEqual([24, 16, 48, 49, 50, 51])
})

test('repeats an unanswered request over the open connection after 5, 10, 20 s, until the friend says online', () => {
  session.flush(own, request, 0)
  const sentAt: number[] = []
  for (let now = 0; now <= 40 * SECOND_MS; now = Math.max(now + 1, session.nextTimeout(request)?.at ?? 0)) {
    netCrypto.takeSentIds()
    session.handleTimeout(own, request, now)
    if (netCrypto.takeSentIds().includes(18)) sentAt.push(now / SECOND_MS)
    session.handleAlive(now)
  }
  expect(sentAt).toEqual([5, 15, 35])
  session.handleOnline(41 * SECOND_MS)
  session.handleTimeout(own, request, 500 * SECOND_MS)
  expect(netCrypto.takeSentIds()).not.toContain(18)
})

test('only alive puts off the end after 32 s', () => {
  expect(session.isExpired(32 * SECOND_MS - 1)).toBe(false)
  expect(session.isExpired(32 * SECOND_MS)).toBe(true)
  session.handleAlive(10 * SECOND_MS)
  expect(session.isExpired(42 * SECOND_MS - 1)).toBe(false)
})

test('typing is told when it changes, and forgotten when the friend goes', () => {
  session.handleOnline(0)
  session.flush(own, undefined, 0)
  netCrypto.takeSentIds()
  session.setTyping(true)
  session.setTyping(true)
  session.flush(own, undefined, 0)
  expect(netCrypto.sent).toEqual([Uint8Array.of(51, 1)])
  netCrypto.takeSentIds()
  session.handleOffline()
  session.handleOnline(1)
  session.flush(own, undefined, 1)
  expect(netCrypto.sent.at(-1)).toEqual(Uint8Array.of(51, 0))
})

test('a friend who goes before there was room for our profile leaves nothing to look for room for', () => {
  session.handleOnline(0)
  const send = netCrypto.send.bind(netCrypto)
  // Room for online and alive, and not for the name.
  netCrypto.send = (friend, data) => (netCrypto.sent.length < 2 ? send(friend, data) : undefined)
  session.flush(own, undefined, 0)
  expect(session.nextTimeout(undefined)?.at).toBe(50)
  session.handleOffline()
  session.handleTimeout(own, undefined, 50)
  expect(session.nextTimeout(undefined)?.at).toBe(8 * SECOND_MS)
})
