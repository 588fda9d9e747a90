import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { toHex, utf8Encode } from '../../base/bytes.ts'
import { propertySeed } from '../../base/test-seed.ts'
import { PublicKey } from '../../crypto/keys.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { FRIEND_RECORD_BYTES, readFriendRecord, writeFriendRecord } from './friend-record.ts'
import type { SavedFriend } from './tox-profile.ts'

beforeAll(() => sodiumReady)

const publicKey = new PublicKey(new Uint8Array(32).fill(0xaa))

function confirmed(over: Partial<Extract<SavedFriend, { state: 'confirmed' }>> = {}): SavedFriend {
  const texts = { name: utf8Encode('Bob'), statusMessage: utf8Encode('hi') }
  return { state: 'confirmed', publicKey, ...texts, status: 'busy', lastSeenAt: 1_700_000_000_000, ...over }
}

test('each field of a friend lies where c-toxcore has it', () => {
  const record = writeFriendRecord(confirmed())
  expect(record).toHaveLength(FRIEND_RECORD_BYTES)
  const at = (offset: number, length: number) => toHex(record.subarray(offset, offset + length))
  expect(at(0, 3)).toBe('03AAAA')
  expect(at(1_058, 2)).toBe('0000')
  expect(at(1_060, 4)).toBe('426F6200')
  expect(at(1_188, 2)).toBe('0003')
  expect(at(1_190, 3)).toBe('686900')
  expect(at(2_198, 2)).toBe('0002')
  expect(at(2_200, 4)).toBe('02000000')
  expect(at(2_208, 8)).toBe('000000006553F100')
})

test('each field of a request lies where c-toxcore has it', () => {
  const nospam = Uint8Array.of(1, 2, 3, 4)
  const record = writeFriendRecord({ state: 'requested', publicKey, nospam, message: utf8Encode('hello') })
  const at = (offset: number, length: number) => toHex(record.subarray(offset, offset + length))
  expect(at(0, 2)).toBe('02AA')
  expect(at(33, 6)).toBe('68656C6C6F00')
  expect(at(1_058, 2)).toBe('0005')
  expect(at(2_204, 4)).toBe('01020304')
  record[0] = 1
  expect(readFriendRecord(record)).toEqual({ state: 'requested', publicKey, nospam, message: utf8Encode('hello') })
})

test('a friend who was online when saved is a friend', () => {
  const record = writeFriendRecord(confirmed())
  record[0] = 4
  expect(readFriendRecord(record)).toEqual(confirmed())
})

test('a text longer than its field is left out, a status that is none reads as none, a date past all time as never', () => {
  const record = writeFriendRecord(confirmed())
  record[1_188] = 0xff
  record[2_198] = 0xff
  record[2_200] = 9
  record[2_208] = 0xff
  const nothing = new Uint8Array(0)
  expect(readFriendRecord(record)).toEqual(
    confirmed({ name: nothing, statusMessage: nothing, status: 'none', lastSeenAt: 0 }),
  )
})

test('a request whose message cannot be sent again makes no sense', () => {
  const request = { state: 'requested', publicKey, nospam: new Uint8Array(4), message: Uint8Array.of(1) } as const
  for (const length of [0, 922, 1_025, 0xffff]) {
    const record = writeFriendRecord(request)
    record[1_058] = length >> 8
    record[1_059] = length & 0xff
    expect(readFriendRecord(record)).toBeUndefined()
  }
})

test('every friend survives writing and reading', () => {
  const bytes = (minLength: number, maxLength: number) => fc.uint8Array({ minLength, maxLength })
  const friend = fc.oneof(
    fc.record({
      state: fc.constant('confirmed' as const),
      publicKey: fc.constant(publicKey),
      name: bytes(0, 128),
      statusMessage: bytes(0, 1_007),
      status: fc.constantFrom('none' as const, 'away' as const, 'busy' as const),
      lastSeenAt: fc.nat({ max: 2 ** 31 - 1 }).map((seconds) => seconds * 1_000),
    }),
    fc.record({
      state: fc.constant('requested' as const),
      publicKey: fc.constant(publicKey),
      nospam: bytes(4, 4),
      message: bytes(1, 921),
    }),
  )
  fc.assert(
    fc.property(friend, (value) => {
      expect(readFriendRecord(writeFriendRecord(value))).toEqual(value)
    }),
    { seed: propertySeed() },
  )
})
