import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DecodeError } from '../base/byte-reader.ts'
import { propertySeed } from '../base/test-seed.ts'
import { decode, encode } from './codec.ts'
import {
  cryptoData,
  dataOf,
  dataPlain,
  frameCryptoData,
  isCryptoDataSize,
  nonceLowOf,
  numberOf,
  recvStartOf,
  sealedPartOf,
  unwrapCount,
} from './crypto-data.ts'

const u32 = fc.nat(2 ** 32 - 1)

test('counts and data come back from the plain text, whose size is 1,373 less a multiple of eight, plus the counts', () => {
  const data = fc.uint8Array({ minLength: 1, maxLength: 1_373 }).map((bytes) => {
    if (bytes[0] === 0) bytes[0] = 1
    return bytes
  })
  fc.assert(
    fc.property(u32, u32, data, (recvStart, number, body) => {
      const plain = dataPlain(recvStart, number, body)
      expect((1_373 + 8 - plain.length) % 8).toBe(0)
      expect(plain.length).toBeLessThan(8 + body.length + 8)
      expect(recvStartOf(plain)).toBe(recvStart)
      expect(numberOf(plain)).toBe(number)
      expect(dataOf(plain)).toEqual(body)
    }),
    { seed: propertySeed() },
  )
})

test('a plain text of zeros alone has no data', () => {
  expect(dataOf(new Uint8Array(8))).toBeUndefined()
  expect(dataOf(new Uint8Array(16))).toBeUndefined()
})

test('the quick frame is the one that the codec describes', () => {
  const sealed = new Uint8Array(40).fill(7)
  const framed = frameCryptoData(0xabcd, sealed)
  expect(framed).toEqual(encode(cryptoData, { nonceLow: 0xabcd, sealed }))
  expect(decode(cryptoData, framed)).toEqual({ nonceLow: nonceLowOf(framed), sealed: sealedPartOf(framed) })
})

test('packets have 28 to 1,400 bytes', () => {
  expect([27, 28, 1_400, 1_401].map(isCryptoDataSize)).toEqual([false, true, true, false])
  for (const length of [28, 1_400]) {
    expect(() => decode(cryptoData, frameCryptoData(0, new Uint8Array(length - 3)))).not.toThrow()
  }
  for (const length of [27, 1_401]) {
    expect(() => decode(cryptoData, frameCryptoData(0, new Uint8Array(length - 3)))).toThrow(DecodeError)
  }
})

test('a 32-bit count stands for the full count nearest to the one expected', () => {
  expect(unwrapCount(5, 3)).toBe(5)
  expect(unwrapCount(1, 2 ** 32 - 1)).toBe(2 ** 32 + 1)
  expect(unwrapCount(2 ** 32 - 1, 2 ** 32 + 1)).toBe(2 ** 32 - 1)
  expect(unwrapCount(2 ** 32 - 1, 0)).toBe(-1)
  fc.assert(
    fc.property(fc.nat(2 ** 40), fc.integer({ min: -32_768, max: 32_768 }), (near, ahead) => {
      const count = near + ahead
      if (count >= 0) expect(unwrapCount(count % 2 ** 32, near)).toBe(count)
    }),
    { seed: propertySeed() },
  )
})
