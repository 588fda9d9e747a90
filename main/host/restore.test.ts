import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { utf8Encode } from '../base/bytes.ts'
import { SeededRandom } from '../base/random.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { writeProfile } from '../engine/profile-file.ts'
import { writeBackup } from './backup.ts'
import { lookIntoFolder, ProfileFolder } from './profile-folder.ts'
import { finishRestore, restoreProfile } from './restore.ts'

await sodiumReady
const PASSPHRASE = utf8Encode('correct horse')
const random = new SeededRandom(1)
const QUICK = { passes: 1, memoryKib: 8 }
const FILES = ['ampoule.db', 'data.key', 'profile.tox']
/** It holds nothing and stays. */
const LOCK = 'lock'
let folder = ''
let home = ''
let backup = ''
let key = ''

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ampoule-restore-'))
  home = join(folder, 'home')
  backup = join(folder, 'backup')
  key = await makeBackup()
})

afterEach(() => rmSync(folder, { recursive: true }))

/** Of a profile with one setting kept; returns whose it is. */
async function makeBackup(): Promise<string> {
  const profile = new ProfileFolder(join(folder, 'lena'), { random })
  profile.database.settings.set('kept', 'yes')
  const file = { name: 'map.png', transferredBytes: 5 }
  const offer = { friend: 'AB'.repeat(32), isOutgoing: true, afterMessageId: 0, startedAt: 1, isRead: true }
  profile.database.transfers.insert({ ...offer, state: 'finished', file })
  const databasePath = join(folder, 'copy')
  await profile.database.copyTo(databasePath)
  const content = { savefile: writeProfile(profile.profile), dataKey: profile.copyDataKey(), databasePath }
  await writeBackup(backup, PASSPHRASE, content, random, QUICK)
  const { hex } = profile.profile.keys.publicKey
  profile.close()
  return hex
}

function inHome(): string[] {
  return readdirSync(home)
    .filter((name) => name !== LOCK)
    .toSorted()
}

function expectRestored(): void {
  expect(inHome()).toEqual(FILES)
  expect(lookIntoFolder(home)).toBe('locked')
  const profile = new ProfileFolder(home, { passphrase: PASSPHRASE, random })
  expect(profile.profile.keys.publicKey.hex).toBe(key)
  expect(profile.database.settings.get('kept')).toBe('yes')
  expect(profile.database.transfers.get(1)).toMatchObject({ state: 'finished', file: { name: 'map.png' } })
  profile.close()
}

test('a restored profile is whole, has its passphrase, and nothing else lies there', async () => {
  await restoreProfile(home, backup, PASSPHRASE, random)
  expectRestored()
})

test('one that was refused leaves the folder as it was, and another try is free', async () => {
  mkdirSync(home)
  await expect(restoreProfile(home, backup, utf8Encode('wrong'), random)).rejects.toMatchObject({
    code: 'wrongPassphrase',
  })
  const bytes = readFileSync(backup)
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
  writeFileSync(join(folder, 'damaged'), bytes)
  await expect(restoreProfile(home, join(folder, 'damaged'), PASSPHRASE, random)).rejects.toMatchObject({
    code: 'unreadable',
  })
  expect(inHome()).toEqual([])
  await restoreProfile(home, backup, PASSPHRASE, random)
  expectRestored()
})

test('a backup whose key is not its database’s takes no place', async () => {
  const profile = new ProfileFolder(join(folder, 'nora'), { random })
  profile.database.friends.idOf('AB'.repeat(32))
  const databasePath = join(folder, 'other')
  await profile.database.copyTo(databasePath)
  const content = { savefile: writeProfile(profile.profile), dataKey: new Uint8Array(32), databasePath }
  profile.close()
  await writeBackup(join(folder, 'torn'), PASSPHRASE, content, random, QUICK)
  await expect(restoreProfile(home, join(folder, 'torn'), PASSPHRASE, random)).rejects.toBeDefined()
  expect(inHome()).toEqual([])
})

test('a kill while it takes its place is made good at the next start, wherever it came', async () => {
  await restoreProfile(home, backup, PASSPHRASE, random)
  for (const moved of [0, 1, 2, 3]) {
    cpSync(home, join(folder, 'whole'), { recursive: true })
    mkdirSync(join(home, 'restored'))
    for (const name of FILES.slice(moved)) renameSync(join(home, name), join(home, 'restored', name))
    finishRestore(home)
    expectRestored()
    rmSync(join(folder, 'whole'), { recursive: true })
  }
})

test('what stood in the way is set aside as it was, the database’s log included, and nothing of it is lost by a kill', async () => {
  await restoreProfile(join(folder, 'whole'), backup, PASSPHRASE, random)
  const old = ['ampoule.db', 'ampoule.db-wal', 'profile.tox']
  // A kill after so many of the old files went, or of the new ones came.
  for (const moved of [0, 1, 2, 3]) {
    mkdirSync(join(home, 'restored'), { recursive: true })
    for (const name of FILES) cpSync(join(folder, 'whole', name), join(home, 'restored', name))
    for (const name of old) writeFileSync(join(home, name), `old ${name}`)
    mkdirSync(join(home, 'set-aside-first'))
    for (const name of ['ampoule.db-wal', 'ampoule.db', 'profile.tox'].slice(0, moved)) {
      renameSync(join(home, name), join(home, 'set-aside-first', name))
    }
    const aside = finishRestore(home)
    expect(aside === undefined).toBe(moved === 3)
    const kept = [aside, join(home, 'set-aside-first')].flatMap((place) =>
      place === undefined ? [] : readdirSync(place).map((name) => [name, readFileSync(join(place, name), 'utf8')]),
    )
    expect(Object.fromEntries(kept)).toEqual(Object.fromEntries(old.map((name) => [name, `old ${name}`])))
    for (const place of inHome().filter((name) => name.startsWith('set-aside-'))) {
      rmSync(join(home, place), { recursive: true })
    }
    expectRestored()
    rmSync(home, { recursive: true })
  }
})

test('a profile that another instance has open is not touched', async () => {
  const profile = new ProfileFolder(home, { random })
  await expect(restoreProfile(home, backup, PASSPHRASE, random)).rejects.toMatchObject({ code: 'locked' })
  profile.database.settings.set('kept', 'still')
  profile.close()
  expect(inHome()).toEqual(FILES)
})

test('what a killed restore left unfinished is no profile, and gives way to the next', async () => {
  mkdirSync(join(home, 'restoring'), { recursive: true })
  writeFileSync(join(home, 'restoring', 'ampoule.db'), 'half')
  finishRestore(home)
  expect(lookIntoFolder(home)).toBe('new')
  await restoreProfile(home, backup, PASSPHRASE, random)
  expectRestored()
})
