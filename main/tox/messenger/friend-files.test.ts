import { beforeAll, beforeEach, expect, test } from 'vitest'
import { Counters } from '../../base/counters.ts'
import { SeededRandom } from '../../base/random.ts'
import { TokenBucket } from '../../base/token-bucket.ts'
import { createKeyPair } from '../../crypto/keys.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import type { FileEvent } from './file-events.ts'
import { FriendFiles } from './friend-files.ts'
import { FakeNetCrypto } from './test-fakes.ts'
import { ADDRESS } from './test-pair.ts'
import { TransferRegistry } from './transfer-registry.ts'

beforeAll(() => sodiumReady)

const OFFER = { fileKind: 'data', size: 10, fileId: new Uint8Array(32), name: new Uint8Array(0) } as const
const INCOMING = { fileNumber: 4, fileKind: 0, size: 10n, fileId: new Uint8Array(32), name: new Uint8Array(0) }

/** A kill (2) about what the friend sends (1) under number 4. */
const KILL_RECEIVED_4 = [81, 1, 4, 2]

let files: FriendFiles
let registry: TransferRegistry<FriendFiles>
let events: FileEvent[]
let netCrypto: FakeNetCrypto
let counters: Counters

beforeEach(() => {
  const random = new SeededRandom(12)
  const friend = createKeyPair(random).publicKey
  netCrypto = new FakeNetCrypto(createKeyPair(random).publicKey)
  netCrypto.establish(friend, friend, ADDRESS)
  events = []
  registry = new TransferRegistry()
  counters = new Counters()
  const emit = { push: (event: FileEvent) => events.push(event) }
  files = new FriendFiles({ friend, netCrypto, emit, registry, counters, offers: new TokenBucket(300, 1_000) })
})

function say(isAboutReceived: boolean, fileNumber: number, control: 0 | 1 | 2): void {
  files.handleControl({ isAboutReceived, fileNumber, control, position: undefined }, 0)
}

test('one number may be in use in both directions at once', () => {
  const outcome = files.offer(OFFER, 0)
  files.handleOffer({ ...INCOMING, fileNumber: 0 }, 0)
  const offered = events[0]
  if (outcome.kind !== 'offered' || offered?.kind !== 'fileOffered') throw new Error('no offers')
  expect(offered.fileNumber).toBe(0)
  expect(offered.transferId).not.toBe(outcome.transferId)
  say(false, 0, 2)
  expect(events.at(-1)).toMatchObject({ kind: 'fileEnded', transferId: offered.transferId, direction: 'receiving' })
  expect(registry.ownerOf(outcome.transferId)).toBe(files)
})

test('a sender cannot accept its own offer, nor start it by pausing and resuming', () => {
  files.handleOffer(INCOMING, 0)
  for (const control of [0, 1, 0] as const) say(false, 4, control)
  files.handleData({ fileNumber: 4, data: new Uint8Array(10) })
  expect(events.map(({ kind }) => kind)).toEqual(['fileOffered'])
})

test('a receiver cannot pause what it has not accepted, and resuming what runs is nothing', () => {
  files.offer(OFFER, 0)
  say(true, 0, 1)
  expect(events).toEqual([])
  say(true, 0, 0)
  say(true, 0, 0)
  expect(events.map(({ kind }) => kind)).toEqual(['fileAccepted', 'chunkWanted'])
})

test('data about a file that is not there is ignored', () => {
  files.handleData({ fileNumber: 9, data: new Uint8Array(5) })
  expect(events).toEqual([])
  expect(netCrypto.sent).toEqual([])
})

test('the end of the connection frees every number and every id', () => {
  const ids = Array.from({ length: 256 }, () => files.offer(OFFER, 0)).map((outcome) =>
    outcome.kind === 'offered' ? outcome.transferId : 0,
  )
  for (let fileNumber = 0; fileNumber < 256; fileNumber += 1) files.handleOffer({ ...INCOMING, fileNumber }, 0)
  expect(files.offer(OFFER, 0)).toEqual({ kind: 'tooMany' })
  files.handleDisconnect()
  expect(events.filter(({ kind }) => kind === 'fileEnded')).toHaveLength(512)
  expect(ids.every((id) => registry.ownerOf(id) === undefined)).toBe(true)
  expect(files.nextTimeout()).toBeUndefined()
})

test('a friend who offers and withdraws without end is heard so often and no more, and told no to the rest', () => {
  for (let at = 0; at < 310; at += 1) {
    files.handleOffer(INCOMING, 0)
    say(false, 4, 2)
  }
  expect(events.filter(({ kind }) => kind === 'fileOffered')).toHaveLength(300)
  expect(counters.get('messenger.offersOverLimit')).toBe(10)
  expect(netCrypto.sent.map((packet) => [...packet])).toEqual(Array.from({ length: 10 }, () => KILL_RECEIVED_4))
  files.handleOffer(INCOMING, 1_000)
  expect(events.at(-1)).toMatchObject({ kind: 'fileOffered' })
})

test('a file that is ended while the connection is full ends at once here, and the friend hears of it when there is room', () => {
  files.handleOffer(INCOMING, 0)
  const offered = events[0]
  if (offered?.kind !== 'fileOffered') throw new Error('no offer')
  netCrypto.hasRoom = false
  expect(files.cancel(offered.transferId, 0)).toEqual({ kind: 'done' })
  expect(registry.ownerOf(offered.transferId)).toBeUndefined()
  files.handleTimeout(files.nextTimeout()?.at ?? 0)
  netCrypto.hasRoom = true
  files.handleTimeout(files.nextTimeout()?.at ?? 0)
  expect(netCrypto.sent.map((packet) => [...packet])).toEqual([KILL_RECEIVED_4])
  expect(files.nextTimeout()).toBeUndefined()
})

test('a kill that is owed meets no other file that has its number since', () => {
  netCrypto.hasRoom = false
  files.handleOffer({ ...INCOMING, fileKind: 7 }, 0)
  files.handleOffer(INCOMING, 0)
  netCrypto.hasRoom = true
  files.handleTimeout(1_000)
  expect(netCrypto.sent).toEqual([])

  const first = files.offer(OFFER, 1_000)
  if (first.kind !== 'offered') throw new Error('no offer')
  netCrypto.hasRoom = false
  files.cancel(first.transferId, 1_000)
  netCrypto.hasRoom = true
  netCrypto.sent.length = 0
  expect(files.offer(OFFER, 1_000)).toMatchObject({ kind: 'offered' })
  expect(netCrypto.takeSentIds()).toEqual([81, 80])
})

test('the end of the connection ends what is owed on it', () => {
  netCrypto.hasRoom = false
  files.handleOffer({ ...INCOMING, fileKind: 7 }, 0)
  expect(files.nextTimeout()).toBeDefined()
  files.handleDisconnect()
  expect(files.nextTimeout()).toBeUndefined()
})
