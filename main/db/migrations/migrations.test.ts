import Sqlite from 'better-sqlite3'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SeededRandom } from '../../base/random.ts'
import { DataCipher } from '../../crypto/data-cipher.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { Friends } from '../friends.ts'
import { Messages } from '../messages.ts'
import { ProfileDatabase } from '../profile-database.ts'
import { initial } from './0010-initial.ts'

await sodiumReady
const LENA = 'AA'.repeat(32)
const cipher = new DataCipher(new Uint8Array(32).fill(1), new SeededRandom(1))
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ampoule-migrations-'))
})

afterEach(() => rmSync(folder, { recursive: true }))

test('a database of before file transfers were kept is brought up to date, with all that is in it', () => {
  const path = join(folder, 'ampoule.db')
  const former = new Sqlite(path)
  former.exec(initial.sql)
  former.pragma(`user_version = ${initial.version}`)
  const content = { kind: 'text', text: 'kept' } as const
  const message = { friend: LENA, messageId: undefined, isOutgoing: true, content, sentAt: 7, state: 'queued' }
  const id = new Messages(former, cipher, new Friends(former, cipher)).insert(message)
  former.close()

  for (const transferCount of [0, 1]) {
    const database = new ProfileDatabase(path, cipher)
    expect(database.messages.newest(LENA)).toMatchObject({ id, content, sentAt: 7 })
    expect(database.transfers.list(LENA, 9, 9)).toHaveLength(transferCount)
    const file = { name: 'map.png', transferredBytes: 0 }
    const offer = { friend: LENA, isOutgoing: true, afterMessageId: id, startedAt: 8, state: 'finished', isRead: true }
    database.transfers.insert({ ...offer, file })
    database.close()
  }
})
