import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { utf8Encode } from '../base/bytes.ts'
import { SeededRandom } from '../base/random.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { type KeyGuard, openDataKey, writeDataKey } from './data-key.ts'
import type { KeyStore } from './key-store.ts'

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

function guardOf(passphrase?: Uint8Array, keyStore?: KeyStore): KeyGuard {
  return { passphrase, keyStore, random }
}

function keyOf(passphrase: Uint8Array | undefined, at = path): Uint8Array {
  return openDataKey(at, guardOf(passphrase)).key
}

test('without a passphrase the key lies open in a file that only the user can read', () => {
  const key = keyOf(undefined)
  expect(key).toHaveLength(32)
  expect(readFileSync(path, 'latin1')).toBe(`AMPKEY0\n${Buffer.from(key).toString('latin1')}`)
  expect(statSync(path).mode & 0o077).toBe(0)
  expect(keyOf(undefined)).toEqual(key)
})

test('with a passphrase the key lies nowhere in the file, and opens with just that passphrase', () => {
  const key = keyOf(PASSPHRASE)
  const bytes = readFileSync(path)
  expect(bytes).toHaveLength(8 + 32 + 24 + 16 + 32)
  expect(bytes.includes(Buffer.from(key))).toBe(false)
  expect(keyOf(PASSPHRASE)).toEqual(key)
  const refusals = [() => keyOf(utf8Encode('wrong')), () => keyOf(undefined)]
  for (const [at, code] of (['wrongPassphrase', 'passphraseNeeded'] as const).entries()) {
    expect(refusals[at]).toThrow(expect.objectContaining({ name: 'ProfileError', code }))
  }
  expect(readFileSync(path).equals(bytes)).toBe(true)
})

test('a damaged file is left as it is', () => {
  for (const content of [
    '',
    'AMPKEY0\nshort',
    'AMPKEY1\nshort',
    'x'.repeat(40),
    'AMPKEY2\n'.padEnd(40, 'x'),
    'AMPKEY3\n'.padEnd(40),
  ]) {
    writeFileSync(path, content)
    for (const passphrase of [undefined, PASSPHRASE]) {
      expect(() => keyOf(passphrase)).toThrow(expect.objectContaining({ code: 'unreadable' }))
    }
    expect(readFileSync(path, 'utf8')).toBe(content)
  }
})

test('a flipped bit of a wrapped key is a wrong passphrase, not another key', () => {
  keyOf(PASSPHRASE)
  const bytes = readFileSync(path)
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
  writeFileSync(path, bytes)
  expect(() => keyOf(PASSPHRASE)).toThrow(expect.objectContaining({ code: 'wrongPassphrase' }))
})

test('a folder that is not there gets no key', () => {
  expect(() => keyOf(undefined, join(folder, 'none', 'data.key'))).toThrow('ENOENT')
  expect(existsSync(join(folder, 'none'))).toBe(false)
})

/** A key store of the system, played: it knows what it wrapped by a byte. */
const keyStore: KeyStore = {
  wrap: (key) => Uint8Array.from([42, ...key.map((byte) => byte ^ 0x55)]),
  unwrap: (wrapped) => {
    if (wrapped[0] !== 42) throw new Error('wrapped by somebody else')
    return wrapped.slice(1).map((byte) => byte ^ 0x55)
  },
}

test('where the system keeps keys, a key without a passphrase lies nowhere in the file', () => {
  const { key, protection } = openDataKey(path, guardOf(undefined, keyStore))
  expect(protection).toBe('system')
  expect(readFileSync(path).includes(Buffer.from(key))).toBe(false)
  expect(openDataKey(path, guardOf(undefined, keyStore))).toEqual({ key, protection: 'system' })
  const strange: KeyStore = { ...keyStore, unwrap: () => new Uint8Array(31) }
  const deaf: KeyStore = { ...keyStore, unwrap: () => keyStore.unwrap(new Uint8Array(33)) }
  for (const store of [undefined, strange, deaf]) {
    expect(() => openDataKey(path, guardOf(undefined, store))).toThrow(expect.objectContaining({ code: 'unreadable' }))
  }
})

test('a file between two passphrases opens with either, and then has the one that opened it', () => {
  const key = keyOf(PASSPHRASE)
  const next = utf8Encode('battery staple')
  for (const passphrase of [PASSPHRASE, next]) {
    expect(writeDataKey(path, key, [guardOf(PASSPHRASE), guardOf(next)])).toBe('passphrase')
    expect(() => keyOf(utf8Encode('wrong'))).toThrow(expect.objectContaining({ code: 'wrongPassphrase' }))
    expect(keyOf(passphrase)).toEqual(key)
    const other = passphrase === next ? PASSPHRASE : next
    expect(() => keyOf(other)).toThrow(expect.objectContaining({ code: 'wrongPassphrase' }))
  }
})

test('a file between no passphrase and one opens with and without it', () => {
  const key = keyOf(undefined)
  for (const passphrase of [undefined, PASSPHRASE]) {
    writeDataKey(path, key, [guardOf(undefined), guardOf(PASSPHRASE)])
    expect(keyOf(passphrase)).toEqual(key)
  }
})
