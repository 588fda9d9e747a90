import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { FileTransferView } from '../../shared/model/file.ts'
import type { Friend } from '../../shared/model/friend.ts'
import type { Network } from '../../shared/model/network.ts'
import type { Profile } from '../../shared/model/profile.ts'
import { startTestNode, TestServe } from './test-serve.ts'

/**
 * Two people and a file between them that breaks in the middle. The receiver goes on and stops in one breath again and
 * again, so that the middle does not depend on how fast anybody is.
 */
const FILE_BYTES = 4_000_000
const HALF_BYTES = FILE_BYTES / 2

let folder = ''
let nodes: Awaited<ReturnType<typeof startTestNode>>[] = []
let alice: TestServe
let bob: TestServe
let aliceKey = ''
let bobKey = ''
let sentId = 0
let receivedId = 0
let fileCount = 0
let content: Buffer
const people: TestServe[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ampoule-breaks-'))
  const first = await startTestNode(undefined)
  nodes = [first, ...(await Promise.all([startTestNode(first.point), startTestNode(first.point)]))]
  alice = person('alice')
  bob = person('bob')
  const [a, b] = await Promise.all([alice, bob].map((one) => one.call<Profile>('profile.get')))
  aliceKey = a?.publicKey ?? ''
  bobKey = b?.publicKey ?? ''
  await alice.call('friends.add', { toxId: b?.toxId, message: 'hello' })
  await bob.news('friends.requested')
  await bob.call('friends.accept', { publicKey: aliceKey })
  await Promise.all([seen(alice, bobKey), seen(bob, aliceKey)])
})

afterAll(async () => {
  await Promise.all([...nodes.map(({ process }) => process), ...people].map((one) => one.kill()))
  rmSync(folder, { recursive: true, force: true })
})

/** Half of a file has come, and Bob has paused it. */
beforeEach(async () => {
  fileCount += 1
  content = Buffer.from(Array.from({ length: FILE_BYTES }, (_, at) => (at * 31 + (at >> 8) + fileCount) % 251))
  writeFileSync(source(), content)
  const sent = await alice.call<{ transfer: FileTransferView }>('files.send', { friend: bobKey, path: source() })
  sentId = sent.transfer.id
  receivedId = (
    await told(bob, ({ id, direction, state }) => id > receivedId && direction === 'in' && state === 'offered')
  ).id
  await bob.together(() => [
    bob.call('files.accept', { id: receivedId, path: target() }),
    bob.call('files.pause', { id: receivedId }),
  ])
  while (statSync(target()).size < HALF_BYTES) {
    await bob.together(() => ['files.resume', 'files.pause'].map((way) => bob.call(way as never, { id: receivedId })))
  }
  await told(alice, ({ id, state }) => id === sentId && state === 'paused-by-friend')
})

function person(name: string): TestServe {
  const via = nodes.flatMap(({ point }) => ['--bootstrap', point])
  const started = new TestServe(join(folder, name), ['--storage', '0', ...via])
  people.push(started)
  return started
}

function source(): string {
  return join(folder, `source ${fileCount}`)
}

function target(): string {
  return join(folder, `target ${fileCount}`)
}

async function seen(self: TestServe, friend: string): Promise<void> {
  await self.news<Friend>('friends.changed', ({ publicKey, online }) => publicKey === friend && online)
}

function told(self: TestServe, matches: (view: FileTransferView) => boolean): Promise<FileTransferView> {
  return self.news('files.changed', matches)
}

function expectState(self: TestServe, id: number, state: FileTransferView['state']): Promise<FileTransferView> {
  return told(self, (view) => view.id === id && view.state === state)
}

async function expectWhole(): Promise<void> {
  const [sent, received] = await Promise.all([
    expectState(alice, sentId, 'finished'),
    expectState(bob, receivedId, 'finished'),
  ])
  expect([sent.transferredBytes, received.transferredBytes]).toEqual([FILE_BYTES, FILE_BYTES])
  expect(readFileSync(target()).equals(content)).toBe(true)
  // Nobody was asked again.
  for (const [self, friend] of [
    [alice, bobKey],
    [bob, aliceKey],
  ] as const) {
    expect(await self.call('files.list', { friend, limit: 200 })).toHaveLength(fileCount)
  }
}

test('the receiver’s app is closed and opened again: only the rest is sent, and his pause holds until he ends it', async () => {
  await bob.leave()
  expect(await expectState(alice, sentId, 'awaiting-friend')).toMatchObject({ sizeBytes: FILE_BYTES })
  bob = person('bob')
  await told(alice, ({ id, state }) => id === sentId && state === 'offered')
  await expectState(alice, sentId, 'paused-by-friend')
  const paused = await expectState(bob, receivedId, 'paused')
  expect(paused.transferredBytes).toBe(statSync(target()).size)
  await bob.call('files.resume', { id: receivedId })
  await expectWhole()
  const { receivedBytes } = await bob.call<Network>('network.get')
  expect(receivedBytes).toBeLessThan(FILE_BYTES)
})

test('the sender’s app is killed and started again: the file goes on by itself', async () => {
  await alice.kill()
  await bob.call('files.resume', { id: receivedId })
  alice = person('alice')
  await expectState(bob, receivedId, 'awaiting-friend')
  await expectWhole()
})

test('the sender goes off the network and comes back: the file goes on by itself', async () => {
  await alice.call('settings.set', { udpEnabled: false })
  await expectState(alice, sentId, 'awaiting-friend')
  await bob.call('files.resume', { id: receivedId })
  await expectState(bob, receivedId, 'awaiting-friend')
  await alice.call('settings.set', { udpEnabled: true })
  await expectWhole()
})
