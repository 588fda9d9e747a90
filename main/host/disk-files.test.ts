import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { utf8Encode } from '../base/bytes.ts'
import { ApiErrorCode } from '../../shared/api/errors.ts'
import { fileNameOf, readWholeFile } from './disk-files.ts'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ampoule-disk-'))
})

afterEach(() => rmSync(folder, { recursive: true }))

function file(name: string, content: string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

test('the name of a file is the last part of its path, cut at a whole character to 255 bytes', () => {
  expect(fileNameOf('/a/b/c.txt')).toBe('c.txt')
  expect(fileNameOf(`/a/${'ä'.repeat(200)}`)).toBe('ä'.repeat(127))
  // Without its ending no system would know what to do with it.
  expect(fileNameOf(`/a/${'ä'.repeat(200)}.jpg`)).toBe(`${'ä'.repeat(125)}.jpg`)
})

test('a file that is to wait is read as a whole up to the limit', () => {
  expect(readWholeFile(file('small', 'hello'), 5)).toEqual(utf8Encode('hello'))
  expect(() => readWholeFile(file('big', 'hello!'), 5)).toThrow(
    expect.objectContaining({ code: ApiErrorCode.Impossible }),
  )
  expect(() => readWholeFile(join(folder, 'none'), 5)).toThrow(/there is no such file or folder/)
})
