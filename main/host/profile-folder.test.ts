import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { utf8Encode } from '../base/bytes.ts'
import { type Random, SeededRandom } from '../base/random.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { createProfile } from '../engine/profile-file.ts'
import { writeFileAtomically, writeNewFile } from './atomic-file.ts'
import { lockProfileFolder, lookIntoFolder, ProfileFolder } from './profile-folder.ts'

await sodiumReady
const PASSPHRASE = utf8Encode('correct horse')
const random = new SeededRandom(1)
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ampoule-profile-'))
})

afterEach(() => rmSync(folder, { recursive: true }))

function opened<T>(use: (profile: ProfileFolder) => T, passphrase?: Uint8Array): T {
  const profile = new ProfileFolder(folder, { passphrase, random })
  try {
    return use(profile)
  } finally {
    profile.close()
  }
}

function allFiles(): Record<string, string> {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'hex')]))
}

function failure(passphrase?: Uint8Array): unknown {
  try {
    opened(() => {}, passphrase)
    return undefined
  } catch (error) {
    return error
  }
}

test.each([undefined, PASSPHRASE])(
  'a new folder gets an identity, which is found again (passphrase %#)',
  (passphrase) => {
    const key = opened((profile) => {
      profile.database.settings.set('kept', 'yes')
      profile.save({ ...profile.profile, name: utf8Encode('Lena') })
      return profile.profile.keys.publicKey.hex
    }, passphrase)
    opened((profile) => {
      expect(profile.profile.keys.publicKey.hex).toBe(key)
      expect(profile.profile.name).toEqual(utf8Encode('Lena'))
      expect(profile.database.settings.get('kept')).toBe('yes')
      expect(profile.isEncrypted).toBe(passphrase !== undefined)
    }, passphrase)
    for (const name of ['profile.tox', 'data.key']) expect(statSync(join(folder, name)).mode & 0o077).toBe(0)
  },
)

test('wrong or missing passphrase, a second instance and damaged files are told apart and change nothing', () => {
  opened(() => {}, PASSPHRASE)
  const before = allFiles()
  expect(failure()).toMatchObject({ name: 'ProfileError', code: 'passphraseNeeded' })
  expect(failure(utf8Encode('wrong'))).toMatchObject({ code: 'wrongPassphrase' })
  opened(() => expect(failure(PASSPHRASE)).toMatchObject({ code: 'locked' }), PASSPHRASE)
  expect(Object.keys(allFiles())).toEqual(Object.keys(before))
  expect(allFiles()['profile.tox']).toBe(before['profile.tox'])

  writeFileSync(join(folder, 'data.key'), 'no key')
  expect(failure(PASSPHRASE)).toMatchObject({ code: 'unreadable' })
  truncateSync(join(folder, 'profile.tox'), 20)
  expect(failure(PASSPHRASE)).toMatchObject({ code: 'unreadable' })
  expect(readFileSync(join(folder, 'data.key'), 'utf8')).toBe('no key')
})

test('what fails between the data key and the database leaves the key nowhere in memory, and the folder to others', () => {
  const filled: Uint8Array[] = []
  // The data key, then a salt and a nonce to wrap it; the next salt is for the savefile.
  const failing: Random = {
    fill(target) {
      if (filled.length === 3) throw new Error('nothing left to chance')
      random.fill(target)
      filled.push(target)
    },
  }
  const identity = createProfile(random)
  const options = { passphrase: PASSPHRASE, random: failing, identity }
  expect(() => new ProfileFolder(folder, options)).toThrow('nothing left to chance')
  expect(filled.map((bytes) => bytes.length)).toEqual([32, 32, 24])
  expect(filled[0]).toEqual(new Uint8Array(32))
  expect(failure(PASSPHRASE)).toBeUndefined()
})

test('a folder that cannot be made is a clear error', () => {
  writeFileSync(join(folder, 'file'), '')
  expect(() => new ProfileFolder(join(folder, 'file'), { random })).toThrow('cannot be made')
})

test('a file is replaced as a whole, and a new file never overwrites one', () => {
  const path = join(folder, 'file')
  writeFileAtomically(path, utf8Encode('one'))
  writeFileAtomically(path, utf8Encode('two'))
  expect(readFileSync(path, 'utf8')).toBe('two')
  expect(readdirSync(folder)).toEqual(['file'])
  expect(() => writeNewFile(path, utf8Encode('three'))).toThrow('EEXIST')
  expect(readFileSync(path, 'utf8')).toBe('two')
})

test('a passphrase is set, changed and taken away, for savefile and key together', () => {
  const other = utf8Encode('battery staple')
  const key = opened((profile) => {
    profile.setPassphrase(undefined, PASSPHRASE)
    expect([profile.isEncrypted, profile.keyProtection]).toEqual([true, 'passphrase'])
    return profile.profile.keys.publicKey.hex
  })
  opened((profile) => {
    for (const wrong of [undefined, other]) {
      const before = allFiles()
      expect(() => profile.setPassphrase(wrong, undefined)).toThrow(
        expect.objectContaining({ code: wrong ? 'wrongPassphrase' : 'passphraseNeeded' }),
      )
      expect(allFiles()['data.key']).toBe(before['data.key'])
      expect(allFiles()['profile.tox']).toBe(before['profile.tox'])
    }
    profile.setPassphrase(PASSPHRASE, other)
  }, PASSPHRASE)
  expect(failure(PASSPHRASE)).toMatchObject({ code: 'wrongPassphrase' })
  opened((profile) => profile.setPassphrase(other, undefined), other)
  opened((profile) => {
    expect(profile.profile.keys.publicKey.hex).toBe(key)
    expect([profile.isEncrypted, profile.keyProtection]).toEqual([false, 'file'])
  })
})

test('a kill between key and savefile leaves a profile that opens with the passphrase of its savefile', () => {
  // Goal: no moment with a profile that nobody opens. Method: the files of before and after, mixed as a kill would.
  const [before, after] = [allFilesOf(PASSPHRASE, undefined), allFilesOf(PASSPHRASE, utf8Encode('next'))]
  const both = `${before['data.key']}${after['data.key']}`
  for (const [savefile, passphrase] of [
    [before['profile.tox'], PASSPHRASE],
    [after['profile.tox'], utf8Encode('next')],
  ] as const) {
    writeFileSync(join(folder, 'data.key'), Buffer.from(both, 'hex'))
    writeFileSync(join(folder, 'profile.tox'), Buffer.from(savefile ?? '', 'hex'))
    opened((profile) => expect(profile.isEncrypted).toBe(true), passphrase)
    expect(readFileSync(join(folder, 'data.key'))).toHaveLength(112)
  }
})

/** The files as they are with a passphrase, or once it was changed. */
function allFilesOf(passphrase: Uint8Array, next: Uint8Array | undefined): Record<string, string> {
  opened((profile) => next && profile.setPassphrase(passphrase, next), passphrase)
  return allFiles()
}

test('a look into a folder tells whether there is a profile, and whether it needs a passphrase', () => {
  expect(lookIntoFolder(folder)).toBe('new')
  expect(lookIntoFolder(join(folder, 'none'))).toBe('new')
  opened(() => {}, PASSPHRASE)
  expect(lookIntoFolder(folder)).toBe('locked')
  opened((profile) => profile.setPassphrase(PASSPHRASE, undefined), PASSPHRASE)
  expect(lookIntoFolder(folder)).toBe('unlocked')
  rmSync(join(folder, 'profile.tox'))
  expect(lookIntoFolder(folder)).toBe('unlocked')
})

test('a second instance is kept out before it can write anything, also of a folder that is just being made', () => {
  const lock = lockProfileFolder(folder)
  const before = allFiles()
  expect(failure()).toMatchObject({ code: 'locked' })
  expect(allFiles()).toEqual(before)
  lock.release()
  opened(() => expect(failure()).toMatchObject({ code: 'locked' }))
  expect(failure()).toBeUndefined()
})
