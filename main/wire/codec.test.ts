import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { AssertionError } from '../base/assert.ts'
import { DecodeError } from '../base/byte-reader.ts'
import { fromHex, toHex } from '../base/bytes.ts'
import { propertySeed } from '../base/test-seed.ts'
import { PublicKey } from '../crypto/keys.ts'
import { VerifyKey } from '../crypto/sign.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import {
  bytes,
  type Codec,
  decode,
  encode,
  flag,
  list,
  oneOf,
  optional,
  packet,
  publicKey,
  restBytes,
  sizedBytes,
  struct,
  u8,
  u16,
  u32,
  u48,
  u53,
  u64,
  verifyKey,
} from './codec.ts'

beforeAll(() => sodiumReady)

const seed = propertySeed()

/** The hex of a value, and proof that it reads back. */
function through<T>(codec: Codec<T>, value: T): string {
  const written = encode(codec, value)
  expect(decode(codec, written)).toEqual(value)
  return toHex(written)
}

function refuses<T>(codec: Codec<T>, ...inputs: readonly string[]): void {
  for (const hex of inputs) expect(() => decode(codec, fromHex(hex))).toThrow(DecodeError)
}

test('numbers are big-endian, of fixed width', () => {
  expect(through(u8, 0xab)).toBe('AB')
  expect(through(u16, 1)).toBe('0001')
  expect(through(u32, 0x01020304)).toBe('01020304')
  expect(through(u48, 2 ** 48 - 1)).toBe('FFFFFFFFFFFF')
  expect(through(u53, Number.MAX_SAFE_INTEGER)).toBe('001FFFFFFFFFFFFF')
  expect(through(u64, 2n ** 63n)).toBe('8000000000000000')
  for (const [codec, length] of [
    [u8, 1],
    [u16, 2],
    [u32, 4],
    [u48, 6],
    [u53, 8],
  ] as const) {
    refuses(codec, '00'.repeat(length - 1), '00'.repeat(length + 1))
  }
  refuses(u53, '0020000000000000')
})

test('flags and choices take only the values they have', () => {
  expect(through(flag, true)).toBe('01')
  expect(through(flag, false)).toBe('00')
  refuses(flag, '02', 'FF', '')
  const choice = oneOf(3, 7)
  expect(through(choice, 7)).toBe('07')
  refuses(choice, '00', '04', '')
})

test('byte fields have their length, sized ones their bounds, the last one takes what is left', () => {
  expect(through(bytes(2), Uint8Array.of(1, 2))).toBe('0102')
  refuses(bytes(2), '01', '010203')
  expect(() => encode(bytes(2), new Uint8Array(3))).toThrow(AssertionError)
  const sized = sizedBytes(3, 1)
  expect(through(sized, Uint8Array.of(9, 8))).toBe('00020908')
  refuses(sized, '0000', '000401020304', '000201', '00')
  expect(() => encode(sized, new Uint8Array(0))).toThrow(AssertionError)
  expect(() => encode(sized, new Uint8Array(4))).toThrow(AssertionError)
  const rest = restBytes(2, 1)
  expect(through(rest, Uint8Array.of(5))).toBe('05')
  refuses(rest, '', '010203')
  expect(() => encode(rest, new Uint8Array(3))).toThrow(AssertionError)
})

test('lists and options say first how much there is', () => {
  const items = list(u16, 2, 1)
  expect(through(items, [1, 2])).toBe('0200010002')
  refuses(items, '00', '03000100020003', '020001')
  expect(() => encode(items, [])).toThrow(AssertionError)
  expect(() => list(u8, 256)).toThrow(AssertionError)
  expect(through(optional(u16), 5)).toBe('010005')
  expect(through(optional(u16), undefined)).toBe('00')
  refuses(optional(u16), '020005', '0100')
})

test('keys are their 32 bytes, and do not share them with the packet', () => {
  const input = new Uint8Array(32).fill(1)
  const key = decode(publicKey, input)
  const verify = decode(verifyKey, input)
  input.fill(2)
  expect(key.equals(new PublicKey(new Uint8Array(32).fill(1)))).toBe(true)
  expect(verify.equals(new VerifyKey(new Uint8Array(32).fill(1)))).toBe(true)
  expect(toHex(encode(publicKey, key))).toBe('01'.repeat(32))
  expect(toHex(encode(verifyKey, verify))).toBe('01'.repeat(32))
  refuses(publicKey, '00'.repeat(31))
})

const example = packet('example', 0xc7, {
  count: u16,
  inner: struct({ isOn: flag, label: sizedBytes(10) }),
  items: list(oneOf(1, 2), 5),
  note: optional(u32),
  tail: restBytes(6),
})

test('a packet is its id and its fields in the order written down', () => {
  const inner = { isOn: true, label: Uint8Array.of(0xaa) }
  const value = { count: 5, inner, items: [1, 2] as const, note: undefined, tail: Uint8Array.of(0xee) }
  expect(through(example, value)).toBe('C70005010001AA02010200EE')
  expect(example).toMatchObject({ id: 0xc7, name: 'example' })
  refuses(example, 'C80005010001AA02010200EE', '', 'C7')
})

test('what decodes encodes to the same bytes; all else is a DecodeError and nothing else', () => {
  const anyValue = fc.record({
    count: fc.nat({ max: 0xffff }),
    inner: fc.record({ isOn: fc.boolean(), label: fc.uint8Array({ maxLength: 10 }) }),
    items: fc.array(fc.constantFrom(1, 2 as const), { maxLength: 5 }),
    note: fc.option(fc.nat({ max: 0xffffffff }), { nil: undefined }),
    tail: fc.uint8Array({ maxLength: 6 }),
  })
  fc.assert(
    fc.property(anyValue, fc.nat(), fc.nat({ max: 255 }), (value, place, byte) => {
      const written = encode(example, value)
      expect(decode(example, written)).toEqual(value)
      const changed = written.slice(0, 1 + (place % written.length))
      changed[place % changed.length] = byte
      try {
        expect(encode(example, decode(example, changed))).toEqual(changed)
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error
      }
    }),
    { seed, numRuns: 1_000 },
  )
})

test('an encoder that fails half way leaves nothing behind for the next one', () => {
  const pair = struct({ first: u8, second: bytes(1) })
  expect(() => encode(pair, { first: 1, second: new Uint8Array(2) })).toThrow(AssertionError)
  expect(toHex(encode(u8, 7))).toBe('07')
})
