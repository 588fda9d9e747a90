import type { Random } from '../base/random.ts'
import type { PassKey } from '../crypto/pass-key.ts'
import { isEncryptedToxsave, readToxsave, writeToxsave } from '../tox/toxsave/encrypted-save.ts'
import { createToxProfile, type MessengerProfile, type ToxProfile } from '../tox/toxsave/tox-profile.ts'

/** All that a savefile holds. */
export type SavedProfile = ToxProfile

/** A new identity: fresh keys and nospam, no friends. */
export function createProfile(random: Random): SavedProfile {
  return createToxProfile(random)
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
