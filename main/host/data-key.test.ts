import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { utf8Encode } from '../base/bytes.ts'
import { SeededRandom } from '../base/random.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { openDataKey } from './data-key.ts'

await sodiumReady
const PASSPHRASE = utf8Encode('correct horse')
const random = new SeededRandom(1)
let folder = ''
let path = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ampoule-key-'))
  path = join(folder, 'data.key')
})

afterEach(() => rmSync(folder, { recursive: true }))

test('without a passphrase the key lies open in a file that only the user can read', () => {
  const key = openDataKey(path, undefined, random)
  expect(key).toHaveLength(32)
  expect(readFileSync(path, 'latin1')).toBe(`AMPKEY0\n${Buffer.from(key).toString('latin1')}`)
  expect(statSync(path).mode & 0o077).toBe(0)
  expect(openDataKey(path, undefined, random)).toEqual(key)
})

test('with a passphrase the key lies nowhere in the file, and opens with just that passphrase', () => {
  const key = openDataKey(path, PASSPHRASE, random)
  const bytes = readFileSync(path)
  expect(bytes).toHaveLength(8 + 32 + 24 + 16 + 32)
  expect(bytes.includes(Buffer.from(key))).toBe(false)
  expect(openDataKey(path, PASSPHRASE, random)).toEqual(key)
  const refusals = [() => openDataKey(path, utf8Encode('wrong'), random), () => openDataKey(path, undefined, random)]
  for (const [at, code] of (['wrongPassphrase', 'passphraseNeeded'] as const).entries()) {
    expect(refusals[at]).toThrow(expect.objectContaining({ name: 'ProfileError', code }))
  }
  expect(readFileSync(path).equals(bytes)).toBe(true)
})

test('a damaged file is left as it is', () => {
  for (const content of ['', 'AMPKEY0\nshort', 'AMPKEY1\nshort', 'x'.repeat(40), 'AMPKEY2\n'.padEnd(40, 'x')]) {
    writeFileSync(path, content)
    for (const passphrase of [undefined, PASSPHRASE]) {
      expect(() => openDataKey(path, passphrase, random)).toThrow(expect.objectContaining({ code: 'unreadable' }))
    }
    expect(readFileSync(path, 'utf8')).toBe(content)
  }
})

test('a flipped bit of a wrapped key is a wrong passphrase, not another key', () => {
  openDataKey(path, PASSPHRASE, random)
  const bytes = readFileSync(path)
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
  writeFileSync(path, bytes)
  expect(() => openDataKey(path, PASSPHRASE, random)).toThrow(expect.objectContaining({ code: 'wrongPassphrase' }))
})

test('a folder that is not there gets no key', () => {
  expect(() => openDataKey(join(folder, 'none', 'data.key'), undefined, random)).toThrow('ENOENT')
  expect(existsSync(join(folder, 'none'))).toBe(false)
})
