import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeFileAtomically, writeNewFile } from './atomic-file.ts'

const MODULE = pathToFileURL(join(import.meta.dirname, 'atomic-file.ts')).href
const BYTES = 200_000
let folder = ''
let path = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ampoule-atomic-'))
  path = join(folder, 'file')
})

afterEach(() => rmSync(folder, { recursive: true }))

/**
 * Calls `write` where the system takes no more than 64 blocks of a file: as on a full disk, the write that crosses the
 * bound takes a part and says so, and only the next one fails. Returns the code of the error, or `written`.
 */
function writeWithLittleRoom(write: 'writeFileAtomically' | 'writeNewFile'): string {
  const script = `
    import { ${write} } from ${JSON.stringify(MODULE)}
    try {
      ${write}(${JSON.stringify(path)}, new Uint8Array(${BYTES}).fill(7))
      console.log('written')
    } catch (error) {
      console.log(error.code)
    }`
  const inShell = ['-c', 'ulimit -f 64; exec "$0" "$@"', process.execPath, '--input-type=module', '-e', script]
  return execFileSync('sh', inShell, { encoding: 'utf8' }).trim()
}

test('a replaced file holds the new bytes, for the user alone, and nothing lies beside it', () => {
  writeFileSync(path, 'old')
  writeFileAtomically(path, Uint8Array.of(1, 2, 3))
  expect([...readFileSync(path)]).toEqual([1, 2, 3])
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(readdirSync(folder)).toEqual(['file'])
})

test('a file that the disk takes only a part of leaves the old one as it was', () => {
  writeFileSync(path, 'old')
  expect(writeWithLittleRoom('writeFileAtomically')).toBe('EFBIG')
  expect(readFileSync(path, 'utf8')).toBe('old')
  expect(readdirSync(folder)).toEqual(['file'])
})

test('a new file that the disk takes only a part of is an error, and is gone again', () => {
  expect(writeWithLittleRoom('writeNewFile')).toBe('EFBIG')
  expect(existsSync(path)).toBe(false)
})

test('a new file never takes the place of one that is there', () => {
  writeFileSync(path, 'old')
  expect(() => writeNewFile(path, Uint8Array.of(1))).toThrow('EEXIST')
  expect(readFileSync(path, 'utf8')).toBe('old')
})
