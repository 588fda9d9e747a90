import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { utf8Encode } from '../base/bytes.ts'
import { SeededRandom } from '../base/random.ts'
import { CHUNK_BYTES } from '../crypto/chunk-cipher.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { readBackup, writeBackup } from './backup.ts'

await sodiumReady
const PASSPHRASE = utf8Encode('correct horse')
const random = new SeededRandom(1)
/** What is shown here does not depend on what a passphrase costs; cli/serve-account.process.test.ts pays the real cost. */
const QUICK = { passes: 1, memoryKib: 8 }
const savefile = utf8Encode('savefile of Lena')
const dataKey = new Uint8Array(32).fill(9)
let folder = ''
let copies = 0

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ampoule-backup-'))
})

afterEach(() => rmSync(folder, { recursive: true }))

function path(name: string): string {
  return join(folder, name)
}

/** A database of so many bytes, each telling its place. */
function write(databaseBytes: number, name = 'backup'): Promise<number> {
  writeFileSync(
    path('db'),
    Uint8Array.from({ length: databaseBytes }, (_, at) => (at * 31 + (at >> 8)) % 251),
  )
  return writeBackup(
    path(name),
    PASSPHRASE,
    { savefile: savefile.slice(), dataKey, databasePath: path('db') },
    random,
    QUICK,
  )
}

function read(name = 'backup', passphrase = PASSPHRASE): ReturnType<typeof readBackup> {
  copies += 1
  return readBackup(path(name), passphrase, path(`copy-${copies}`))
}

/** Lengths at which the last chunk is full, empty but for a byte, and the only one. */
const BEGINNING = 4 + savefile.length + dataKey.length

test.each([0, 1, CHUNK_BYTES - BEGINNING, CHUNK_BYTES - BEGINNING + 1, 3 * CHUNK_BYTES])(
  'a backup with a database of %d bytes comes back whole',
  async (databaseBytes) => {
    expect(await write(databaseBytes)).toBe(statSync(path('backup')).size)
    expect(statSync(path('backup')).mode & 0o077).toBe(0)
    expect(await read()).toEqual({ savefile, dataKey })
    expect(readFileSync(path(`copy-${copies}`)).equals(readFileSync(path('db')))).toBe(true)
  },
)

test('nothing of it can be read without the passphrase', async () => {
  await write(1_000)
  expect(readFileSync(path('backup'), 'latin1')).not.toContain('savefile of Lena')
  await expect(read('backup', utf8Encode('correct hors'))).rejects.toMatchObject({ code: 'wrongPassphrase' })
})

test('a backup that was cut, lengthened or altered at any place is refused', async () => {
  const sizeBytes = await write(2 * CHUNK_BYTES)
  const whole = readFileSync(path('backup'))
  const damage = async (bytes: Buffer): Promise<unknown> => {
    writeFileSync(path('damaged'), bytes)
    return await read('damaged').catch((error: unknown) => error)
  }
  for (const length of [0, 8, 29, 44, 45, 45 + CHUNK_BYTES + 16, sizeBytes - 1]) {
    expect(await damage(whole.subarray(0, length)), String(length)).toMatchObject({ code: 'unreadable' })
  }
  expect(await damage(Buffer.concat([whole, whole.subarray(45)]))).toMatchObject({ code: 'unreadable' })
  for (const at of [0, 8, 12, 45, 45 + CHUNK_BYTES + 16, sizeBytes - 1]) {
    const flipped = Buffer.from(whole)
    flipped[at] = (flipped[at] ?? 0) ^ 0x40
    expect(await damage(flipped), String(at)).toMatchObject({ code: 'unreadable' })
  }
  // Salt and check are where the passphrase is judged.
  const otherSalt = Buffer.from(whole)
  otherSalt[20] = (otherSalt[20] ?? 0) ^ 1
  expect(await damage(otherSalt)).toMatchObject({ code: 'wrongPassphrase' })
})

test('it never overwrites, and leaves nothing half written', async () => {
  writeFileSync(path('backup'), 'of somebody')
  await expect(write(10)).rejects.toThrow('EEXIST')
  expect(readFileSync(path('backup'), 'utf8')).toBe('of somebody')
  const missing = { savefile, dataKey, databasePath: path('none') }
  await expect(writeBackup(path('new'), PASSPHRASE, missing, random)).rejects.toThrow('ENOENT')
  expect(readdirSync(folder).toSorted()).toEqual(['backup', 'db'])
})

test('a file that is no backup says so', async () => {
  writeFileSync(path('backup'), 'toxEsave'.padEnd(1_000))
  await expect(read()).rejects.toThrow('no backup of Ampoule')
  await expect(read('none')).rejects.toMatchObject({ code: 'unreadable' })
  await write(100, 'good')
  truncateSync(path('good'), 20)
  await expect(read('good')).rejects.toMatchObject({ code: 'unreadable' })
})
