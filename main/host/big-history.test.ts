import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { formatToxId } from '../../shared/tox-id.ts'
import { createTestHosts, type TestHosts } from './test-app-host.ts'
import { makeBigProfile } from './test-big-profile.ts'

const STRANGER = '76518406F6A9F2217E8DC487CC783C25CC16A15EB36FF32E335A235342C48A39'
let hosts: TestHosts

beforeEach(() => {
  hosts = createTestHosts()
})

afterEach(() => hosts.end())

test('a long history opens before it is indexed, and a word in its first message is found', async () => {
  const folder = join(hosts.folder, 'lena')
  const { friends, firstWord } = await makeBigProfile({ folder, messageCount: 5_000, friendCount: 3 })
  const { client } = await hosts.start('lena')
  const listed = await client.friends.list({})
  expect(listed.map(({ publicKey, hasMet, unreadCount }) => [publicKey, hasMet, unreadCount])).toEqual(
    friends.map((publicKey) => [publicKey, true, 0]),
  )
  expect(listed[0]?.lastMessage?.text).toMatch(/^4998: /)
  const page = await client.messages.list({ friend: friends[0] ?? '', limit: 200 })
  expect([page.length, page.at(-1)?.id]).toEqual([200, 4_999])
  for (const text of [firstWord, 'umlaute', 'UMLÄUTE', 'umlaute anf']) {
    expect(
      (await client.messages.search({ text })).map(({ id }) => id),
      text,
    ).toEqual([1])
  }
  expect(await client.messages.around({ id: 1, limit: 3 })).toMatchObject([{ id: 1 }, { id: 4 }, { id: 7 }])
})

test('no text, draft, file name or own name is in any byte of the folder, log and backup included, while it is open', async () => {
  // Goal: what desktop.md says of the disk. Method: one known word in all that a person writes, on an encrypted profile.
  const secret = 'Zwetschgenröster'
  const passphrase = new TextEncoder().encode('correct horse')
  const { client, host } = await hosts.start('lena', { passphrase })
  await client.profile.set({ name: secret, statusMessage: secret })
  await client.friends.add({ toxId: formatToxId({ publicKey: STRANGER, nospam: '218F515C' }), message: secret })
  await client.messages.send({ friend: STRANGER, text: `${secret} und mehr` })
  await client.friends.setDraft({ publicKey: STRANGER, text: secret })
  const files = mkdtempSync(join(tmpdir(), 'ampoule-secret-'))
  const named = join(files, `${secret}.md`)
  writeFileSync(named, secret.repeat(10))
  await client.files.send({ friend: STRANGER, path: named })
  rmSync(files, { recursive: true })
  const transfer = { friend: STRANGER, isOutgoing: true, afterMessageId: 2, startedAt: 1, state: 'finished' }
  const file = { name: secret, path: `/files/${secret}`, transferredBytes: 1 }
  host.database.transfers.insert({ ...transfer, isRead: true, file })
  await client.messages.search({ text: secret })
  expect(await client.files.search({ text: secret })).toHaveLength(1)
  await client.network.addBootstrapNode({ host: `${secret}.example`.toLowerCase(), port: 1, dhtKey: STRANGER })
  await client.profile.backup({ path: join(hosts.folder, 'lena', 'backup'), passphrase: 'battery' })
  const names = readdirSync(join(hosts.folder, 'lena'))
  expect(names).toEqual(expect.arrayContaining(['ampoule.db', 'ampoule.db-wal', 'backup', 'profile.tox']))
  for (const name of names) {
    const path = join(hosts.folder, 'lena', name)
    if (!statSync(path).isFile()) continue
    const bytes = readFileSync(path)
    for (const words of [secret, secret.toLowerCase(), STRANGER]) {
      for (const encoding of ['utf8', 'utf16le'] as const) {
        expect(bytes.includes(Buffer.from(words, encoding)), `${name}: ${words}`).toBe(false)
      }
    }
    expect(bytes.includes(Buffer.from(STRANGER, 'hex')), name).toBe(false)
  }
})
