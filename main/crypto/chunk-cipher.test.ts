import { expect, test } from 'vitest'
import { utf8Encode } from '../base/bytes.ts'
import { CHUNK_BYTES, ChunkCipher, isBearableCost, PASSPHRASE_COST, SEALED_CHUNK_BYTES } from './chunk-cipher.ts'
import { sodiumReady } from './sodium.ts'

await sodiumReady
/** The least that Argon2id takes: what is shown here does not depend on it. */
const QUICK = { passes: 1, memoryKib: 8 }
const SALT = new Uint8Array(16).fill(7)
const HEADER = utf8Encode('header')
const FULL = new Uint8Array(CHUNK_BYTES).fill(1)
const END = utf8Encode('the end')

function cipher(passphrase = 'correct horse', salt = SALT, header = HEADER): ChunkCipher {
  return new ChunkCipher(utf8Encode(passphrase), salt, QUICK, header)
}

function sealedText(): Uint8Array[] {
  const sealer = cipher()
  return [sealer.seal(FULL, false), sealer.seal(FULL, false), sealer.seal(END, true)]
}

test('chunks open in their order, the last as the last', () => {
  const sealed = sealedText()
  expect(sealed.map(({ length }) => length)).toEqual([SEALED_CHUNK_BYTES, SEALED_CHUNK_BYTES, END.length + 16])
  const opener = cipher()
  expect(sealed.map((chunk, at) => opener.open(chunk, at === 2))).toEqual([FULL, FULL, END])
})

test('equal chunks are sealed to different bytes', () => {
  const [first, second] = sealedText()
  expect(first).not.toEqual(second)
})

test('a chunk that was left out, doubled, moved, altered or cut off does not open', () => {
  const [first = END, second = END, last = END] = sealedText()
  expect(cipher().open(second, false)).toBeUndefined()
  const doubled = cipher()
  doubled.open(first, false)
  expect(doubled.open(first, false)).toBeUndefined()
  const cut = cipher()
  cut.open(first, false)
  expect(cut.open(second, true)).toBeUndefined()
  const early = cipher()
  expect(early.open(last, true)).toBeUndefined()
  first[0] = (first[0] ?? 0) ^ 1
  expect(cipher().open(first, false)).toBeUndefined()
})

test('another passphrase, salt or header opens nothing, and the check says so before', () => {
  const [first = END] = sealedText()
  const check = cipher().keyCheck()
  expect(cipher().isKeyCheck(check)).toBe(true)
  for (const other of [
    cipher('battery'),
    cipher('correct horse', new Uint8Array(16)),
    cipher('correct horse', SALT, END),
  ]) {
    expect(other.isKeyCheck(check)).toBe(false)
    expect(other.open(first, false)).toBeUndefined()
  }
})

test('a file cannot make us spend all memory or time', () => {
  expect(isBearableCost(PASSPHRASE_COST)).toBe(true)
  for (const cost of [
    { passes: 17, memoryKib: 8 },
    { passes: 0, memoryKib: 8 },
    { passes: 1, memoryKib: 262_145 },
    { passes: 1, memoryKib: 0 },
  ]) {
    expect(isBearableCost(cost)).toBe(false)
    expect(() => new ChunkCipher(END, SALT, cost, HEADER)).toThrow('out of range')
  }
})

test('nobody seals chunks of another length', () => {
  expect(() => cipher().seal(END, false)).toThrow('wrong length')
  expect(() => cipher().seal(new Uint8Array(CHUNK_BYTES + 1), true)).toThrow('wrong length')
})
