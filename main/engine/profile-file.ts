import { type Random, randomBytes } from '../base/random.ts'
import { createKeyPair } from '../crypto/keys.ts'
import type { PassKey } from '../crypto/pass-key.ts'
import { isEncryptedToxsave, readToxsave, writeToxsave } from '../tox/toxsave/encrypted-save.ts'
import type { MessengerProfile, ToxProfile } from '../tox/toxsave/tox-profile.ts'

/** All that a savefile holds. */
export type SavedProfile = ToxProfile

/** A new identity: fresh keys and nospam, no friends. */
export function createProfile(random: Random): SavedProfile {
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

/** Reads a savefile, plain or encrypted. Throws ToxsaveError. */
export function readProfile(bytes: Uint8Array, passphrase?: Uint8Array): SavedProfile {
  return readToxsave(bytes, passphrase)
}

/** Whether a savefile's bytes need a passphrase. */
export function isEncryptedProfile(bytes: Uint8Array): boolean {
  return isEncryptedToxsave(bytes)
}

/** The bytes of a savefile that other Tox clients read; encrypted if there is a key. */
export function writeProfile(profile: SavedProfile, protection?: { passKey: PassKey; random: Random }): Uint8Array {
  return writeToxsave(profile, protection)
}

/** The savefile's profile with what the messenger has made of its part since. */
export function withMessengerProfile(profile: SavedProfile, messenger: MessengerProfile): SavedProfile {
  return { ...profile, ...messenger }
}
