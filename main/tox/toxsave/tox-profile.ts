import { type Random, randomBytes } from '../../base/random.ts'
import type { Instant } from '../../base/time.ts'
import { createKeyPair, type KeyPair, type PublicKey } from '../../crypto/keys.ts'
import type { PackedNode } from '../../wire/node-format.ts'
import type { UserStatus } from '../user-status.ts'

/** A friend who has answered, or was added without a request. */
export interface ConfirmedFriend {
  readonly state: 'confirmed'
  readonly publicKey: PublicKey
  readonly name: Uint8Array
  readonly statusMessage: Uint8Array
  readonly status: UserStatus
  /** Unix time in ms, whole seconds; 0: never. */
  readonly lastSeenAt: Instant
}

/** A friend whom we asked and who has not come online yet. */
export interface RequestedFriend {
  readonly state: 'requested'
  readonly publicKey: PublicKey
  /** 4 bytes, from their Tox ID. */
  readonly nospam: Uint8Array
  /** 1 to 921 bytes. */
  readonly message: Uint8Array
}

export type SavedFriend = ConfirmedFriend | RequestedFriend

/** The part of a profile that the Messenger lives from and gives back. */
export interface MessengerProfile {
  readonly keys: KeyPair
  /** 4 bytes. */
  readonly nospam: Uint8Array
  /** UTF-8, 0 to 128 bytes. */
  readonly name: Uint8Array
  /** UTF-8, 0 to 1,007 bytes. */
  readonly statusMessage: Uint8Array
  readonly status: UserStatus
  readonly friends: readonly SavedFriend[]
}

/** A section that this implementation does not read: kept and written back as it was. */
export interface UnknownSection {
  readonly type: number
  readonly data: Uint8Array
}

/** All that a savefile holds. */
export interface ToxProfile extends MessengerProfile {
  /** Where to look for the network at the next start. */
  readonly dhtNodes: readonly PackedNode[]
  /** First nodes of onion paths. */
  readonly pathNodes: readonly PackedNode[]
  /** Friend records (2,216 bytes each) that make no sense to us, kept as they were. */
  readonly unreadableFriends: readonly Uint8Array[]
  readonly unknownSections: readonly UnknownSection[]
}

/** A person new to Tox: fresh keys and nospam, and nothing else yet. */
export function createToxProfile(random: Random): ToxProfile {
  const nothing = new Uint8Array(0)
  return {
    keys: createKeyPair(random),
    nospam: randomBytes(random, 4),
    name: nothing,
    statusMessage: nothing,
    status: 'none',
    friends: [],
    dhtNodes: [],
    pathNodes: [],
    unreadableFriends: [],
    unknownSections: [],
  }
}
