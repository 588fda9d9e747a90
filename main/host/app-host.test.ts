import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { fromHex } from '../base/bytes.ts'
import { PublicKey } from '../crypto/keys.ts'
import { formatToxId } from '../../shared/tox-id.ts'
import { ApiErrorCode } from '../../shared/api/errors.ts'
import type { Friend } from '../../shared/model/friend.ts'
import type { Network } from '../../shared/model/network.ts'
import { PROFILE_FILES } from './profile-folder.ts'
import { createTestHosts, type TestHost, type TestHosts } from './test-app-host.ts'

const FRIEND = '76518406F6A9F2217E8DC487CC783C25CC16A15EB36FF32E335A235342C48A39'
const FRIEND_ID = formatToxId({ publicKey: FRIEND, nospam: '218F515C' })
let hosts: TestHosts

beforeEach(() => {
  hosts = createTestHosts()
})

afterEach(() => hosts.end())

function breakEngine({ host }: TestHost): void {
  expect(() =>
    host.turn(() => {
      throw new Error('a rule of ours is broken')
    }),
  ).toThrow('a rule of ours is broken')
}

/** A call is refused as busy until the engine runs again; asked for with the news that comes then. */
async function runsAgain({ client }: TestHost): Promise<void> {
  const back = new Promise<Friend>((resolve) => client.friends.changed(resolve))
  await expect(client.profile.get({})).rejects.toMatchObject({ code: ApiErrorCode.Busy })
  expect(await back).toMatchObject({ publicKey: FRIEND, online: false })
}

async function withFriend(name: string): Promise<TestHost> {
  const started = await hosts.start(name)
  await started.client.profile.set({ name: 'Lena' })
  await started.client.friends.add({ toxId: FRIEND_ID, message: 'hello' })
  return started
}

test('an engine that broke its own rules is started anew, with identity, friends and messages', async () => {
  const started = await withFriend('lena')
  const { client, logged } = started
  const profile = await client.profile.get({})
  const message = await client.messages.send({ friend: FRIEND, text: 'kept' })
  breakEngine(started)
  await runsAgain(started)
  expect(logged.join('\n')).toContain('a rule of ours is broken')
  expect(await client.profile.get({})).toEqual(profile)
  expect(await client.messages.list({ friend: FRIEND, limit: 10 })).toEqual([message])
  expect(await client.messages.cancel({ id: message.id })).toMatchObject({ state: 'cancelled' })
  expect(started.host.hasFailed).toBe(false)
})

test('one that breaks again and again is given up, and the profile is whole', async () => {
  const started = await withFriend('nora')
  for (let count = 0; count < 3; count += 1) {
    breakEngine(started)
    await runsAgain(started)
  }
  breakEngine(started)
  await started.host.quitAsked
  expect(started.host.hasFailed).toBe(true)
  await started.host.stop()
  const again = await hosts.start('nora')
  expect(await again.client.profile.get({})).toMatchObject({ name: 'Lena' })
  expect((await again.client.friends.list({})).map(({ publicKey }) => publicKey)).toEqual([FRIEND])
})

/** From now on the disk takes no transaction; the function that is returned makes room. */
function fillDisk({ host }: TestHost): () => void {
  const write = vi.spyOn(host.database, 'transaction').mockImplementation(failing)
  return () => write.mockRestore()
}

test('a full disk is told, refuses what it cannot keep, and ends nothing; with room again all goes on', async () => {
  const started = await hosts.start('rosa', { diskRetryMs: 10 })
  const { client, host } = started
  await nextNetwork(client, ({ connected }) => !connected)
  await client.friends.add({ toxId: FRIEND_ID, message: 'hello' })
  const kept = await client.messages.send({ friend: FRIEND, text: 'kept' })
  const makeRoom = fillDisk(started)
  const told = nextNetwork(client, ({ trouble }) => trouble === 'disk-full')
  // More often than an engine may break: it is not its fault.
  for (let count = 0; count < 6; count += 1) {
    const back = new Promise<Friend>((resolve) => client.friends.changed(resolve))
    const next = client.messages.send({ friend: FRIEND, text: 'not kept' })
    await expect(next).rejects.toMatchObject({ code: ApiErrorCode.DiskFull })
    expect(await client.messages.list({ friend: FRIEND, limit: 10 })).toEqual([kept])
    await back
  }
  await told
  const well = nextNetwork(client, ({ trouble }) => trouble === undefined)
  makeRoom()
  await well
  await host.ready()
  expect(await client.messages.send({ friend: FRIEND, text: 'kept too' })).toMatchObject({ text: 'kept too' })
  expect((await client.messages.list({ friend: FRIEND, limit: 10 })).map(({ text }) => text)).toEqual([
    'kept',
    'kept too',
  ])
  expect(host.hasFailed).toBe(false)
})

test('what is kept beside the engine is refused with the same words, though no turn has met the full disk', async () => {
  const { client, host } = await withFriend('rita')
  const { friends, messages } = host.database
  for (const write of ['setDraft', 'setTtl'] as const) vi.spyOn(friends, write).mockImplementationOnce(failing)
  vi.spyOn(messages, 'markRead').mockImplementationOnce(failing)
  vi.spyOn(host.settings, 'set').mockImplementationOnce(failing)
  const isRefused = { code: ApiErrorCode.DiskFull }
  await expect(client.friends.setDraft({ publicKey: FRIEND, text: 'x' })).rejects.toMatchObject(isRefused)
  await expect(client.friends.setTtl({ publicKey: FRIEND, ttlSeconds: 60 })).rejects.toMatchObject(isRefused)
  await expect(client.messages.markRead({ friend: FRIEND, upToId: 1 })).rejects.toMatchObject(isRefused)
  await expect(client.settings.set({ readReceipts: false })).rejects.toMatchObject(isRefused)
  await client.friends.setDraft({ publicKey: FRIEND, text: 'x' })
  expect(await client.friends.list({})).toMatchObject([{ draft: 'x' }])
})

test('an import that the disk does not take changes nothing, and the engine runs on', async () => {
  const started = await hosts.start('olga')
  const { client, host } = started
  const other = await hosts.start('other')
  const path = join(hosts.folder, 'other.tox')
  await other.client.profile.export({ path })
  const profile = await client.profile.set({ name: 'Olga' })
  vi.spyOn(host.folder, 'save').mockImplementationOnce(() => {
    throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
  })
  await expect(client.profile.import({ path })).rejects.toMatchObject({ code: ApiErrorCode.DiskFull })
  expect(await client.profile.get({})).toEqual(profile)
  const { publicKey } = await other.client.profile.get({})
  expect(await client.profile.import({ path })).toMatchObject({ publicKey })
})

test('of another identity that was put into the folder it keeps history and settings, and no keys or queue', async () => {
  const started = await withFriend('mona')
  const { id } = await started.client.messages.send({ friend: FRIEND, text: 'to be sent' })
  await started.host.stop()
  const stayed = await hosts.start('mona')
  expect(stayed.host.database.messages.get(id)).toMatchObject({ state: 'queued' })
  await stayed.host.stop()
  const other = await hosts.start('petra')
  const { publicKey } = await other.client.profile.get({})
  await other.host.stop()
  copyFileSync(
    join(other.host.folder.path, PROFILE_FILES.savefile),
    join(started.host.folder.path, PROFILE_FILES.savefile),
  )
  const { client, host } = await hosts.start('mona')
  expect(await client.profile.get({})).toMatchObject({ publicKey })
  expect(host.database.messages.get(id)).toMatchObject({ state: 'failed', content: { text: 'to be sent' } })
})

test('an app whose disk is full can be left', async () => {
  const started = await withFriend('ida')
  fillDisk(started)
  await expect(started.client.messages.send({ friend: FRIEND, text: 'x' })).rejects.toMatchObject({
    code: ApiErrorCode.DiskFull,
  })
  await started.host.stop()
  const again = await hosts.start('ida')
  expect((await again.client.friends.list({})).map(({ publicKey }) => publicKey)).toEqual([FRIEND])
})

test('a request whose answer the disk does not take is still there', async () => {
  const { client, host } = await hosts.start('rosa', { diskRetryMs: 10 })
  host.database.friends.putRequest({ publicKey: FRIEND, message: 'hello', receivedAt: 1 })
  const save = vi.spyOn(host.folder, 'save').mockImplementation(failing)
  await expect(client.friends.accept({ publicKey: FRIEND })).rejects.toMatchObject({ code: ApiErrorCode.DiskFull })
  save.mockRestore()
  await expect.poll(() => isUp(host), { timeout: 20_000 }).toBe(true)
  expect(await client.friends.list({})).toEqual([])
  expect((await client.friends.requests({})).map(({ publicKey }) => publicKey)).toEqual([FRIEND])
  expect(await client.friends.accept({ publicKey: FRIEND })).toMatchObject({ publicKey: FRIEND })
})

test('an app that learns only while it leaves that its disk is full can be left', async () => {
  const started = await withFriend('ines')
  vi.spyOn(started.host.runner, 'turn').mockImplementation(failing)
  await started.host.stop()
  const again = await hosts.start('ines')
  expect((await again.client.friends.list({})).map(({ publicKey }) => publicKey)).toEqual([FRIEND])
})

test.each(['import', 'settings'])(
  'the next engine (%s) follows one that leaves while the disk is full',
  async (why) => {
    const started = await hosts.start('olga', { diskRetryMs: 10 })
    const { client, host } = started
    const other = await hosts.start('other')
    const path = join(hosts.folder, 'other.tox')
    await other.client.profile.export({ path })
    vi.spyOn(host.runner.engine, 'leave').mockImplementation(failing)
    if (why === 'import') await client.profile.import({ path })
    else await client.settings.set({ ipv6: false })
    await expect.poll(() => isUp(host), { timeout: 20_000 }).toBe(true)
    expect(host.hasFailed).toBe(false)
  },
)

function failing(): never {
  throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' })
}

function isUp(host: TestHost['host']): boolean {
  try {
    return host.turn(() => true)
  } catch {
    return false
  }
}

test('an import whose history the disk does not take leaves the profile as it was', async () => {
  const { client, host } = await hosts.start('olga')
  const other = await hosts.start('other')
  const path = join(hosts.folder, 'other.tox')
  await other.client.profile.export({ path })
  const profile = await client.profile.set({ name: 'Olga' })
  vi.spyOn(host.database, 'forgetIdentity').mockImplementationOnce(failing)
  await expect(client.profile.import({ path })).rejects.toMatchObject({ code: ApiErrorCode.DiskFull })
  expect(await client.profile.get({})).toEqual(profile)
})

function nextNetwork({ network }: TestHost['client'], isWanted: (view: Network) => boolean): Promise<void> {
  return new Promise((resolve) => network.changed((view) => isWanted(view) && resolve()))
}

test('an engine can be stopped while it is just starting anew', async () => {
  const started = await withFriend('eva')
  breakEngine(started)
  await started.host.stop()
  const again = await hosts.start('eva')
  expect(await again.client.profile.get({})).toMatchObject({ name: 'Lena' })
})

test('a friend survives a restart of the app, with her messages and what was said of her', async () => {
  const first = await withFriend('ida')
  await first.client.friends.setOfflineMessages({ publicKey: FRIEND, isOn: false })
  const sent = await first.client.messages.send({ friend: FRIEND, text: 'Größe zählt' })
  await first.host.stop()
  const { client, host } = await hosts.start('ida')
  const [friend] = await client.friends.list({})
  expect(friend).toMatchObject({ publicKey: FRIEND, offlineMessages: 'off', isRequested: true })
  expect(await client.messages.search({ text: 'größe' })).toEqual([sent])
  expect(host.turn(({ offline }) => offline.friendState(new PublicKey(fromHex(FRIEND))))).toBe('off')
})

test('a copy of the database that a killed run left over a backup is gone at the next start, and nothing else', async () => {
  const folder = join(hosts.folder, 'lena')
  mkdirSync(folder)
  const left = ['backup-0123456789ABCDEF.tmp', 'backup-0123456789ABCDEF.tmp-journal']
  const kept = ['backup-of-lena.tmp', 'set-aside']
  for (const name of [...left, ...kept]) writeFileSync(join(folder, name), 'x')
  await hosts.start('lena')
  const names = readdirSync(folder)
  expect(names).toEqual(expect.arrayContaining(kept))
  expect(names).not.toEqual(expect.arrayContaining([expect.stringContaining('backup-0')]))
})

test('a profile joins again through the nodes that it knew when it was last closed', async () => {
  const alice = await hosts.start('alice')
  const { dhtKey, udpPort } = await alice.client.network.get({})
  const joined = async (bob: TestHost): Promise<void> => {
    await expect.poll(async () => (await bob.client.network.get({})).dhtNodes, { timeout: 20_000 }).toBe(1)
  }
  const bob = await hosts.start('bob', { bootstrap: [{ host: '127.0.0.1', udpPort, dhtKey }] })
  await joined(bob)
  await bob.host.stop()
  // A run without any network forgets nothing.
  const offline = await hosts.start('bob')
  await offline.client.settings.set({ udpEnabled: false })
  await offline.client.profile.set({ name: 'Bob' })
  await offline.client.settings.set({ udpEnabled: true })
  await offline.host.stop()
  await joined(await hosts.start('bob'))
})

test('a friend who changes their name again and again does not have the savefile written each time', async () => {
  const { host, client } = await hosts.start('lena')
  const save = vi.spyOn(host.folder, 'save')
  for (let count = 0; count < 50; count += 1) {
    host.turn(({ messenger }, now) => messenger.setStatus(count % 2 === 0 ? 'away' : 'none', now))
  }
  expect(save).not.toHaveBeenCalled()
  await expect.poll(() => save.mock.calls.length, { timeout: 10_000 }).toBe(1)
  // What the person does is on disk before they are told so.
  await client.profile.set({ name: 'Lena' })
  expect(save.mock.calls.length).toBe(2)
})
