import { beforeAll, beforeEach, expect, test } from 'vitest'
import { SeededRandom } from '../../base/random.ts'
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

let files: FriendFiles
let registry: TransferRegistry<FriendFiles>
let events: FileEvent[]
let netCrypto: FakeNetCrypto

beforeEach(() => {
  const random = new SeededRandom(12)
  const friend = createKeyPair(random).publicKey
  netCrypto = new FakeNetCrypto(createKeyPair(random).publicKey)
  netCrypto.establish(friend, friend, ADDRESS)
  events = []
  registry = new TransferRegistry()
  files = new FriendFiles({ friend, netCrypto, emit: { push: (event) => events.push(event) }, registry })
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
