import fc from 'fast-check'
import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import { concat, fromHex, toHex, utf8Encode } from '../../base/bytes.ts'
import { SeededRandom } from '../../base/random.ts'
import { propertySeed } from '../../base/test-seed.ts'
import { keyPairOf, PublicKey, SecretKey } from '../../crypto/keys.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { FRIEND_RECORD_BYTES, writeFriendRecord } from './friend-record.ts'
import { FILE_COOKIE, type Section, writeSections } from './sections.ts'
import { anyProfile, comparable } from './test-profile.ts'
import { createToxProfile, type ToxProfile } from './tox-profile.ts'
import { readPlainToxsave, writePlainToxsave } from './toxsave.ts'
import { ToxsaveError, type ToxsaveErrorCode } from './toxsave-error.ts'

beforeAll(() => sodiumReady)

afterEach(() => {
  vi.unstubAllGlobals()
})

const seed = propertySeed()
const HEAD = fromHex('000000001F1BED15')

function readCode(bytes: Uint8Array): ToxsaveErrorCode | ToxProfile {
  try {
    return readPlainToxsave(bytes)
  } catch (error) {
    if (error instanceof ToxsaveError) return error.code
    throw error
  }
}

function fileOf(...sections: Section[]): Uint8Array {
  return concat(HEAD, writeSections([...sections, { type: 255, data: new Uint8Array(0) }], FILE_COOKIE))
}

function keySection(): Section {
  const { secretKey, publicKey } = keyPairOf(new SecretKey(new Uint8Array(32).fill(7)))
  return { type: 1, data: concat(Uint8Array.of(1, 2, 3, 4), publicKey.bytes, secretKey.bytes) }
}

function smallProfile(): ToxProfile {
  const random = new SeededRandom(11)
  const friend = { state: 'requested', publicKey: createToxProfile(random).keys.publicKey } as const
  return {
    ...createToxProfile(random),
    name: utf8Encode('Alice'),
    statusMessage: utf8Encode('away for tea'),
    status: 'away',
    friends: [{ ...friend, nospam: Uint8Array.of(4, 3, 2, 1), message: utf8Encode('hi') }],
    unknownSections: [{ type: 20, data: Uint8Array.of(1, 2, 3) }],
  }
}

test('every profile survives writing and reading, and is then written as the same bytes', () => {
  fc.assert(
    fc.property(anyProfile, (profile) => {
      const bytes = writePlainToxsave(profile)
      const again = readPlainToxsave(bytes)
      expect(comparable(again)).toEqual(comparable(profile))
      expect(writePlainToxsave(again)).toEqual(bytes)
    }),
    { seed },
  )
})

test('the smallest file of c-toxcore is read: keys, and the end', () => {
  const profile = readPlainToxsave(fileOf(keySection()))
  expect(profile.nospam).toEqual(Uint8Array.of(1, 2, 3, 4))
  expect(profile).toMatchObject({ friends: [], status: 'none', unknownSections: [] })
  expect(profile.name).toHaveLength(0)
})

test('begins as the specification says: zero, magic, then the keys', () => {
  const bytes = writePlainToxsave(createToxProfile(new SeededRandom(1)))
  expect(toHex(bytes.subarray(0, 16))).toBe('000000001F1BED15440000000100CE01')
  expect(toHex(bytes.subarray(-8))).toBe('00000000FF00CE01')
})

test('what follows the end section is padding', () => {
  const bytes = writePlainToxsave(smallProfile())
  const padded = concat(bytes, new Uint8Array(100))
  expect(comparable(readPlainToxsave(padded))).toEqual(comparable(smallProfile()))
})

test('a file cut anywhere is an error: never a profile, never another throw', () => {
  const bytes = writePlainToxsave(smallProfile())
  for (let length = 0; length < bytes.length; length += 1) {
    const result = readCode(bytes.subarray(0, length))
    expect(result === 'cut' || (result === 'notASavefile' && length === 0)).toBe(true)
  }
})

test('a file with any bit flipped is an error, or reads as a profile that survives writing and reading', () => {
  const bytes = writePlainToxsave(smallProfile())
  const seen = new Set<string>()
  fc.assert(
    fc.property(fc.nat({ max: bytes.length * 8 - 1 }), (bit) => {
      const flipped = bytes.slice()
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      const result = readCode(flipped)
      seen.add(typeof result === 'string' ? result : 'read')
      if (typeof result === 'string') return
      expect(comparable(readPlainToxsave(writePlainToxsave(result)))).toEqual(comparable(result))
    }),
    { seed, numRuns: 1_000 },
  )
  expect(seen.has('read')).toBe(true)
})

test('each kind of damage has its code', () => {
  const bytes = writePlainToxsave(smallProfile())
  const flipAt = (offset: number) => {
    const flipped = bytes.slice()
    flipped[offset] = (flipped[offset] ?? 0) ^ 1
    return readCode(flipped)
  }
  expect(flipAt(0)).toBe('notASavefile')
  expect(flipAt(4)).toBe('notASavefile')
  expect(flipAt(14)).toBe('malformed') // the cookie of section 1
  expect(flipAt(20)).toBe('badKeys') // the public key
  expect(flipAt(60)).toBe('badKeys') // the secret key
  expect(flipAt(11)).toBe('cut') // the length of section 1, by 16 MiB
  expect(readCode(fileOf({ type: 1, data: new Uint8Array(67) }))).toBe('malformed')
  expect(readCode(fileOf(keySection(), { type: 3, data: new Uint8Array(FRIEND_RECORD_BYTES + 1) }))).toBe('malformed')
  expect(readCode(fileOf())).toBe('badKeys')
  expect(readCode(utf8Encode('PNG and other things'))).toBe('notASavefile')
  expect(readCode(utf8Encode('text'))).toBe('notASavefile')
})

test('names and statuses out of bounds are left out', () => {
  const profile = readPlainToxsave(
    fileOf(
      keySection(),
      { type: 4, data: new Uint8Array(129) },
      { type: 5, data: new Uint8Array(1_008) },
      { type: 6, data: Uint8Array.of(3) },
    ),
  )
  expect(profile).toMatchObject({ name: new Uint8Array(0), statusMessage: new Uint8Array(0), status: 'none' })
})

test('records that make no sense are kept as they were, empty ones are dropped, doubled sections add up', () => {
  const publicKey = new PublicKey(new Uint8Array(32).fill(9))
  const friend = { state: 'requested', publicKey, nospam: new Uint8Array(4), message: Uint8Array.of(1) } as const
  const senseless = writeFriendRecord(friend)
  senseless[1_059] = 0
  const good = writeFriendRecord(friend)
  const empty = new Uint8Array(FRIEND_RECORD_BYTES)
  const profile = readPlainToxsave(
    fileOf(keySection(), { type: 3, data: concat(senseless, empty) }, { type: 3, data: good }),
  )
  expect(profile.friends).toEqual([friend])
  expect(profile.unreadableFriends).toEqual([senseless])
  expect(comparable(readPlainToxsave(writePlainToxsave(profile)))).toEqual(comparable(profile))
})

/** All byte arrays that are made while `work` runs. */
function madeBy(work: () => void): Uint8Array[] {
  const made: Uint8Array[] = []
  const watched = new Proxy(Uint8Array, {
    construct(target, parameters) {
      const bytes: unknown = Reflect.construct(target, parameters)
      if (!(bytes instanceof target)) throw new Error('a byte array is made')
      made.push(bytes)
      return bytes
    },
  })
  vi.stubGlobal('Uint8Array', watched)
  work()
  vi.unstubAllGlobals()
  return made
}

test('writing leaves no copy of the secret key but in the file', () => {
  const profile = smallProfile()
  const secret = toHex(profile.keys.secretKey.bytes)
  let file: Uint8Array = new Uint8Array(0)
  const made = madeBy(() => {
    file = writePlainToxsave(profile)
  })
  const withSecret = made.filter((bytes) => toHex(new Uint8Array(bytes.buffer)).includes(secret))
  expect(withSecret.map(({ length }) => length)).toEqual([file.length])
})
