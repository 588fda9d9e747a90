import { beforeAll, beforeEach, expect, test } from 'vitest'
import { SeededRandom } from '../../base/random.ts'
import { createKeyPair, type PublicKey } from '../../crypto/keys.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { OwedKills } from './owed-kills.ts'
import { FakeNetCrypto } from './test-fakes.ts'
import { ADDRESS } from './test-pair.ts'

beforeAll(() => sodiumReady)

const RECEIVED_4 = { isAboutReceived: true, fileNumber: 4 }
const SENT_4 = { isAboutReceived: false, fileNumber: 4 }

let netCrypto: FakeNetCrypto
let kills: OwedKills

beforeEach(() => {
  const random = new SeededRandom(3)
  const friend: PublicKey = createKeyPair(random).publicKey
  netCrypto = new FakeNetCrypto(createKeyPair(random).publicKey)
  netCrypto.establish(friend, friend, ADDRESS)
  kills = new OwedKills(friend, netCrypto)
})

function sent(): number[][] {
  return netCrypto.sent.splice(0).map((packet) => [...packet])
}

test('where there is room a kill is said at once', () => {
  kills.add(RECEIVED_4, 0)
  kills.add(SENT_4, 0)
  expect(sent()).toEqual([
    [81, 1, 4, 2],
    [81, 0, 4, 2],
  ])
  expect(kills.nextTimeout()).toBeUndefined()
})

test('where there is none it is said later, in order, each once', () => {
  netCrypto.hasRoom = false
  for (const place of [RECEIVED_4, SENT_4, RECEIVED_4]) kills.add(place, 0)
  expect(kills.flush(10)).toBe(false)
  netCrypto.hasRoom = true
  kills.handleTimeout(59)
  expect(sent()).toEqual([])
  kills.handleTimeout(kills.nextTimeout()?.at ?? 0)
  expect(sent()).toEqual([
    [81, 1, 4, 2],
    [81, 0, 4, 2],
  ])
  expect(kills.flush(1_000)).toBe(true)
})

test('what is withdrawn, or hung on a connection that ended, is not said', () => {
  netCrypto.hasRoom = false
  kills.add(RECEIVED_4, 0)
  kills.withdraw(SENT_4)
  expect(kills.nextTimeout()).toBeDefined()
  kills.withdraw(RECEIVED_4)
  expect(kills.nextTimeout()).toBeUndefined()
  kills.add(SENT_4, 0)
  kills.clear()
  netCrypto.hasRoom = true
  expect([kills.nextTimeout(), kills.flush(1_000), sent()]).toEqual([undefined, true, []])
})
