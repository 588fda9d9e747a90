import Sqlite from 'better-sqlite3'
import { existsSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { isDiskFault } from './disk-fault.ts'

function thrownBy(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

test('a database that may not grow says that the disk is full; one that is asked nonsense does not', () => {
  const db = new Sqlite(':memory:')
  db.exec('CREATE TABLE rows (bytes BLOB) STRICT')
  db.pragma('max_page_count = 4')
  const full = thrownBy(() => db.prepare('INSERT INTO rows VALUES (zeroblob(100000))').run())
  expect(isDiskFault(full)).toBe(true)
  expect(isDiskFault(new Error('what was being done', { cause: full }))).toBe(true)
  expect(isDiskFault(thrownBy(() => db.prepare('INSERT INTO rows VALUES (?)').run('no blob')))).toBe(false)
  expect(isDiskFault(thrownBy(() => db.exec('INSERT')))).toBe(false)
  db.close()
})

test('a file that cannot grow says so too', () => {
  const noSpace = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
  // Where the system has a disk that is always full it is asked itself.
  const thrown = existsSync('/dev/full') ? thrownBy(() => writeFileSync('/dev/full', 'x')) : noSpace
  expect([thrown, noSpace].map(isDiskFault)).toEqual([true, true])
})

test('other errors are none of the disk', () => {
  expect(isDiskFault(thrownBy(() => writeFileSync('/no/such/folder/file', 'x')))).toBe(false)
  expect([new Error('a rule of ours is broken'), 'SQLITE_FULL', undefined].map(isDiskFault)).toEqual([
    false,
    false,
    false,
  ])
})
