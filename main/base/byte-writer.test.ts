import { expect, test } from 'vitest'
import { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'

test('fields of every width survive the buffer growing under them', () => {
  const writer = new ByteWriter(1)
  writer.u8(0xab)
  writer.u16(0xabcd)
  writer.u32(0xabcdef01)
  writer.u48(0xabcdef012345)
  writer.u53(Number.MAX_SAFE_INTEGER)
  writer.u64(2n ** 64n - 1n)
  writer.bytes(new Uint8Array(5_000).fill(7))
  writer.zeros(3)
  const reader = new ByteReader(writer.finish())
  expect([reader.u8(), reader.u16(), reader.u32(), reader.u48()]).toEqual([0xab, 0xabcd, 0xabcdef01, 0xabcdef012345])
  expect([reader.u53(), reader.u64()]).toEqual([Number.MAX_SAFE_INTEGER, 2n ** 64n - 1n])
  expect(reader.bytes(5_000)).toEqual(new Uint8Array(5_000).fill(7))
  expect(reader.rest()).toEqual(new Uint8Array(3))
})

test('values that do not fit are our own bug, and finish empties the writer', () => {
  const writer = new ByteWriter()
  for (const write of [
    () => writer.u8(256),
    () => writer.u16(-1),
    () => writer.u32(2 ** 32),
    () => writer.u48(2 ** 48),
  ]) {
    expect(write).toThrow('out of range')
  }
  writer.u8(1)
  expect(writer.finish()).toEqual(Uint8Array.of(1))
  expect(writer.finish()).toEqual(new Uint8Array(0))
})
