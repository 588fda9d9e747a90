import { expect, test } from 'vitest'
import { concat, fromHex } from '../../base/bytes.ts'
import { FILE_COOKIE, readSections, SectionType, writeSections } from './sections.ts'
import { ToxsaveError, type ToxsaveErrorCode } from './toxsave-error.ts'

const SECTIONS = [
  { type: 4, data: Uint8Array.of(0x42) },
  { type: 20, data: new Uint8Array(0) },
]
const END = { type: SectionType.end, data: new Uint8Array(0) }

function code(bytes: Uint8Array, endType?: number): ToxsaveErrorCode | 'read' {
  try {
    readSections(bytes, FILE_COOKIE, endType)
    return 'read'
  } catch (error) {
    if (error instanceof ToxsaveError) return error.code
    throw error
  }
}

test('a section is length, type and cookie, low byte first, then data', () => {
  expect(writeSections(SECTIONS.slice(0, 1), FILE_COOKIE)).toEqual(fromHex('010000000400CE0142'))
  expect(readSections(writeSections(SECTIONS, FILE_COOKIE), FILE_COOKIE)).toEqual(SECTIONS)
})

test('stops at the end section, whatever follows it', () => {
  const bytes = concat(writeSections([...SECTIONS, END], FILE_COOKIE), new Uint8Array(50).fill(0xee))
  expect(readSections(bytes, FILE_COOKIE, SectionType.end)).toEqual(SECTIONS)
})

test('a list that ends in a section, or without its end, was cut; one with another cookie is malformed', () => {
  const bytes = writeSections([...SECTIONS, END], FILE_COOKIE)
  for (let length = 0; length < bytes.length; length += 1) {
    expect(code(bytes.subarray(0, length), SectionType.end)).toBe('cut')
  }
  expect(code(bytes, SectionType.end)).toBe('read')
  const garbled = bytes.slice()
  garbled[6] = 0
  expect(code(garbled, SectionType.end)).toBe('malformed')
  expect(code(fromHex('FFFFFFFF0400CE01'))).toBe('cut')
})
