import { beforeAll, expect, test } from 'vitest'
import { sodiumReady } from '../crypto/sodium.ts'
import { decode } from '../wire/codec.ts'
import { lookupResponse, RingKind } from '../wire/ring-packets.ts'
import { Answering } from './answering.ts'
import type { Contact } from './contact.ts'
import { OwnState } from './own-state.ts'
import { PeerTable } from './peer-table.ts'
import { NodePlaces } from './places.ts'
import { Ring } from './ring.ts'
import { TestExchange, testAddress } from './test-peers.ts'

beforeAll(() => sodiumReady)

const ID = new Uint8Array(8)
const SEEN = testAddress(500)

function setUp(memberCount: number) {
  const net = new TestExchange()
  const self = new OwnState(net.self.key)
  self.isStorage = true
  const places = new NodePlaces(1)
  const [selfPlace = 0] = places.of(net.self.key)
  const rings = [
    new Ring({ index: 0, selfKey: net.self.key, selfPlace, rttOf: () => undefined, isStorage: () => self.isStorage }),
  ]
  const { exchange, counters } = net
  const peers = new PeerTable({ self, rings, places, exchange, counters, scope: 'internet', needsTest: () => false })
  const members = Array.from({ length: memberCount }, (_, index) => net.other(index + 1))
  for (const member of members) {
    peers.consider(member, 0)
    peers.handleHelloAnswer(member, { role: 1, seenAddress: SEEN }, 0)
    const peer = peers.get(member.key)
    if (peer) rings[0]?.takeReach(peer, {}, true)
  }
  net.taken()
  const tokenFor = ({ key }: Contact) => key.bytes.slice(0, 4)
  const subject = new Answering({
    self,
    rings,
    peers,
    exchange,
    tokenFor,
    isCatchingUp: (_ring, place) => place === selfPlace,
  })
  const asker = net.other(99)
  const ask = (
    place: number,
    more: { payloadKind?: number; silent?: Uint8Array[]; bytes?: number; ring?: number } = {},
  ) => {
    const { payloadKind = 0, silent = [], bytes = 500, ring = 0 } = more
    const empty = new Uint8Array(0)
    const payload = payloadKind === 0 ? empty : Uint8Array.of(1, 2)
    const request = { role: 0 as const, ring, place, silent, payloadKind, payload, padding: empty }
    subject.handleRequest(asker, ID, request, bytes, 0)
    return response()
  }
  const response = () => {
    const packet = net.taken().find(({ kind }) => kind === RingKind.lookupResponse)
    return packet && { ...decode(lookupResponse, packet.body), bytes: packet.body.length }
  }
  return { self, subject, ask, response, asker, selfPlace, members }
}

test('the owner says so, names those after it and gives a token', () => {
  const { ask, selfPlace, asker } = setUp(3)
  const answer = ask(selfPlace)
  expect(answer).toMatchObject({ role: 1, selfIndex: 0, isCatchingUp: true, closer: [] })
  expect(answer?.members.length).toBe(3)
  expect(answer?.token).toEqual(asker.key.bytes.slice(0, 4))
})

test('another node names the owner, and where itself stands', () => {
  const { ask, selfPlace } = setUp(3)
  const answer = ask(selfPlace + 1)
  expect(answer).toMatchObject({ selfIndex: 3, isCatchingUp: false })
  expect(answer?.members.length).toBe(3)
})

test('those whom the asker found silent are left out', () => {
  const { ask, selfPlace, members } = setUp(3)
  const all = ask(selfPlace + 1)?.members ?? []
  const silent = members.map(({ key }) => key.bytes.slice(0, 8)).slice(0, 2)
  const answer = ask(selfPlace + 1, { silent })
  expect([all.length, answer?.members.length, answer?.selfIndex]).toEqual([3, 1, 1])
})

test('never names more than eight, never answers with more than was asked to who has not proved its address', () => {
  const { ask, selfPlace } = setUp(14)
  // Itself and seven more.
  expect(ask(selfPlace)?.members.length).toBe(7)
  for (const bytes of [60, 100, 200]) {
    const answer = ask(selfPlace, { bytes })
    expect(answer?.bytes).toBeLessThanOrEqual(bytes)
    expect(answer?.members.length).toBeLessThan(7)
  }
  expect(ask(selfPlace, { bytes: 5 })).toBeUndefined()
})

test('a client points the way and claims nothing', () => {
  const { self, ask, selfPlace } = setUp(9)
  self.isStorage = false
  const answer = ask(selfPlace)
  expect(answer).toMatchObject({ role: 0, selfIndex: 255, members: [] })
  expect(answer?.closer.length).toBe(4)
})

test('a payload for the place is handed up, and its answer travels with the lookup', () => {
  const { subject, ask, response, selfPlace, asker } = setUp(3)
  expect(ask(selfPlace, { payloadKind: 0x41 })).toBeUndefined()
  const asked = subject.pollAsked()
  expect(asked).toMatchObject({
    from: asker,
    ring: 0,
    place: selfPlace,
    payload: { kind: 0x41, body: Uint8Array.of(1, 2) },
  })
  const room = asked?.roomBytes ?? 0
  subject.answerPayload(asked?.payloadId ?? 0, { kind: 0x42, body: new Uint8Array(room) }, 1)
  const answer = response()
  expect([answer?.payloadKind, answer?.payload.length, answer?.bytes]).toEqual([0x42, room, 500])
  subject.answerPayload(asked?.payloadId ?? 0, undefined, 2)
  expect(response()).toBeUndefined()
})

test('a payload that nobody answers does not keep the lookup waiting', () => {
  const { subject, ask, response, selfPlace } = setUp(3)
  ask(selfPlace, { payloadKind: 0x41 })
  subject.handleTimeout(19)
  expect(response()).toBeUndefined()
  subject.handleTimeout(subject.nextTimeout()?.at ?? 0)
  expect(response()).toMatchObject({ selfIndex: 0, payloadKind: 0 })
})

test('an answer to a payload that is too long is left out', () => {
  const { subject, ask, response, selfPlace } = setUp(3)
  ask(selfPlace, { payloadKind: 0x41 })
  const { payloadId = 0, roomBytes = 0 } = subject.pollAsked() ?? {}
  subject.answerPayload(payloadId, { kind: 0x42, body: new Uint8Array(roomBytes + 1) }, 1)
  expect(response()).toMatchObject({ selfIndex: 0, payloadKind: 0 })
})

test('a payload for a place that is not ours is not handed up, nor an unknown ring answered', () => {
  const { subject, ask, selfPlace } = setUp(12)
  expect(ask(selfPlace + 1, { payloadKind: 0x41 })).toBeDefined()
  expect(subject.pollAsked()).toBeUndefined()
  expect(ask(selfPlace, { ring: 7 })).toBeUndefined()
})
