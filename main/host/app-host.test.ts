import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fromHex } from '../base/bytes.ts'
import { PublicKey } from '../crypto/keys.ts'
import { formatToxId } from '../../shared/tox-id.ts'
import { ApiErrorCode } from '../../shared/api/errors.ts'
import type { Friend } from '../../shared/model/friend.ts'
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
