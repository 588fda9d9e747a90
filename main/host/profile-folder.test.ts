import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { utf8Encode } from '../base/bytes.ts'
import { SeededRandom } from '../base/random.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { writeFileAtomically, writeNewFile } from './atomic-file.ts'
import { ProfileFolder } from './profile-folder.ts'

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
