import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DecodeError } from './byte-reader.ts'
import {
  compareBytes,
  concat,
  equalBytes,
  equalInConstantTime,
  fromHex,
  isAllZero,
  toHex,
  utf8Decode,
  utf8Encode,
  utf8Length,
  wipe,
} from './bytes.ts'
import { propertySeed } from './test-seed.ts'

const seed = propertySeed()
/** Every UTF-16 string, lone surrogates among them. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.nat({ max: 0xffff })).map((units) => String.fromCharCode(...units)),
)

test('hex is upper case, two digits a byte, and read in either case', () => {
  expect(toHex(Uint8Array.of(0, 10, 255))).toBe('000AFF')
  expect(fromHex('000aFf')).toEqual(Uint8Array.of(0, 10, 255))
  expect(fromHex('')).toEqual(new Uint8Array(0))
  for (const wrong of ['0', '0g', ' 00', '0x00']) expect(() => fromHex(wrong)).toThrow(DecodeError)
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(fromHex(toHex(bytes))).toEqual(bytes)
    }),
    { seed },
  )
})

test('UTF-8 is what TextEncoder makes, and its length is known beforehand', () => {
  const encoder = new TextEncoder()
  fc.assert(
    fc.property(anyText, (text) => {
      const bytes = utf8Encode(text)
      expect(bytes).toEqual(new Uint8Array(encoder.encode(text)))
      expect(utf8Length(text)).toBe(bytes.length)
    }),
    { seed, numRuns: 500 },
  )
})

test('well-formed UTF-8 is read as TextDecoder reads it', () => {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  fc.assert(
    fc.property(anyText, (text) => {
      const bytes = utf8Encode(text)
      expect(utf8Decode(bytes)).toBe(decoder.decode(bytes))
    }),
    { seed, numRuns: 500 },
  )
})

test('malformed UTF-8 is found exactly where a strict TextDecoder finds it, and never throws', () => {
  const strict = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true })
  const pieces = fc.constantFrom(0x41, 0x7f, 0x80, 0xbf, 0xc0, 0xc2, 0xe0, 0xed, 0xa0, 0xf0, 0x90, 0xf4, 0x8f, 0xff)
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 12 }),
        fc.array(pieces).map((list) => Uint8Array.from(list)),
      ),
      (bytes) => {
        const text = utf8Decode(bytes)
        let whole: string | undefined
        try {
          whole = strict.decode(bytes)
        } catch {
          whole = undefined // Malformed, says the strict twin.
        }
        if (whole === undefined) expect(text).toContain('\ufffd')
        else expect(text).toBe(whole)
      },
    ),
    { seed, numRuns: 2_000 },
  )
})

test('each malformed byte becomes one U+FFFD, and what follows is read', () => {
  const text = (...bytes: number[]) => utf8Decode(Uint8Array.from(bytes))
  expect(text(0xc0, 0x80)).toBe('\ufffd\ufffd') // an overlong zero
  expect(text(0xed, 0xa0, 0x80, 0x41)).toBe('\ufffd\ufffd\ufffdA') // a surrogate
  expect(text(0xf4, 0x90, 0x80, 0x80)).toBe('\ufffd'.repeat(4)) // past the last code point
  expect(text(0xe2, 0x82)).toBe('\ufffd\ufffd') // cut
  expect(text(0xff, 0x41)).toBe('\ufffdA')
})

test('joins, compares and orders bytes', () => {
  expect(concat()).toEqual(new Uint8Array(0))
  expect(concat(Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2, 3))).toEqual(Uint8Array.of(1, 2, 3))
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 4, max: 2 }), fc.uint8Array({ maxLength: 4, max: 2 }), (left, right) => {
      const isEqual = toHex(left) === toHex(right)
      expect(equalBytes(left, right)).toBe(isEqual)
      expect(equalInConstantTime(left, right)).toBe(isEqual)
      const order = Math.sign(compareBytes(left, right))
      expect(order).toBe(toHex(left) < toHex(right) ? -1 : toHex(left) > toHex(right) ? 1 : 0)
      expect(Math.sign(compareBytes(right, left)) + order).toBe(0)
    }),
    { seed, numRuns: 500 },
  )
})

test('the order of bytes is transitive', () => {
  const some = fc.uint8Array({ maxLength: 3, max: 3 })
  fc.assert(
    fc.property(some, some, some, (a, b, c) => {
      const [low, middle, high] = [a, b, c].sort(compareBytes)
      expect(low && high && compareBytes(low, high)).toBeLessThanOrEqual(0)
      expect(low && middle && compareBytes(low, middle)).toBeLessThanOrEqual(0)
    }),
    { seed },
  )
})

test('knows zeros, and wipes all that it is given', () => {
  expect(isAllZero(new Uint8Array(5))).toBe(true)
  expect(isAllZero(new Uint8Array(0))).toBe(true)
  expect(isAllZero(Uint8Array.of(0, 0, 1))).toBe(false)
  const secrets = [Uint8Array.of(1, 2), Uint8Array.of(3)]
  wipe(...secrets)
  expect(secrets.every(isAllZero)).toBe(true)
})
