import { expect, test } from 'vitest'
import { utf8Encode } from '../base/bytes.ts'
import { SeededRandom } from '../base/random.ts'
import { PassKey } from '../crypto/pass-key.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { createProfile, isEncryptedProfile, readProfile, writeProfile } from './profile-file.ts'

await sodiumReady
const random = new SeededRandom(1)

test('a new identity has fresh keys and nospam, and no friends', () => {
  const [one, other] = [createProfile(random), createProfile(random)]
  expect(one.friends).toEqual([])
  expect(one.keys.publicKey.equals(other.keys.publicKey)).toBe(false)
  expect(one.nospam).not.toEqual(other.nospam)
})

test('a savefile comes back as it was written, plain and encrypted', () => {
  const profile = { ...createProfile(random), name: utf8Encode('Lena') }
  const plain = writeProfile(profile)
  expect(isEncryptedProfile(plain)).toBe(false)
  expect(readProfile(plain).name).toEqual(profile.name)
  const passphrase = utf8Encode('correct horse')
  const sealed = writeProfile(profile, { passKey: PassKey.create(passphrase, random), random })
  expect(isEncryptedProfile(sealed)).toBe(true)
  expect(readProfile(sealed, passphrase).keys.publicKey.hex).toBe(profile.keys.publicKey.hex)
  expect(() => readProfile(sealed)).toThrow(expect.objectContaining({ code: 'passphraseNeeded' }))
})
