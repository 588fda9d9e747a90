import { beforeEach, expect, test } from 'vitest'
import { Address } from '../../base/address.ts'
import { Counters } from '../../base/counters.ts'
import { SeededRandom } from '../../base/random.ts'
import { type Instant, SECOND_MS } from '../../base/time.ts'
import type { Transmit } from '../../base/transmit.ts'
import { open, randomNonce, seal } from '../../crypto/box.ts'
import { createKeyPair, type KeyPair, type PublicKey } from '../../crypto/keys.ts'
import { SharedKeys } from '../../crypto/shared-keys.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import {
  ANNOUNCED,
  type AnnounceResponsePlain,
  announceRequestPlain,
  announceResponse,
  announceResponsePlain,
  dataResponse,
  NOT_STORED,
  STORED,
} from '../../wire/announce-packets.ts'
import { decode, encode } from '../../wire/codec.ts'
import { DhtEnvelopes } from '../../wire/dht-envelope.ts'
import { onionReturn3 } from '../../wire/onion-packets.ts'
import { ANNOUNCEMENTS_MAX, AnnounceStore } from './announce-store.ts'
import { compareDistance } from '../dht/distance.ts'

await sodiumReady

const RELAY = new Address(Uint8Array.of(10, 0, 0, 3), 33_445)
const NO_PING_ID = new Uint8Array(32)
const SENDBACK = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)
const START = 1_700_000_000_000

let random: SeededRandom
let nodeKeys: KeyPair
let sent: Transmit[]
let lanAllowed: boolean[]
let store: AnnounceStore

beforeEach(() => {
  random = new SeededRandom(3)
  nodeKeys = createKeyPair(random)
  sent = []
  lanAllowed = []
  const near = { publicKey: createKeyPair(random).publicKey, address: RELAY }
  store = new AnnounceStore({
    envelopes: new DhtEnvelopes(nodeKeys, random),
    dht: {
      closestNodes: (_target, count, options) => {
        lanAllowed.push(options.lanAllowed)
        return Array.from({ length: count }, () => near)
      },
    },
    random,
    transmits: { send: (bytes, to) => sent.push({ bytes, to }) },
    counters: new Counters(),
  })
})

interface Request {
  readonly keys: KeyPair
  readonly searchKey?: PublicKey
  readonly pingId?: Uint8Array
  readonly dataKey?: Uint8Array
  readonly from?: Address
  readonly onionReturn?: Uint8Array
  readonly now?: Instant
}

/** One announce request, and what the node says to it. */
function ask(request: Request): AnnounceResponsePlain {
  const { keys, pingId = NO_PING_ID, dataKey = new Uint8Array(32).fill(9), from = RELAY, now = START } = request
  const { onionReturn = new Uint8Array(177).fill(1), searchKey = keys.publicKey } = request
  const shared = new SharedKeys(keys.secretKey).get(nodeKeys.publicKey)
  if (!shared) throw new Error('no shared key')
  const nonce = randomNonce(random)
  const sealed = seal(shared, nonce, encode(announceRequestPlain, { pingId, searchKey, dataKey, sendback: SENDBACK }))
  store.handleAnnounceRequest({ nonce, requestKey: keys.publicKey, sealed, onionReturn }, from, now)
  const answer = sent.shift()
  expect(answer?.to.equals(from)).toBe(true)
  const back = decode(onionReturn3, answer?.bytes ?? new Uint8Array(0))
  expect(back.onionReturn).toEqual(onionReturn)
  const response = decode(announceResponse, back.data)
  expect(response.sendback).toEqual(SENDBACK)
  return decode(announceResponsePlain, open(shared, response.nonce, response.sealed) ?? new Uint8Array(0))
}

function announce(keys: KeyPair, now = START, dataKey = new Uint8Array(32).fill(9)): AnnounceResponsePlain {
  const { pingIdOrKey } = ask({ keys, now, dataKey })
  return ask({ keys, pingId: pingIdOrKey, now, dataKey })
}

test('stores who comes back with the ping id, and tells searchers the data key', () => {
  const alice = createKeyPair(random)
  const bob = createKeyPair(random)
  const first = ask({ keys: alice })
  expect(first.isStored).toBe(NOT_STORED)
  expect(first.nodes).toHaveLength(4)
  expect(ask({ keys: bob, searchKey: alice.publicKey }).isStored).toBe(NOT_STORED)
  expect(ask({ keys: alice, pingId: first.pingIdOrKey }).isStored).toBe(ANNOUNCED)
  const found = ask({ keys: bob, searchKey: alice.publicKey })
  expect(found.isStored).toBe(STORED)
  expect(found.pingIdOrKey).toEqual(new Uint8Array(32).fill(9))
})

test('a ping id is good for its key and address alone, for 300 to 600 seconds', () => {
  const alice = createKeyPair(random)
  const slot = Math.ceil(START / (300 * SECOND_MS)) * 300 * SECOND_MS
  const { pingIdOrKey: pingId } = ask({ keys: alice, now: slot })
  const elsewhere = new Address(RELAY.ip, 1)
  expect(ask({ keys: createKeyPair(random), pingId, now: slot }).isStored).toBe(NOT_STORED)
  expect(ask({ keys: alice, pingId, from: elsewhere, now: slot }).isStored).toBe(NOT_STORED)
  expect(ask({ keys: alice, pingId, now: slot + 600 * SECOND_MS }).isStored).toBe(NOT_STORED)
  expect(ask({ keys: alice, pingId, now: slot + 600 * SECOND_MS - 1 }).isStored).toBe(ANNOUNCED)
})

test('who is stored under another data key is told that it is not', () => {
  const alice = createKeyPair(random)
  announce(alice)
  expect(ask({ keys: alice, dataKey: new Uint8Array(32).fill(8) }).isStored).toBe(NOT_STORED)
  expect(ask({ keys: alice }).isStored).toBe(ANNOUNCED)
})

test('an announcement ends after 300 seconds, unless it is made again', () => {
  const [alice, bob] = [createKeyPair(random), createKeyPair(random)]
  announce(alice)
  announce(bob)
  announce(alice, START + 200 * SECOND_MS)
  expect(store.count(START + 300 * SECOND_MS)).toBe(1)
  const found = ask({ keys: bob, searchKey: alice.publicKey, now: START + 499 * SECOND_MS })
  expect(found.isStored).toBe(STORED)
  expect(ask({ keys: bob, searchKey: alice.publicKey, now: START + 500 * SECOND_MS }).isStored).toBe(NOT_STORED)
})

test('LAN nodes are named to LAN relays only', () => {
  const keys = createKeyPair(random)
  ask({ keys })
  ask({ keys, from: new Address(Uint8Array.of(8, 8, 8, 8), 33_445) })
  expect(lanAllowed).toEqual([true, false])
})

test('holds 160 announcements: a nearer one replaces the farthest, a farther one is not taken', () => {
  const own = nodeKeys.publicKey.bytes
  const all = Array.from({ length: ANNOUNCEMENTS_MAX + 20 }, () => createKeyPair(random))
  const states = all.map((keys) => announce(keys).isStored)
  expect(states.slice(0, ANNOUNCEMENTS_MAX).every((isStored) => isStored === ANNOUNCED)).toBe(true)
  expect(store.count(START)).toBe(ANNOUNCEMENTS_MAX)
  const searcher = createKeyPair(random)
  const held = all.filter((keys) => ask({ keys: searcher, searchKey: keys.publicKey }).isStored === STORED)
  const nearest = all.toSorted((left, right) => compareDistance(own, left.publicKey.bytes, right.publicKey.bytes))
  expect(new Set(held)).toEqual(new Set(nearest.slice(0, ANNOUNCEMENTS_MAX)))
})

test('sends data on the way that the receiver announced, without its key', () => {
  const alice = createKeyPair(random)
  const onionReturn = new Uint8Array(177).fill(5)
  const { pingIdOrKey: pingId } = ask({ keys: alice })
  ask({ keys: alice, pingId, onionReturn })
  const packet = {
    receiverKey: alice.publicKey,
    nonce: new Uint8Array(24).fill(2),
    temporaryKey: createKeyPair(random).publicKey,
    sealed: new Uint8Array(80).fill(3),
    onionReturn: new Uint8Array(177),
  }
  store.handleDataRequest(packet, START)
  const back = decode(onionReturn3, sent[0]?.bytes ?? new Uint8Array(0))
  expect(sent[0]?.to.equals(RELAY)).toBe(true)
  expect(back.onionReturn).toEqual(onionReturn)
  const data = decode(dataResponse, back.data)
  expect([data.nonce, data.sealed]).toEqual([packet.nonce, packet.sealed])
  expect(data.temporaryKey.equals(packet.temporaryKey)).toBe(true)
})

test('data for somebody unknown is dropped without a word', () => {
  const { publicKey } = createKeyPair(random)
  const onionReturn = new Uint8Array(177)
  const nonce = new Uint8Array(24)
  const sealed = new Uint8Array(80)
  store.handleDataRequest({ receiverKey: publicKey, nonce, temporaryKey: publicKey, sealed, onionReturn }, START)
  expect(sent).toEqual([])
})

test('a request that does not open is dropped without a word', () => {
  const { publicKey } = createKeyPair(random)
  const request = { nonce: new Uint8Array(24), requestKey: publicKey, sealed: new Uint8Array(120) }
  store.handleAnnounceRequest({ ...request, onionReturn: new Uint8Array(177) }, RELAY, START)
  expect(sent).toEqual([])
})
