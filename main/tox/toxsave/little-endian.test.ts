import { expect, test } from 'vitest'
import { ByteReader, DecodeError } from '../../base/byte-reader.ts'
import { ByteWriter } from '../../base/byte-writer.ts'
import { readU16Le, readU32Le, writeU16Le, writeU32Le } from './little-endian.ts'

test('numbers stand with their low byte first, and come back', () => {
  const writer = new ByteWriter()
  writeU32Le(writer, 0x15ed1b1f)
  writeU16Le(writer, 0x01ce)
  writeU32Le(writer, 0xffffffff)
  const bytes = writer.finish()
  expect([...bytes]).toEqual([0x1f, 0x1b, 0xed, 0x15, 0xce, 0x01, 0xff, 0xff, 0xff, 0xff])
  const reader = new ByteReader(bytes)
  expect([readU32Le(reader), readU16Le(reader), readU32Le(reader)]).toEqual([0x15ed1b1f, 0x01ce, 0xffffffff])
  expect(() => readU16Le(reader)).toThrow(DecodeError)
})
