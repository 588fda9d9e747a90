import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Account } from '../../shared/model/account.ts'
import type { Friend } from '../../shared/model/friend.ts'
import type { Message } from '../../shared/model/message.ts'
import type { Network } from '../../shared/model/network.ts'
import type { Profile } from '../../shared/model/profile.ts'
import type { Settings } from '../../shared/model/settings.ts'
import { formatToxId } from '../../shared/tox-id.ts'
import { ACCOUNT_METHODS, namesOf, TestServe } from './test-serve.ts'

const CONFLICT = 2
const IMPOSSIBLE = 3
const WRONG_PASSPHRASE = 4
const UNREADABLE = 5
const BUSY = 6
const NOT_OPEN = 7

const FRIEND = '76518406F6A9F2217E8DC487CC783C25CC16A15EB36FF32E335A235342C48A39'
const FRIEND_ID = formatToxId({ publicKey: FRIEND, nospam: '218F515C' })
let folder = ''
let running: TestServe[] = []
const everybody: TestServe[] = []

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ampoule-account-'))
})

afterEach(async () => {
  await Promise.all(running.map((one) => one.kill()))
  running = []
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function path(name: string): string {
  return join(folder, name)
}

/** A host that leaves a profile which it cannot open by itself to `account`. */
function waiting(name: string, ...options: string[]): TestServe {
  const serve = new TestServe(path(name), ['--await-account', '--storage', '0', ...options])
  running.push(serve)
  everybody.push(serve)
  return serve
}

function account(serve: TestServe, phase: Account['phase']): Promise<Account> {
  return serve.news('account.changed', (news: Account) => news.phase === phase)
}

/** Arguments that are good, so that only the missing profile stands against them. */
function goodArguments(method: string): unknown {
  const [friend, publicKey, toxId, file] = [FRIEND, FRIEND, FRIEND_ID, path('x')]
  const byMethod: Readonly<Record<string, unknown>> = {
    'profile.import': { path: file },
    'profile.export': { path: file },
    'profile.backup': { path: file, passphrase: 'x' },
    'friends.add': { toxId, message: 'x' },
    'friends.setDraft': { publicKey, text: '' },
    'friends.setOfflineMessages': { publicKey, isOn: true },
    'messages.send': { friend, text: 'x' },
    'messages.list': { friend, limit: 1 },
    'messages.after': { friend, afterId: 1, limit: 1 },
    'messages.around': { id: 1, limit: 1 },
    'messages.edit': { id: 1, text: 'x' },
    'messages.renew': { id: 1, ttlSeconds: 60 },
    'messages.markRead': { friend, upToId: 1 },
    'messages.search': { text: 'x' },
    'files.send': { friend, path: file },
    'files.accept': { id: 1, path: file },
    'files.list': { friend, afterMessages: { from: 0 }, limit: 1 },
    'files.search': { text: 'x' },
    'files.markRead': { friend, upToId: 1 },
    'files.saveWaiting': { messageId: 1, path: file },
    'typing.set': { friend, isTyping: true },
    'network.addBootstrapNode': { host: 'x', port: 1, dhtKey: FRIEND },
    'network.removeBootstrapNode': { host: 'x', port: 1, dhtKey: FRIEND },
    'proof.price': { sizeBytes: 1, ttlSeconds: 60 },
  }
  if (method in byMethod) return byMethod[method]
  if (/^friends\.(?:accept|dismiss|remove|setTtl)$/.test(method)) return { publicKey }
  return /^(?:messages|files)\.(?!list$)/.test(method) ? { id: 1 } : {}
}

test('before there is a profile only the account answers; one is made, locked, unlocked, and nothing more is made', async () => {
  const first = waiting('lena')
  expect(await first.call('account.get')).toEqual({ phase: 'new' })
  for (const method of namesOf('method').filter((name) => !name.startsWith('account.'))) {
    expect(await first.refusal(method, goodArguments(method)), method).toMatchObject({ code: NOT_OPEN })
  }
  expect(await first.refusal('account.unlock', { passphrase: 'x' })).toMatchObject({ code: CONFLICT })
  expect(await first.refusal('account.retry')).toMatchObject({ code: CONFLICT })
  const open = { phase: 'open', keyProtection: 'passphrase' }
  expect(await first.call('account.create', { name: 'Lena', passphrase: 'größe' })).toEqual(open)
  expect([await account(first, 'opening'), await account(first, 'open')]).toEqual([{ phase: 'opening' }, open])
  const profile = await first.call<Profile>('profile.get')
  expect(profile).toMatchObject({ name: 'Lena', isEncrypted: true, keyProtection: 'passphrase' })
  await first.leave()

  const second = waiting('lena')
  expect(await second.call('account.get')).toEqual({ phase: 'locked', keyProtection: 'passphrase' })
  expect(await second.refusal('profile.get')).toMatchObject({ code: NOT_OPEN })
  expect(await second.refusal('account.create', { name: 'Nora' })).toMatchObject({ code: CONFLICT })
  expect(await second.refusal('account.unlock', { passphrase: 'grösse' })).toMatchObject({ code: WRONG_PASSPHRASE })
  expect(await second.call('account.get')).toEqual({ phase: 'locked', keyProtection: 'passphrase' })
  expect(await second.call('account.unlock', { passphrase: 'größe' })).toEqual(open)
  expect(await second.call('profile.get')).toEqual(profile)
  await second.leave()
})

test('the passphrase is changed, taken away and set again; each opens savefile and database together', async () => {
  const serve = waiting('kim')
  await serve.call('account.create', { name: 'Kim', passphrase: 'one' })
  expect(await serve.refusal('profile.setPassphrase', { next: 'two' })).toMatchObject({ code: WRONG_PASSPHRASE })
  const wrong = { current: 'x', next: 'two' }
  expect(await serve.refusal('profile.setPassphrase', wrong)).toMatchObject({ code: WRONG_PASSPHRASE })
  await serve.call('profile.setPassphrase', { current: 'one', next: 'two' })
  expect(await serve.news<Profile>('profile.changed')).toMatchObject({ keyProtection: 'passphrase' })
  await serve.leave()

  const again = waiting('kim')
  expect(await again.refusal('account.unlock', { passphrase: 'one' })).toMatchObject({ code: WRONG_PASSPHRASE })
  await again.call('account.unlock', { passphrase: 'two' })
  const open = await again.call<Profile>('profile.setPassphrase', { current: 'two' })
  expect(open).toMatchObject({ name: 'Kim', isEncrypted: false, keyProtection: 'file' })
  expect(await again.news<Account>('account.changed', ({ keyProtection }) => keyProtection === 'file')).toBeDefined()
  await again.leave()

  const last = waiting('kim')
  await account(last, 'open')
  expect(await last.call('profile.get')).toEqual(open)
  expect(await last.call('profile.setPassphrase', { next: 'three' })).toMatchObject({ isEncrypted: true })
  await last.leave()
})

test('a savefile of another client becomes a profile, protected by its own passphrase', async () => {
  const qtox = waiting('qtox')
  await qtox.call('account.create', { name: 'Ida' })
  const { toxId } = await qtox.call<Profile>('profile.get')
  await qtox.call('profile.export', { path: path('ida.tox'), passphrase: 'secret' })
  await qtox.leave()

  const serve = waiting('ida')
  const savefile = { path: path('ida.tox') }
  expect(await serve.refusal('account.import', savefile)).toMatchObject({ code: WRONG_PASSPHRASE })
  const wrong = { ...savefile, passphrase: 'x' }
  expect(await serve.refusal('account.import', wrong)).toMatchObject({ code: WRONG_PASSPHRASE })
  expect(await serve.refusal('account.import', { path: path('none') })).toMatchObject({ code: UNREADABLE })
  writeFileSync(path('junk.tox'), 'junk')
  expect(await serve.refusal('account.import', { path: path('junk.tox') })).toMatchObject({ code: UNREADABLE })
  expect(await serve.call('account.get')).toEqual({ phase: 'new' })
  expect(await serve.call('account.import', { ...savefile, passphrase: 'secret' })).toMatchObject({ phase: 'open' })
  expect(await serve.call('profile.get')).toMatchObject({ toxId, name: 'Ida', isEncrypted: true })
  await serve.leave()
})

test('a backup holds identity, history, drafts and settings; it is refused damaged or with another passphrase', async () => {
  const serve = waiting('eva')
  await serve.call('account.create', { name: 'Eva' })
  await serve.call('friends.add', { toxId: FRIEND_ID, message: 'It is me.' })
  await serve.call('messages.send', { friend: FRIEND, text: 'Über den Fluss' })
  await serve.call('friends.setDraft', { publicKey: FRIEND, text: 'half a thought' })
  await serve.call('settings.set', { theme: 'dark' })
  const place = { path: path('eva.backup'), passphrase: 'zwölf' }
  const { sizeBytes } = await serve.call<{ sizeBytes: number }>('profile.backup', place)
  expect(statSync(place.path)).toMatchObject({ size: sizeBytes })
  expect(statSync(place.path).mode & 0o077).toBe(0)
  expect(await serve.refusal('profile.backup', place)).toMatchObject({ code: UNREADABLE })
  expect(statSync(place.path).size).toBe(sizeBytes)
  const profile = await serve.call<Profile>('profile.get')
  const messages = await serve.call<Message[]>('messages.list', { friend: FRIEND, limit: 10 })
  await serve.leave()

  const restored = waiting('eva-again')
  const refused = (name: string, passphrase = 'zwölf') =>
    restored.refusal('account.restore', { path: path(name), passphrase })
  copyFileSync(place.path, path('cut.backup'))
  truncateSync(path('cut.backup'), sizeBytes - 1)
  const flipped = readFileSync(place.path)
  flipped[sizeBytes - 100] = (flipped[sizeBytes - 100] ?? 0) ^ 1
  writeFileSync(path('flipped.backup'), flipped)
  expect(await refused('eva.backup', 'zwolf')).toMatchObject({ code: WRONG_PASSPHRASE })
  for (const name of ['cut.backup', 'flipped.backup', 'none.backup', 'ida.tox']) {
    expect(await refused(name), name).toMatchObject({ code: UNREADABLE })
  }
  expect(await restored.call('account.get')).toEqual({ phase: 'new' })
  expect(await restored.call('account.restore', place)).toEqual({ phase: 'open', keyProtection: 'passphrase' })
  const changed = { isEncrypted: true, keyProtection: 'passphrase' }
  expect(await restored.call('profile.get')).toEqual({ ...profile, ...changed })
  expect(await restored.call('messages.list', { friend: FRIEND, limit: 10 })).toEqual(messages)
  expect(await restored.call<Friend[]>('friends.list')).toMatchObject([{ draft: 'half a thought' }])
  expect(await restored.call('settings.get')).toMatchObject({ theme: 'dark' })
  expect(await restored.call<Message[]>('messages.search', { text: 'uber' })).toHaveLength(1)
  await restored.leave()
})

test('a profile that cannot be opened says why, and is tried again', async () => {
  const first = waiting('nora')
  await first.call('account.create', { name: 'Nora' })
  const second = waiting('nora')
  expect((await account(second, 'failed')).reason).toMatch(/in use by another running instance/)
  expect(await second.refusal('profile.get')).toMatchObject({ code: NOT_OPEN })
  expect(await second.refusal('account.retry')).toMatchObject({ code: BUSY })
  await expect.poll(() => second.stderr).toMatch(/in use by another/)
  await first.leave()
  expect(await second.call('account.retry')).toMatchObject({ phase: 'open' })
  expect(await second.call('profile.get')).toMatchObject({ name: 'Nora' })
})

test('sockets follow the settings: off is not connected at all, on again, on another port, never on one in use', async () => {
  const other = waiting('other')
  await other.call('account.create', { name: 'Other' })
  const { udpPort: taken } = await other.call<Network>('network.get')
  const serve = waiting('mia')
  await serve.call('account.create', { name: 'Mia' })
  const before = await serve.call<Network>('network.get')
  expect(before).toMatchObject({ isUdpOn: true })
  expect(await serve.call('settings.set', { udpEnabled: false })).toMatchObject({ udpEnabled: false })
  const off = await serve.call<Network>('network.get')
  expect(off).toMatchObject({ isUdpOn: false, connected: false, udpPort: 0, storageNodes: 0 })
  expect(await serve.call('messages.search', { text: 'still answers' })).toEqual([])
  await serve.call('settings.set', { udpEnabled: true })
  const on = await serve.call<Network>('network.get')
  expect(on).toMatchObject({ isUdpOn: true })
  expect(on.udpPort).toBeGreaterThan(0)
  const settings = await serve.call<Settings>('settings.get')
  const refusal = await serve.refusal('settings.set', { udpPort: taken, theme: 'dark' })
  expect(refusal).toMatchObject({ code: IMPOSSIBLE })
  expect(refusal.message).toContain('it is in use')
  expect(await serve.call('settings.get')).toEqual(settings)
  expect(await serve.call<Network>('network.get')).toMatchObject({ udpPort: on.udpPort })
  await other.leave()
  await serve.call('settings.set', { udpPort: taken, ipv6: false })
  expect(await serve.call<Network>('network.get')).toMatchObject({ udpPort: taken })
  await serve.leave()
})

test('what has to do with accounts was carried out, and told', () => {
  const called = new Set(everybody.flatMap(({ carriedOut }) => [...carriedOut]))
  for (const method of ACCOUNT_METHODS) expect(called).toContain(method)
  expect(everybody.flatMap(({ toldNames }) => [...toldNames])).toContain('account.changed')
})
