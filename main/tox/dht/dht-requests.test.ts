import { expect, test } from 'vitest'
import { DecodeError } from '../../base/byte-reader.ts'
import { Counters } from '../../base/counters.ts'
import { SeededRandom } from '../../base/random.ts'
import { SECOND_MS } from '../../base/time.ts'
import type { Transmit } from '../../base/transmit.ts'
import { createKeyPair, type PublicKey } from '../../crypto/keys.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { decode, encode } from '../../wire/codec.ts'
import { DhtEnvelopes } from '../../wire/dht-envelope.ts'
import {
  DhtRequestId,
  dhtRequest,
  NAT_PING_REQUEST,
  NAT_PING_RESPONSE,
  natPing,
  openDhtRequest,
  sealDhtRequest,
} from '../../wire/dht-request.ts'
import { DhtRequests } from './dht-requests.ts'
import { KnownNodes } from './known-nodes.ts'
import { testAddress, testKey, testNode } from './test-nodes.ts'

await sodiumReady

const PING_ID = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)
const FROM = testAddress(9, '9.9.9.9')

test('opens a request for us and sends on one for a listed node, even if that was not heard lately', () => {
  const { requests, closeList, friend, self, sent } = create()
  const other = new DhtEnvelopes(createKeyPair(new SeededRandom(3)), new SeededRandom(4))
  const content = { requestId: 156, data: PING_ID }
  requests.send(self.publicKey, content, [testAddress(1), testAddress(2)])
  expect(sent.map(({ to }) => to.port)).toEqual([1, 2])

  const forUs = friend.seal(self.publicKey, content)
  expect(requests.handle(forUs, FROM)).toMatchObject({ sender: friend.publicKey, ...content })

  const forOther = friend.seal(other.publicKey, content)
  expect(requests.handle(forOther, FROM)).toBeUndefined()
  expect(sent.length).toBe(2)
  closeList.heard(other.publicKey, testAddress(3), -200 * SECOND_MS)
  expect(requests.handle(forOther, FROM)).toBeUndefined()
  expect(sent[2]).toEqual({ bytes: forOther, to: testAddress(3) })
})

test('answers a NAT ping of a searched friend through one who knows it, and of nobody else', () => {
  const { requests, searches, friend, sent } = create()
  const ping = natPingOf(friend, NAT_PING_REQUEST)
  expect(requests.handleNatPing(ping, 0)).toBeUndefined()
  const search = searches.add(friend.publicKey)
  search?.heard(testNode(1), 0)
  expect(requests.handleNatPing(ping, 0)).toBe(search)
  expect(sent).toEqual([])
  search?.setReturned(testKey(1), testAddress(7), 0)
  requests.handleNatPing(ping, 0)
  expect(sent.map(({ to }) => to)).toEqual([testNode(1).address])
  const answer = openDhtRequest(friend.envelopes, decode(dhtRequest, sent[0]?.bytes ?? new Uint8Array(0)))
  expect(answer.requestId).toBe(DhtRequestId.NatPing)
  expect(decode(natPing, answer.data)).toEqual({ kind: NAT_PING_RESPONSE, pingId: PING_ID })
})

test('sends a NAT ping through everybody who knows the friend', () => {
  const { requests, searches, friend, sent } = create()
  const search = searches.add(friend.publicKey)
  for (const first of [1, 2, 3]) search?.heard(testNode(first), 0)
  for (const first of [1, 3]) search?.setReturned(testKey(first), testAddress(7), 0)
  if (search) requests.sendNatPing(search, PING_ID, 0)
  expect(new Set(sent.map(({ to }) => to.text))).toEqual(new Set([1, 3].map((first) => testNode(first).address.text)))
})

test('a NAT ping of another length is malformed', () => {
  const { requests, friend } = create()
  const ping = { ...natPingOf(friend, NAT_PING_REQUEST), data: PING_ID }
  expect(() => requests.handleNatPing(ping, 0)).toThrow(DecodeError)
})

function create() {
  const random = new SeededRandom(1)
  const self = new DhtEnvelopes(createKeyPair(random), random)
  const nodes = new KnownNodes(self.publicKey, random, true)
  const sent: Transmit[] = []
  const transmits = { send: (bytes: Uint8Array, to: Transmit['to']) => sent.push({ bytes, to }) }
  const parts = { random, transmits, counters: new Counters(), nodes }
  const requests = new DhtRequests({ envelopes: self, ...parts })
  return { requests, closeList: nodes.closeList, searches: nodes.searches, sent, self, friend: createFriend() }
}

/** Seals requests as another node would. */
function createFriend() {
  const random = new SeededRandom(2)
  const envelopes = new DhtEnvelopes(createKeyPair(random), random)
  const seal = (receiver: PublicKey, content: { requestId: number; data: Uint8Array }): Uint8Array =>
    sealDhtRequest(envelopes, random, receiver, content) ?? new Uint8Array(0)
  return { envelopes, publicKey: envelopes.publicKey, seal }
}

function natPingOf(friend: { readonly publicKey: PublicKey }, kind: typeof NAT_PING_REQUEST) {
  return {
    sender: friend.publicKey,
    requestId: DhtRequestId.NatPing,
    data: encode(natPing, { kind, pingId: PING_ID }),
  }
}
