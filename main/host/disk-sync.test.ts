import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { DiskSync } from './disk-sync.ts'

const PATIENCE = { timeout: 30_000 }
/** The number of no open file. */
const NO_FILE = 1_000_000
let folder: string
let file: number

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ampoule-sync-'))
  file = openSync(join(folder, 'file'), 'w')
})

afterEach(() => {
  closeSync(file)
  rmSync(folder, { recursive: true })
})

test('tells once what was there when it began, and not before the disk has it', async () => {
  const subject = new DiskSync(file)
  writeSync(file, 'hello')
  subject.begin(5)
  subject.begin(6)
  expect(subject.take()).toBeUndefined()
  await vi.waitFor(() => expect(subject.take()).toBe(5), PATIENCE)
  expect(subject.take()).toBeUndefined()
  subject.begin(6)
  await vi.waitFor(() => expect(subject.take()).toBe(6), PATIENCE)
})

test('throws what the system says', async () => {
  const subject = new DiskSync(NO_FILE)
  subject.begin(5)
  await vi.waitFor(() => expect(() => subject.take()).toThrow('EBADF'), PATIENCE)
})
