import { ByteReader } from '../../base/byte-reader.ts'
import { ByteWriter } from '../../base/byte-writer.ts'
import { readU16Le, readU32Le, writeU16Le, writeU32Le } from './little-endian.ts'
import { ToxsaveError } from './toxsave-error.ts'

/** Types of the sections that this implementation reads and writes; all others it keeps. */
export const SectionType = {
  keys: 1,
  dht: 2,
  friends: 3,
  name: 4,
  statusMessage: 5,
  status: 6,
  pathNodes: 11,
  end: 255,
} as const

/** Marks each section of the file, and each inside section 2. */
export const FILE_COOKIE = 0x01ce
export const DHT_COOKIE = 0x11ce

const SECTION_HEAD_BYTES = 8

export interface Section {
  readonly type: number
  readonly data: Uint8Array
}

/**
 * Sections one after another:
 *
 * | bytes | field                       |
 * |-------|-----------------------------|
 * | 4     | length, little-endian       |
 * | 2     | type, little-endian         |
 * | 2     | cookie, little-endian       |
 * | n     | data                        |
 *
 * With `endType` they stop there, whatever follows (libtoxcore pads its files), and a list without it was cut;
 * otherwise they fill all the bytes. Throws ToxsaveError. Data are views into the input.
 */
export function readSections(bytes: Uint8Array, cookie: number, endType?: number): Section[] {
  const reader = new ByteReader(bytes)
  const sections: Section[] = []
  while (endType !== undefined || reader.remaining > 0) {
    if (reader.remaining < SECTION_HEAD_BYTES)
      throw new ToxsaveError('cut', 'the savefile ends within the head of a section')
    const length = readU32Le(reader)
    const type = readU16Le(reader)
    if (readU16Le(reader) !== cookie) throw new ToxsaveError('malformed', `section ${type} of the savefile is garbled`)
    if (length > reader.remaining) throw new ToxsaveError('cut', `the savefile ends within section ${type}`)
    const data = reader.bytes(length)
    if (type === endType) break
    sections.push({ type, data })
  }
  return sections
}

/** The bytes are the only copy of the data that is made: whoever wipes them leaves none. */
export function writeSections(sections: readonly Section[], cookie: number): Uint8Array {
  const lengthBytes = sections.reduce((sum, { data }) => sum + SECTION_HEAD_BYTES + data.length, 0)
  const writer = new ByteWriter(lengthBytes)
  for (const { type, data } of sections) {
    writeU32Le(writer, data.length)
    writeU16Le(writer, type)
    writeU16Le(writer, cookie)
    writer.bytes(data)
  }
  return writer.finishView()
}
