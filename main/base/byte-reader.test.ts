import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByteReader, DecodeError } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import { propertySeed } from './test-seed.ts'

const WIDTHS = ['u8', 'u16', 'u32', 'u48', 'u53', 'u64'] as const

test('reads big-endian fields one after another, from a view in the middle of a buffer too', () => {
  const buffer = Uint8Array.of(9, 1, 2, 3, 4, 5, 6, 7, 8, 9)
  const reader = new ByteReader(buffer.subarray(1, 9))
  expect(reader.u16()).toBe(0x0102)
  expect(reader.u8()).toBe(3)
  expect(reader.offset).toBe(3)
  expect(reader.bytes(2)).toEqual(Uint8Array.of(4, 5))
  expect(reader.remaining).toBe(3)
  expect(() => reader.end()).toThrow('trailing bytes')
  expect(reader.rest()).toEqual(Uint8Array.of(6, 7, 8))
  expect(() => reader.end()).not.toThrow()
})

test('every field read past the end is a DecodeError that names the place, and moves nothing', () => {
  for (const width of WIDTHS) {
    const reader = new ByteReader(new Uint8Array(0))
    expect(() => reader[width]()).toThrow(DecodeError)
  }
  const reader = new ByteReader(Uint8Array.of(1, 2))
  reader.u8()
  try {
    reader.u32()
    expect.unreachable()
  } catch (error) {
    expect(error).toMatchObject({ name: 'DecodeError', offset: 1 })
  }
  expect(() => reader.bytes(-1)).toThrow(DecodeError)
  expect(() => reader.bytes(2)).toThrow(DecodeError)
  expect(reader.u8()).toBe(2)
})

test('a number of 8 bytes that a JavaScript number cannot hold is refused', () => {
  expect(new ByteReader(Uint8Array.of(0, 31, 255, 255, 255, 255, 255, 255)).u53()).toBe(Number.MAX_SAFE_INTEGER)
  expect(() => new ByteReader(Uint8Array.of(0, 32, 0, 0, 0, 0, 0, 0)).u53()).toThrow(DecodeError)
})

test('whatever the writer writes, the reader reads', () => {
  const fields = fc.record({
    u8: fc.nat({ max: 0xff }),
    u16: fc.nat({ max: 0xffff }),
    u32: fc.nat({ max: 0xffffffff }),
    u48: fc.maxSafeNat().map((value) => value % 2 ** 48),
    u53: fc.maxSafeNat(),
    u64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  })
  fc.assert(
    fc.property(fields, fc.uint8Array(), (value, tail) => {
      const writer = new ByteWriter(1)
      for (const width of WIDTHS) {
        if (width === 'u64') writer.u64(value.u64)
        else writer[width](value[width])
      }
      writer.bytes(tail)
      const reader = new ByteReader(writer.finish())
      const read = Object.fromEntries(WIDTHS.map((width) => [width, reader[width]()]))
      expect(read).toEqual(value)
      expect(reader.rest()).toEqual(tail)
    }),
    { seed: propertySeed() },
  )
})
