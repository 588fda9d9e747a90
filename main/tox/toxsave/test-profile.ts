import fc from 'fast-check'
import { Address } from '../../base/address.ts'
import { SeededRandom } from '../../base/random.ts'
import { createKeyPair, PublicKey } from '../../crypto/keys.ts'
import type { SavedFriend, ToxProfile } from './tox-profile.ts'

const bytes = (minLength: number, maxLength: number) => fc.uint8Array({ minLength, maxLength })
const publicKey = bytes(32, 32).map((key) => new PublicKey(key))
const status = fc.constantFrom('none' as const, 'away' as const, 'busy' as const)

const confirmed = fc.record({
  state: fc.constant('confirmed' as const),
  publicKey,
  name: bytes(0, 128),
  statusMessage: bytes(0, 1_007),
  status,
  lastSeenAt: fc.nat({ max: 2 ** 31 - 1 }).map((seconds) => seconds * 1_000),
})
const requested = fc.record({
  state: fc.constant('requested' as const),
  publicKey,
  nospam: bytes(4, 4),
  message: bytes(1, 921),
})
const friend: fc.Arbitrary<SavedFriend> = fc.oneof(confirmed, requested)

const ip = fc.oneof(
  bytes(4, 4),
  bytes(15, 15).map((tail) => Uint8Array.of(0x20, ...tail)),
)
const node = fc.record({
  publicKey,
  address: fc.tuple(ip, fc.nat({ max: 0xffff })).map(([host, port]) => new Address(host, port)),
})
const nodes = fc.uniqueArray(node, {
  maxLength: 5,
  selector: (value) => `${value.publicKey.hex} ${value.address.text}`,
})

/** Section types that nobody reads: groups, relays, conferences and ones to come. */
const unknownSection = fc.record({ type: fc.constantFrom(7, 10, 20, 99, 0xffff), data: bytes(0, 40) })

/** Profiles of every kind that can be saved. `sodiumReady` must have been awaited. */
export const anyProfile: fc.Arbitrary<ToxProfile> = fc.record({
  keys: fc.nat().map((seed) => createKeyPair(new SeededRandom(seed))),
  nospam: bytes(4, 4),
  name: bytes(0, 128),
  statusMessage: bytes(0, 1_007),
  status,
  friends: fc.array(friend, { maxLength: 4 }),
  dhtNodes: nodes,
  pathNodes: nodes,
  unreadableFriends: fc.constant([]),
  unknownSections: fc.array(unknownSection, { maxLength: 3 }),
})

/** What two profiles must agree in; secret keys hide theirs from a plain comparison. */
export function comparable(profile: ToxProfile) {
  const { keys, ...rest } = profile
  return { ...rest, publicKey: keys.publicKey.hex, secretKey: [...keys.secretKey.bytes] }
}
