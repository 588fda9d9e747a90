import { expect, test } from 'vitest'
import { fromHex, toHex } from '../base/bytes.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { decode, encode } from './codec.ts'
import { codecs } from './registry.ts'
import { fromReadable, toReadable, vectorsOf } from './test-vectors.ts'

await sodiumReady

test.each(codecs)('$name reads and writes its test vectors', ({ name, family, codec }) => {
  const vectors = vectorsOf(family).filter((vector) => vector.codec === name)
  expect(vectors).not.toHaveLength(0)
  for (const { hex, value } of vectors) {
    expect(toReadable(decode(codec, fromHex(hex)))).toEqual(value)
    expect(toHex(encode(codec, fromReadable(value)))).toBe(hex)
  }
})

test('every vector belongs to a codec of its family, and every name is there once', () => {
  const families = new Set(codecs.map(({ family }) => family))
  for (const family of families) {
    const names = codecs.filter((entry) => entry.family === family).map(({ name }) => name)
    expect(vectorsOf(family).filter((vector) => !names.includes(vector.codec))).toEqual([])
  }
  expect(new Set(codecs.map(({ name }) => name)).size).toBe(codecs.length)
})
