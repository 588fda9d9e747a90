import type { ByteReader } from '../../base/byte-reader.ts'
import type { ByteWriter } from '../../base/byte-writer.ts'

/** The savefile's own numbers are little-endian, unlike all else in Tox. */
export function readU16Le(reader: ByteReader): number {
  return reader.u8() + reader.u8() * 2 ** 8
}

export function readU32Le(reader: ByteReader): number {
  return readU16Le(reader) + readU16Le(reader) * 2 ** 16
}

export function writeU16Le(writer: ByteWriter, value: number): void {
  writer.u8(value % 2 ** 8)
  writer.u8(Math.floor(value / 2 ** 8))
}

export function writeU32Le(writer: ByteWriter, value: number): void {
  writeU16Le(writer, value % 2 ** 16)
  writeU16Le(writer, Math.floor(value / 2 ** 16))
}
