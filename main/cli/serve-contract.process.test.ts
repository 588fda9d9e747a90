import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WAITING_FILE_BYTES_MAX } from '../../shared/limits.ts'
import type { FileTransferView } from '../../shared/model/file.ts'
import type { Friend, FriendRequest } from '../../shared/model/friend.ts'
import type { AppInfo, Notice } from '../../shared/model/app.ts'
import type { Delivery, Message } from '../../shared/model/message.ts'
import type { BootstrapNodeView, LookupView, Network, RingView } from '../../shared/model/network.ts'
import type { Profile } from '../../shared/model/profile.ts'
import type { Settings } from '../../shared/model/settings.ts'
import type { ProofMeasure, ProofPrice, Storage, StorageSample } from '../../shared/model/storage.ts'
import { ACCOUNT_METHODS, type Method, namesOf, startTestNode, TestServe } from './test-serve.ts'

const INVALID = -32_602
const NOT_FOUND = 1
const CONFLICT = 2
const IMPOSSIBLE = 3
const WRONG_PASSPHRASE = 4
const UNREADABLE = 5

const STRANGER = 'AB'.repeat(32)
const HOUR_SECONDS = 3_600
const FILE_BYTES = 1_500_000
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

let folder = ''
let nodes: Awaited<ReturnType<typeof startTestNode>>[] = []
let alice: TestServe
let bob: TestServe
let aliceKey = ''
let bobKey = ''
/** All persons that lived in this file: what they were told counts for the whole. */
const people: TestServe[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ampoule-contract-'))
  const first = await startTestNode(undefined)
  nodes = [first, ...(await Promise.all([startTestNode(first.point), startTestNode(first.point)]))]
  alice = person('alice')
  bob = person('bob')
})

afterAll(async () => {
  await Promise.all([...nodes.map(({ process }) => process), ...people].map((one) => one.kill()))
  rmSync(folder, { recursive: true, force: true })
})

function person(name: string, ...options: string[]): TestServe {
  const via = nodes.flatMap(({ point }) => ['--bootstrap', point])
  const started = new TestServe(path(name), ['--storage', '32MiB', ...via, ...options])
  people.push(started)
  return started
}

function path(name: string): string {
  return join(folder, name)
}

function friendNews(self: TestServe, matches: (friend: Friend) => boolean): Promise<Friend> {
  return self.news('friends.changed', matches)
}

function messageNews(self: TestServe, matches: (message: Message) => boolean): Promise<Message> {
  return self.news('messages.changed', matches)
}

function fileNews(self: TestServe, matches: (view: FileTransferView) => boolean): Promise<FileTransferView> {
  return self.news('files.changed', matches)
}

test('profile: shown, changed within its limits, written out and taken over', async () => {
  const fresh = await alice.call<Profile>('profile.get')
  expect(fresh).toMatchObject({ name: '', statusMessage: '', status: 'none', isEncrypted: false })
  expect(fresh.toxId).toMatch(/^[0-9A-F]{76}$/)
  expect(fresh.toxId.startsWith(fresh.publicKey)).toBe(true)
  const name = 'ä'.repeat(64)
  expect(await alice.call('profile.set', { name, status: 'busy' })).toMatchObject({ name, status: 'busy' })
  const renewed = await alice.call<Profile>('profile.set', { name: 'Alice', status: 'none', newNospam: true })
  expect(renewed.publicKey).toBe(fresh.publicKey)
  expect(renewed.toxId).not.toBe(fresh.toxId)
  await bob.call('profile.set', { name: 'Bob' })

  await alice.call('profile.export', { path: path('plain.tox') })
  await alice.call('profile.export', { path: path('sealed.tox'), passphrase: 'größe' })
  expect(readFileSync(path('sealed.tox'), 'latin1').slice(0, 8)).toBe('toxEsave')
  expect(statSync(path('plain.tox')).mode & 0o077).toBe(0)
  expect(await alice.refusal('profile.export', { path: path('plain.tox') })).toMatchObject({ code: UNREADABLE })

  const carol = person('carol', '--storage', '0')
  const own = await carol.call<Profile>('profile.get')
  const { code } = await carol.refusal('profile.import', { path: path('sealed.tox') })
  const wrong = await carol.refusal('profile.import', { path: path('sealed.tox'), passphrase: 'grösse' })
  const none = await carol.refusal('profile.import', { path: path('none.tox') })
  expect([code, wrong.code, none.code]).toEqual([WRONG_PASSPHRASE, WRONG_PASSPHRASE, UNREADABLE])
  writeFileSync(path('cut.tox'), readFileSync(path('plain.tox')).subarray(0, 100))
  expect(await carol.refusal('profile.import', { path: path('cut.tox') })).toMatchObject({ code: UNREADABLE })
  expect(await carol.call('profile.get')).toEqual(own)
  const imported = await carol.call<Profile>('profile.import', { path: path('sealed.tox'), passphrase: 'größe' })
  expect(imported).toEqual({ ...renewed })
  await carol.leave()
})

test('settings, storage and proofs: shown and changed', async () => {
  const settings = await alice.call<Settings>('settings.get')
  expect(settings).toMatchObject({ ttlSeconds: 14 * 86_400, fileTtlSeconds: 2 * 86_400, proofAlgorithm: 'argon2id' })
  const change = { ttlSeconds: HOUR_SECONDS, fileTtlSeconds: HOUR_SECONDS, proofAlgorithm: 'sha512d' } as const
  expect(await alice.call('settings.set', change)).toEqual({ ...settings, ...change })
  expect(await alice.call('settings.get')).toEqual({ ...settings, ...change })
  expect(await alice.news('settings.changed')).toEqual({ ...settings, ...change })

  expect(await alice.call('storage.get')).toMatchObject({ allocationBytes: 32 * 2 ** 20, usedBytes: 0, records: 0 })
  const changed = await alice.call<Storage>('storage.set', { allocationBytes: 64 * 2 ** 20, recordBytesMax: 4_096 })
  expect(changed).toMatchObject({ allocationBytes: 64 * 2 ** 20, recordBytesMax: 4_096, servedToday: 0 })
  expect(await alice.news<Storage>('storage.changed')).toMatchObject({ allocationBytes: 64 * 2 ** 20 })
  expect(await alice.refusal('storage.set', { allocationBytes: 1_000 })).toMatchObject({ code: INVALID })

  const { threads, algorithms } = await alice.call<ProofMeasure>('proof.measure')
  expect(threads).toBe(settings.proofThreads)
  expect(algorithms.map(({ name }) => name)).toEqual(['sha512d', 'argon2id'])
  for (const { trialsPerSecond, secondsPerMessage } of algorithms) {
    expect(Math.min(trialsPerSecond, secondsPerMessage)).toBeGreaterThan(0)
  }
  // A trial fills a mebibyte, so that no computer does nearly as many of them.
  const [sha512d = 0, argon2id = 0] = algorithms.map(({ trialsPerSecond }) => trialsPerSecond)
  expect(argon2id).toBeLessThan(sha512d / 20)
  const price = (sizeBytes: number): Promise<ProofPrice> => alice.call('proof.price', { sizeBytes, ttlSeconds: 86_400 })
  const [small, large] = [await price(10), await price(60_000)]
  expect(small.seconds).toBeGreaterThan(0)
  expect(large.effort).toBeGreaterThan(10 * small.effort)
  const [first] = await alice.call<StorageSample[]>('storage.history')
  expect(first).toMatchObject({ usedBytes: 0, records: 0, served: 0 })
  const info = await alice.call<AppInfo>('app.info')
  expect(info).toMatchObject({ version: '0.1.0', shell: 'stdio', profileFolder: path('alice') })
  expect(info.cores).toBe(availableParallelism())
  expect(info.libraries.map(({ name }) => name)).toContain('libsodium-wrappers')
  expect(await alice.call('app.log')).toEqual([])
})

test('friends: asked by Tox ID through the onion, accepted, met', async () => {
  aliceKey = (await alice.call<Profile>('profile.get')).publicKey
  const { toxId, publicKey } = await bob.call<Profile>('profile.get')
  bobKey = publicKey
  const ownId = (await alice.call<Profile>('profile.get')).toxId
  const message = 'It is me, Alice: ß, 漢, 🗺️'
  const mistyped = `${toxId.slice(0, 70)}${toxId[70] === '0' ? '1' : '0'}${toxId.slice(71)}`
  expect(await alice.refusal('friends.add', { toxId: mistyped, message })).toMatchObject({ code: INVALID })
  expect(await alice.refusal('friends.add', { toxId: ownId, message })).toMatchObject({ code: IMPOSSIBLE })
  const added = await alice.call<Friend>('friends.add', { toxId: toxId.toLowerCase(), message })
  expect(added).toMatchObject({
    publicKey,
    online: false,
    offlineMessages: 'pending',
    isRequested: true,
    unreadCount: 0,
    hasMet: false,
    draft: '',
  })
  expect(await alice.refusal('friends.add', { toxId, message })).toMatchObject({ code: CONFLICT })

  const request = await bob.news<FriendRequest>('friends.requested')
  expect(request).toMatchObject({ publicKey: aliceKey, message })
  expect(await bob.call('friends.requests')).toEqual([request])
  expect(await bob.refusal('friends.accept', { publicKey: STRANGER })).toMatchObject({ code: NOT_FOUND })
  await bob.call('friends.accept', { publicKey: aliceKey.toLowerCase() })
  expect(await bob.call('friends.requests')).toEqual([])
  expect(await bob.refusal('friends.accept', { publicKey: aliceKey })).toMatchObject({ code: NOT_FOUND })

  expect(await bob.news<Notice>('app.notice')).toEqual({
    kind: 'request',
    publicKey: aliceKey,
    name: '',
    text: message,
  })

  const isMet = ({ online, offlineMessages, name }: Friend): boolean =>
    online && offlineMessages === 'ready' && name !== ''
  expect(await friendNews(alice, isMet)).toMatchObject({
    publicKey: bobKey,
    name: 'Bob',
    isRequested: false,
    hasMet: true,
  })
  expect(await friendNews(bob, isMet)).toMatchObject({ publicKey: aliceKey, name: 'Alice' })
  const [listed, ...others] = await alice.call<Friend[]>('friends.list')
  expect([listed?.publicKey, listed?.online, others]).toEqual([bobKey, true, []])
  await alice.call('profile.set', { statusMessage: 'here', status: 'away' })
  await friendNews(bob, ({ statusMessage, status }) => statusMessage === 'here' && status === 'away')
})

test('a request is let go; drafts and TTL of a friend are kept', async () => {
  const dora = person('dora', '--storage', '0')
  const { toxId } = await bob.call<Profile>('profile.get')
  await dora.call('friends.add', { toxId, message: 'It is me, Dora.' })
  const { publicKey } = await bob.news<FriendRequest>('friends.requested', ({ message }) => message.includes('Dora'))
  await bob.call('friends.dismiss', { publicKey })
  expect(await bob.call('friends.requests')).toEqual([])
  expect(await bob.refusal('friends.accept', { publicKey })).toMatchObject({ code: NOT_FOUND })
  await dora.leave()

  await alice.call('friends.setDraft', { publicKey: bobKey, text: 'not yet' })
  expect(await friendNews(alice, ({ draft }) => draft === 'not yet')).toMatchObject({ publicKey: bobKey })
  await alice.call('friends.setDraft', { publicKey: bobKey, text: '' })
  expect(await alice.call('friends.setTtl', { publicKey: bobKey, ttlSeconds: 60 })).toMatchObject({ ttlSeconds: 60 })
  expect(await alice.call('friends.setTtl', { publicKey: bobKey })).not.toHaveProperty('ttlSeconds')
})

test('messages to a friend who is online: delivered, shown in order by pages, found, read, with typing', async () => {
  await alice.call('typing.set', { friend: bobKey, isTyping: true })
  await friendNews(bob, ({ isTyping }) => isTyping)
  await alice.call('typing.set', { friend: bobKey, isTyping: false })
  const texts = ['one', 'zwei größer', '三', 'four', '🗺️'.repeat(100)]
  const sent: Message[] = []
  for (const text of texts) sent.push(await alice.call<Message>('messages.send', { friend: bobKey, text }))
  const waves = await alice.call<Message>('messages.send', { friend: bobKey, text: 'waves', kind: 'action' })
  const ids = [...sent, waves].map(({ id }) => id)
  expect(ids).toEqual(ids.toSorted((left, right) => left - right))
  expect(sent[0]).toMatchObject({ friend: bobKey, direction: 'out', kind: 'text', text: 'one', isRead: true })
  for (const { sentAt } of sent) expect(sentAt).toMatch(TIMESTAMP)

  for (const id of ids) await messageNews(alice, (message) => message.id === id && message.state === 'delivered')
  const last = await messageNews(bob, ({ text }) => text === 'waves')
  expect(last).toMatchObject({ friend: aliceKey, direction: 'in', kind: 'action', state: 'received', isRead: false })
  expect(last.sentAt).toBe(waves.sentAt)
  const all = await bob.call<Message[]>('messages.list', { friend: aliceKey, limit: 200 })
  expect(all.map(({ text }) => text)).toEqual([...texts, 'waves'])
  const newest = await bob.call<Message[]>('messages.list', { friend: aliceKey, limit: 2 })
  expect(newest).toEqual(all.slice(-2))
  const older = await bob.call<Message[]>('messages.list', { friend: aliceKey, limit: 3, beforeId: newest[0]?.id })
  expect(older).toEqual(all.slice(1, 4))
  const after = { friend: aliceKey, afterId: all[1]?.id, limit: 2 }
  expect(await bob.call('messages.after', after)).toEqual(all.slice(2, 4))
  expect(await bob.call('messages.around', { id: all[3]?.id, limit: 3 })).toEqual(all.slice(2, 5))
  expect(await bob.call('messages.around', { id: all[0]?.id, limit: 3 })).toEqual(all.slice(0, 3))
  expect(await bob.news<Notice>('app.notice', ({ kind }) => kind === 'message')).toMatchObject({ name: 'Alice' })

  const found = await bob.call<Message[]>('messages.search', { text: 'GROSSER' })
  const prefix = await bob.call<Message[]>('messages.search', { text: 'große', friend: aliceKey, limit: 1 })
  expect([found, prefix.map(({ text }) => text)]).toEqual([[], ['zwei größer']])
  expect(await bob.call('messages.search', { text: '"*)' })).toEqual([])
  expect(await bob.call('messages.search', { text: 'one', friend: STRANGER })).toEqual([])

  expect((await friendNews(bob, ({ unreadCount }) => unreadCount === 6)).publicKey).toBe(aliceKey)
  await bob.call('messages.markRead', { friend: aliceKey, upToId: last.id })
  expect((await friendNews(bob, ({ unreadCount }) => unreadCount === 0)).publicKey).toBe(aliceKey)
  for (const id of ids) await messageNews(alice, (message) => message.id === id && message.state === 'read')
  const { timeline, holders } = await alice.call<Delivery>('messages.delivery', { id: waves.id })
  expect(timeline.map(({ state }) => state)).toEqual(['queued', 'delivered', 'read'])
  expect(holders).toEqual([])
  for (const method of ['messages.cancel', 'messages.resend'] as const) {
    expect(await alice.refusal(method, { id: waves.id })).toMatchObject({ code: CONFLICT })
  }
  expect(await alice.refusal('messages.edit', { id: waves.id, text: 'x' })).toMatchObject({ code: CONFLICT })
  const [listed] = await bob.call<Friend[]>('friends.list')
  expect(listed?.lastMessage).toMatchObject({ id: last.id, kind: 'action', text: 'waves', direction: 'in' })
  await bob.call('messages.remove', { id: last.id })
  expect(await bob.news('messages.removed')).toEqual({ id: last.id, friend: aliceKey })
  expect(await bob.call('messages.list', { friend: aliceKey, limit: 200 })).toEqual(
    all.slice(0, -1).map((message) => ({ ...message, isRead: true })),
  )
  expect(await bob.call('messages.search', { text: 'waves' })).toEqual([])
  await friendNews(bob, ({ lastMessage }) => lastMessage?.text === texts.at(-1))
})

test('files to a friend who is online: offered, taken, paused by either side, resumed, cancelled by either side', async () => {
  const bytes = Buffer.from(Array.from({ length: FILE_BYTES }, (_, at) => (at * 31 + (at >> 8)) % 251))
  writeFileSync(path('photo.bin'), bytes)
  const offer = (self: TestServe, friend: string) =>
    self.call<{ transfer: FileTransferView }>('files.send', { friend, path: path('photo.bin') })
  const { transfer: sent } = await offer(alice, bobKey)
  expect(sent).toMatchObject({ direction: 'out', name: 'photo.bin', sizeBytes: FILE_BYTES, state: 'offered' })
  expect(sent).toMatchObject({ path: path('photo.bin'), bytesPerSecond: 0 })
  const offered = await fileNews(bob, ({ state }) => state === 'offered')
  expect(offered).toMatchObject({ friend: aliceKey, direction: 'in', name: 'photo.bin', sizeBytes: FILE_BYTES })
  // As a message would: it is told, it counts as unread, and it is the last line of the conversation.
  expect(await bob.news<Notice>('app.notice', ({ kind }) => kind === 'file')).toMatchObject({ text: 'photo.bin' })
  const lastFile = { direction: 'in', name: 'photo.bin', startedAt: offered.startedAt }
  expect((await friendNews(bob, ({ unreadCount }) => unreadCount === 1)).lastFile).toEqual(lastFile)
  await bob.call('files.markRead', { friend: aliceKey, upToId: offered.id })
  expect((await friendNews(bob, ({ unreadCount }) => unreadCount === 0)).lastFile).toEqual(lastFile)
  expect((await alice.call<Friend[]>('friends.list'))[0]?.lastFile).toMatchObject({ direction: 'out' })
  expect(await bob.refusal('files.accept', { id: offered.id, path: path('photo.bin') })).toMatchObject({
    code: UNREADABLE,
  })
  // By the time of a reply the file could be here.
  await bob.together(() => [
    bob.call('files.accept', { id: offered.id, path: path('taken.bin') }),
    bob.call('files.pause', { id: offered.id }),
  ])
  await fileNews(alice, ({ id, state }) => id === sent.id && state === 'paused-by-friend')
  await bob.call('files.resume', { id: offered.id })
  for (const [self, { id }] of [
    [alice, sent],
    [bob, offered],
  ] as const) {
    await fileNews(self, (view) => view.id === id && view.state === 'finished' && view.transferredBytes === FILE_BYTES)
  }
  expect(readFileSync(path('taken.bin')).equals(bytes)).toBe(true)
  for (const method of ['files.pause', 'files.resume', 'files.cancel', 'files.accept']) {
    const params = { id: offered.id, ...(method === 'files.accept' ? { path: path('x') } : {}) }
    expect(await bob.refusal(method, params)).toMatchObject({ code: CONFLICT })
  }

  const { transfer: second } = await offer(bob, aliceKey)
  const refused = await fileNews(alice, ({ state, direction }) => state === 'offered' && direction === 'in')
  expect(await alice.call('files.cancel', { id: refused.id })).toMatchObject({ state: 'cancelled' })
  expect(await fileNews(bob, ({ id, state }) => id === second.id && state === 'cancelled')).toMatchObject({
    reason: 'by-friend',
  })
  const { transfer: third } = await offer(alice, bobKey)
  const withdrawn = await fileNews(
    bob,
    ({ id, state, direction }) => id > offered.id && state === 'offered' && direction === 'in',
  )
  await alice.call('files.cancel', { id: third.id })
  await fileNews(bob, ({ id, state }) => id === withdrawn.id && state === 'cancelled')
  const ofBob = { friend: bobKey, limit: 10 }
  const listed = await alice.call<FileTransferView[]>('files.list', ofBob)
  expect(listed.map(({ state }) => state)).toEqual(['finished', 'cancelled', 'cancelled'])
  expect(await alice.call('files.list', { ...ofBob, beforeId: third.id, limit: 1 })).toEqual([listed[1]])
  const place = listed[1]?.afterMessageId ?? 0
  expect(await alice.call('files.list', { ...ofBob, afterMessages: { from: place } })).toEqual(listed)
  expect(await alice.call('files.list', { ...ofBob, afterMessages: { from: place + 1, to: place + 9 } })).toEqual([])
  expect(await alice.call('files.search', { text: 'phot' })).toEqual(listed.toReversed())
  await alice.call('files.remove', { id: third.id })
  expect(await alice.news('files.removed')).toEqual({ id: third.id, friend: bobKey })
  expect(await alice.call('files.list', ofBob)).toEqual(listed.slice(0, 2))
})

test('network: who is there', async () => {
  const network = await alice.news<Network>(
    'network.changed',
    ({ connected, storageNodes }) => connected && storageNodes >= 3,
  )
  expect(network).toMatchObject({ scope: 'loopback', connected: true })
  expect(await alice.call('network.get')).toMatchObject({ udpPort: network.udpPort, dhtKey: network.dhtKey })
  const rings = async () => await alice.call<RingView[]>('network.rings')
  await expect.poll(async () => (await rings()).filter(({ successors }) => successors.length > 0)).toHaveLength(3)
  expect((await rings()).map(({ ring }) => ring)).toEqual([0, 1, 2])
  await expect.poll(async () => (await rings())[0]?.successors.map(({ rttMs }) => typeof rttMs)).toContain('number')
  const newestLookup = async () => (await alice.call<LookupView[]>('network.lookups'))[0]
  await expect.poll(async () => (await newestLookup())?.startedAt).toMatch(TIMESTAMP)
  await expect
    .poll(() => alice.call<Network>('network.get'))
    .toMatchObject({ isUdpOn: true, rttMs: expect.any(Number) as number })
  expect(network.sentBytes).toBeGreaterThan(0)
})

test('bootstrap nodes: shown with their state, own ones added and removed', async () => {
  const given = async () => await alice.call<BootstrapNodeView[]>('network.bootstrapNodes')
  await expect
    .poll(async () => (await given()).map(({ source, state }) => [source, state]))
    .toEqual(nodes.map(() => ['given', 'answered']))
  const givenCount = nodes.length
  const extra = await startTestNode(nodes[0]?.point)
  nodes.push(extra)
  const entry = { host: '127.0.0.1', port: extra.udpPort, dhtKey: extra.dhtKey }
  const added = await alice.call<BootstrapNodeView[]>('network.addBootstrapNode', entry)
  expect(added.at(-1)).toMatchObject({ ...entry, source: 'own' })
  await expect
    .poll(given)
    .toContainEqual(expect.objectContaining({ source: 'own', state: 'answered' }) as BootstrapNodeView)
  const outside = { host: '192.0.2.1', port: 33_445, dhtKey: STRANGER }
  const withOutside = await alice.call<BootstrapNodeView[]>('network.addBootstrapNode', outside)
  expect(withOutside.at(-1)).toMatchObject({ ...outside, state: 'unresolved' })
  expect(await alice.refusal('network.addBootstrapNode', outside)).toMatchObject({ code: CONFLICT })
  const first = { host: '127.0.0.1', port: nodes[0]?.udpPort, dhtKey: nodes[0]?.dhtKey }
  expect(await alice.refusal('network.removeBootstrapNode', first)).toMatchObject({ code: IMPOSSIBLE })
  await alice.call('network.removeBootstrapNode', outside)
  const left = await alice.call<BootstrapNodeView[]>('network.removeBootstrapNode', entry)
  expect(left.map(({ source }) => source)).toEqual(Array.from({ length: givenCount }, () => 'given'))
})

test('a friend who is offline: stored, renewed, taken back, with receipts; waiting can be switched off', async () => {
  await bob.leave()
  await friendNews(alice, ({ publicKey, online }) => publicKey === bobKey && !online)
  alice.forgetNews()
  const waiting = await alice.call<Message>('messages.send', {
    friend: bobKey,
    text: 'later',
    ttlSeconds: HOUR_SECONDS,
  })
  writeFileSync(path('note.txt'), 'x'.repeat(WAITING_FILE_BYTES_MAX))
  writeFileSync(path('big.bin'), Buffer.alloc(WAITING_FILE_BYTES_MAX + 1))
  const send = { friend: bobKey, path: path('note.txt'), ttlSeconds: HOUR_SECONDS }
  const { message: file } = await alice.call<{ message: Message }>('files.send', send)
  expect(file).toMatchObject({ kind: 'file', text: '', file: { name: 'note.txt', sizeBytes: WAITING_FILE_BYTES_MAX } })
  expect(await alice.refusal('files.send', { ...send, path: path('big.bin') })).toMatchObject({ code: IMPOSSIBLE })
  expect(await alice.refusal('files.send', { ...send, path: path('none') })).toMatchObject({ code: UNREADABLE })
  expect(await alice.refusal('files.send', { ...send, path: folder })).toMatchObject({ code: UNREADABLE })

  const stored = await messageNews(alice, ({ id, state }) => id === waiting.id && state === 'stored')
  expect(stored.expiresAt).toMatch(TIMESTAMP)
  expect(stored.copies?.held).toBeGreaterThan(0)
  const delivery = await alice.call<Delivery>('messages.delivery', { id: waiting.id })
  const states = delivery.timeline.map(({ state }) => state)
  expect(states.slice(0, 2).concat(states.at(-1) ?? 'queued')).toEqual(['queued', 'proving', 'stored'])
  expect(delivery.holders.map(({ status }) => status)).toContain('held')
  expect(delivery.receipts[0]?.signature).toMatch(/^[0-9A-F]{128}$/)

  const renewed = await alice.call<Message>('messages.renew', { id: waiting.id, ttlSeconds: 8 * HOUR_SECONDS })
  expect(renewed.id).toBe(waiting.id)
  await messageNews(
    alice,
    ({ id, state, expiresAt }) =>
      id === waiting.id && state === 'stored' && (expiresAt ?? '') > (stored.expiresAt ?? ''),
  )
  const off = await alice.call<Friend>('friends.setOfflineMessages', { publicKey: bobKey, isOn: false })
  expect(off.offlineMessages).toBe('off')
  const held = await alice.call<Message>('messages.send', { friend: bobKey, text: 'never mind' })
  expect(held).toMatchObject({ state: 'queued', reason: 'waiting-off' })
  expect(await alice.call('messages.edit', { id: held.id, text: 'another time' })).toMatchObject({
    id: held.id,
    text: 'another time',
    state: 'queued',
  })
  expect(await alice.refusal('messages.edit', { id: waiting.id, text: 'x' })).toMatchObject({ code: CONFLICT })
  expect(await alice.call('messages.cancel', { id: held.id })).toMatchObject({ state: 'cancelled' })
  expect(await alice.refusal('messages.renew', { id: held.id, ttlSeconds: 60 })).toMatchObject({ code: CONFLICT })
  await alice.call('friends.setOfflineMessages', { publicKey: bobKey, isOn: true })
  await messageNews(alice, ({ id, state }) => id === file.id && state === 'stored')
})

test('the friend comes back: gets it, saves the file, and the sender sees it collected', async () => {
  bob = person('bob', '--storage', '0')
  expect(await messageNews(bob, ({ text }) => text === 'later')).toMatchObject({ direction: 'in', state: 'received' })
  const came = await messageNews(bob, ({ file }) => file?.name === 'note.txt')
  await bob.call('files.saveWaiting', { messageId: came.id, path: path('saved.txt') })
  expect(readFileSync(path('saved.txt'), 'utf8')).toBe('x'.repeat(WAITING_FILE_BYTES_MAX))
  const again = { messageId: came.id, path: path('saved.txt') }
  expect(await bob.refusal('files.saveWaiting', again)).toMatchObject({ code: UNREADABLE })
  const states = ['collected', 'delivered']
  await messageNews(alice, ({ text, state }) => text === 'later' && states.includes(state))
  const [sent] = await alice.call<Message[]>('messages.search', { text: 'later' })
  expect(await alice.refusal('messages.resend', { id: sent?.id })).toMatchObject({ code: CONFLICT })
})

const LONG_TEXT = { friend: STRANGER, text: 'ä'.repeat(687) }

/** Arguments that must be refused, with the code; beside these every method gets some that no method takes. */
const BAD: Readonly<Record<Method, readonly (readonly [params: unknown, code: number])[]>> = {
  'account.get': [],
  'account.create': [
    [{ name: '' }, INVALID],
    [{ name: 'x'.repeat(129) }, INVALID],
    [{ name: 'Bob', passphrase: '' }, INVALID],
    [{ name: 'Bob' }, CONFLICT],
  ],
  'account.unlock': [
    [{ passphrase: '' }, INVALID],
    [{ passphrase: 'x' }, CONFLICT],
  ],
  'account.import': [
    [{ path: '' }, INVALID],
    [{ path: '/none/x' }, CONFLICT],
  ],
  'account.restore': [
    [{ path: '/none/x' }, INVALID],
    [{ path: '/none/x', passphrase: 'x' }, CONFLICT],
  ],
  'account.retry': [[{}, CONFLICT]],
  'profile.get': [],
  'profile.set': [
    [{ name: 'ä'.repeat(65) }, INVALID],
    [{ statusMessage: 'x'.repeat(1_008) }, INVALID],
    [{ status: 'asleep' }, INVALID],
    [{ newNospam: false }, INVALID],
  ],
  'profile.import': [
    [{}, INVALID],
    [{ path: '' }, INVALID],
    [{ path: '/none/x' }, UNREADABLE],
  ],
  'profile.export': [
    [{ path: 7 }, INVALID],
    [{ path: '/none/x' }, UNREADABLE],
  ],
  'profile.setPassphrase': [
    [{ next: '' }, INVALID],
    [{ current: 7 }, INVALID],
  ],
  'profile.backup': [
    [{ path: '/none/x' }, INVALID],
    [{ path: '/none/x', passphrase: '' }, INVALID],
    [{ path: '/none/x', passphrase: 'x' }, UNREADABLE],
  ],
  'friends.list': [],
  'friends.add': [
    [{ toxId: STRANGER, message: 'x' }, INVALID],
    [{ toxId: 'G'.repeat(76), message: 'x' }, INVALID],
    [{ toxId: 'A'.repeat(76), message: '' }, INVALID],
    [{ toxId: 'A'.repeat(76), message: 'x'.repeat(922) }, INVALID],
  ],
  'friends.accept': [
    [{ publicKey: STRANGER }, NOT_FOUND],
    [{ publicKey: 'AB' }, INVALID],
  ],
  'friends.requests': [],
  'friends.remove': [
    [{ publicKey: STRANGER }, NOT_FOUND],
    [{ publicKey: `${STRANGER}00` }, INVALID],
  ],
  'friends.dismiss': [
    [{ publicKey: STRANGER }, NOT_FOUND],
    [{}, INVALID],
  ],
  'friends.setTtl': [
    [{ publicKey: STRANGER, ttlSeconds: 60 }, NOT_FOUND],
    [{ publicKey: STRANGER, ttlSeconds: 9 }, INVALID],
  ],
  'friends.setDraft': [
    [{ publicKey: STRANGER, text: 'x' }, NOT_FOUND],
    [{ publicKey: STRANGER, text: 'x'.repeat(65_537) }, INVALID],
  ],
  'friends.setOfflineMessages': [
    [{ publicKey: STRANGER, isOn: true }, NOT_FOUND],
    [{ publicKey: STRANGER }, INVALID],
  ],
  'messages.send': [
    [{ friend: STRANGER, text: 'x' }, NOT_FOUND],
    [{ friend: STRANGER, text: '' }, INVALID],
    [LONG_TEXT, INVALID],
    [{ friend: STRANGER, text: 'x', ttlSeconds: 9 }, INVALID],
    [{ friend: STRANGER, text: 'x', ttlSeconds: 30 * 86_400 + 1 }, INVALID],
    [{ friend: STRANGER, text: 'x', kind: 'file' }, INVALID],
  ],
  'messages.list': [
    [{ friend: 'x', limit: 1 }, INVALID],
    [{ friend: STRANGER, limit: 0 }, INVALID],
    [{ friend: STRANGER, limit: 201 }, INVALID],
    [{ friend: STRANGER, limit: 1, beforeId: 0 }, INVALID],
  ],
  'messages.around': [
    [{ id: 999_999, limit: 1 }, NOT_FOUND],
    [{ id: 1, limit: 0 }, INVALID],
    [{ id: 1, limit: 201 }, INVALID],
  ],
  'messages.after': [
    [{ friend: STRANGER, afterId: -1, limit: 1 }, INVALID],
    [{ friend: STRANGER, limit: 1 }, INVALID],
  ],
  'messages.edit': [
    [{ id: 999_999, text: 'x' }, NOT_FOUND],
    [{ id: 1, text: '' }, INVALID],
    [{ id: 1, text: 'ä'.repeat(687) }, INVALID],
  ],
  'messages.remove': [
    [{ id: 999_999 }, NOT_FOUND],
    [{ id: -1 }, INVALID],
  ],
  'messages.cancel': [
    [{ id: 999_999 }, NOT_FOUND],
    [{ id: 0 }, INVALID],
    [{ id: 1.5 }, INVALID],
  ],
  'messages.renew': [
    [{ id: 999_999, ttlSeconds: 60 }, NOT_FOUND],
    [{ id: 1, ttlSeconds: 1 }, INVALID],
  ],
  'messages.resend': [
    [{ id: 999_999 }, NOT_FOUND],
    [{ id: '1' }, INVALID],
  ],
  'messages.markRead': [
    [{ friend: STRANGER, upToId: 1 }, NOT_FOUND],
    [{ friend: STRANGER, upToId: -1 }, INVALID],
  ],
  'messages.search': [
    [{ text: '' }, INVALID],
    [{ text: 'x'.repeat(201) }, INVALID],
    [{ text: 'x', limit: 101 }, INVALID],
  ],
  'messages.delivery': [
    [{ id: 999_999 }, NOT_FOUND],
    [{ id: null }, INVALID],
  ],
  'files.send': [
    [{ friend: STRANGER, path: '/none' }, NOT_FOUND],
    [{ friend: STRANGER, path: '' }, INVALID],
  ],
  'files.list': [
    [{ friend: STRANGER, limit: 0 }, INVALID],
    [{ friend: STRANGER, limit: 201 }, INVALID],
    [{ friend: STRANGER, limit: 1, beforeId: 0 }, INVALID],
    [{ friend: STRANGER, limit: 1, afterMessages: { to: 1 } }, INVALID],
  ],
  'files.search': [
    [{ text: '' }, INVALID],
    [{ text: 'x', friend: 'AB' }, INVALID],
  ],
  'files.remove': [
    [{ id: 999 }, NOT_FOUND],
    [{ id: 0 }, INVALID],
  ],
  'files.accept': [
    [{ id: 999, path: '/none/x' }, NOT_FOUND],
    [{ id: 999 }, INVALID],
  ],
  'files.pause': [
    [{ id: 999 }, NOT_FOUND],
    [{ id: 2 ** 60 }, INVALID],
  ],
  'files.resume': [
    [{ id: 999 }, NOT_FOUND],
    [{ id: -1 }, INVALID],
  ],
  'files.cancel': [
    [{ id: 999 }, NOT_FOUND],
    [{ id: [] }, INVALID],
  ],
  'files.markRead': [
    [{ friend: STRANGER, upToId: 1 }, NOT_FOUND],
    [{ friend: STRANGER, upToId: 0 }, INVALID],
  ],
  'files.saveWaiting': [
    [{ messageId: 999_999, path: '/none/x' }, NOT_FOUND],
    [{ messageId: 1 }, INVALID],
  ],
  'typing.set': [
    [{ friend: STRANGER, isTyping: true }, NOT_FOUND],
    [{ friend: STRANGER, isTyping: 1 }, INVALID],
  ],
  'network.get': [],
  'network.rings': [],
  'network.lookups': [],
  'network.bootstrapNodes': [],
  'network.addBootstrapNode': [
    [{ host: '', port: 1, dhtKey: STRANGER }, INVALID],
    [{ host: 'x', port: 0, dhtKey: STRANGER }, INVALID],
    [{ host: 'x', port: 1, dhtKey: 'AB' }, INVALID],
  ],
  'network.removeBootstrapNode': [
    [{ host: 'x', port: 1, dhtKey: STRANGER }, NOT_FOUND],
    [{ host: 'x', port: 65_536, dhtKey: STRANGER }, INVALID],
  ],
  'storage.get': [],
  'storage.set': [
    [{ allocationBytes: -1 }, INVALID],
    [{ allocationBytes: 0.5 }, INVALID],
    [{ recordBytesMax: 255 }, INVALID],
    [{ recordBytesMax: 65_537 }, INVALID],
    [{ ttlSecondsMax: 9 }, INVALID],
  ],
  'storage.clear': [],
  'storage.history': [],
  'proof.measure': [],
  'proof.price': [
    [{ sizeBytes: -1, ttlSeconds: 60 }, INVALID],
    [{ sizeBytes: 1, ttlSeconds: 9 }, INVALID],
  ],
  'settings.get': [],
  'settings.set': [
    [{ ttlSeconds: 9 }, INVALID],
    [{ proofThreads: 0 }, INVALID],
    [{ proofAlgorithm: 'tour' }, INVALID],
    [{ readReceipts: 'yes' }, INVALID],
    [{ textScale: 2.1 }, INVALID],
    [{ udpPort: 65_536 }, INVALID],
    [{ language: 'xx' }, INVALID],
    [{ quietHours: { isOn: true, from: '24:00', to: '07:00' } }, INVALID],
  ],
  'app.info': [],
  'app.log': [],
  'app.quit': [],
}

test('every method refuses arguments that are not its own, and nothing changes by it', async () => {
  expect(Object.keys(BAD).toSorted()).toEqual(namesOf('method').toSorted())
  const look = async (): Promise<unknown[]> => [
    await bob.call('profile.get'),
    await bob.call('settings.get'),
    await bob.call('messages.list', { friend: aliceKey, limit: 200 }),
    (await bob.call<Friend[]>('friends.list')).map(({ publicKey }) => publicKey),
  ]
  const before = await look()
  for (const [method, cases] of Object.entries(BAD)) {
    for (const params of [[], 'text', 7, { stray: 1 }]) {
      expect((await bob.refusal(method, params)).code, `${method} ${JSON.stringify(params)}`).toBe(INVALID)
    }
    for (const [params, code] of cases) {
      expect((await bob.refusal(method, params)).code, `${method} ${JSON.stringify(params)}`).toBe(code)
    }
  }
  expect(await look()).toEqual(before)
})

test('a profile with friends takes no other identity; a friend is removed; the vault is cleared; and it quits', async () => {
  expect(await alice.refusal('profile.import', { path: path('plain.tox') })).toMatchObject({ code: CONFLICT })
  await alice.call('storage.clear')
  await alice.call('friends.remove', { publicKey: bobKey })
  expect(await alice.news('friends.removed')).toEqual({ publicKey: bobKey })
  expect(await alice.call('friends.list')).toEqual([])
  expect(await alice.call('messages.list', { friend: bobKey, limit: 200 })).toEqual([])
  await alice.call('app.quit')
  expect(await alice.ended, alice.stderr).toEqual({ code: 0, signal: null })
  await bob.leave()
  expect([alice.stderr, bob.stderr]).toEqual(['', ''])
})

test('every method of the contract was carried out, and every notification was seen', () => {
  // A message is sent again after it expired or failed, which takes hours: host/handlers/messages.test.ts shows it.
  const elsewhere = ['messages.resend', ...ACCOUNT_METHODS]
  const called = new Set<string>([...people.flatMap(({ carriedOut }) => [...carriedOut]), ...elsewhere])
  const told = new Set(people.flatMap(({ toldNames }) => [...toldNames]))
  expect([...called].toSorted()).toEqual(namesOf('method').toSorted())
  expect([...told, 'account.changed'].toSorted()).toEqual(namesOf('event').toSorted())
})
