import { beforeAll, expect, test } from 'vitest'
import { sodiumReady } from '../crypto/sodium.ts'
import { decode, encode } from '../wire/codec.ts'
import { lookupRequest, lookupResponse, RingKind } from '../wire/ring-packets.ts'
import type { Contact } from './contact.ts'
import type { LookupMember } from './lookup.ts'
import { Lookups, type LookupStart } from './lookups.ts'
import { OwnState } from './own-state.ts'
import { TestExchange } from './test-peers.ts'

beforeAll(() => sodiumReady)

function setUp(memberCount: number, more: Partial<LookupStart> = {}) {
  const net = new TestExchange()
  const members = Array.from({ length: memberCount }, (_, index) => net.other(index + 1))
  const subject = new Lookups(new OwnState(net.self.key), net.exchange, net.counters)
  /** Member n stands n after the place. */
  const placeOf = (key: Contact['key']) => 1_000 + members.findIndex((member) => member.key.equals(key))
  const plan = {
    place: 1_000,
    selfKey: net.self.key,
    isSelfStorage: false,
    placeOf,
    meanGap: 10,
    knownShare: 0,
    seeds: members.map((contact) => ({ contact, isNamed: true })),
    isAvoided: () => false,
    isDoubtful: () => false,
  }
  const start = () =>
    subject.start({ purpose: { kind: 'caller', lookupId: 7 }, ring: 1, plan, ownMembers: () => undefined, ...more }, 0)
  /** Passes on what the exchange has. */
  const pump = (now: number) => {
    for (let event = net.exchange.pollEvent('ring'); event; event = net.exchange.pollEvent('ring')) {
      if (event.kind === 'timedOut') subject.handleSilence(event.requestId, event.to, now)
      else subject.handleAnswer(event.requestId, event.from, decode(lookupResponse, event.body), now)
    }
  }
  const answer = (
    packet: { to: Contact['address']; requestId: Uint8Array } | undefined,
    selfIndex: number,
    now: number,
  ) => {
    const from = members.find(({ address }) => packet && address.equals(packet.to))
    if (!from || !packet) throw new Error('nobody was asked')
    const before = members.slice(0, selfIndex).map(({ key, address }) => ({ publicKey: key, address }))
    const fields = {
      role: 1 as const,
      isCatchingUp: false,
      selfIndex,
      members: before,
      closer: [],
      token: Uint8Array.of(3),
    }
    const body = encode(lookupResponse, { ...fields, payloadKind: 0, payload: new Uint8Array(0) })
    net.answer(from, packet.requestId, RingKind.lookupResponse, body, now)
    pump(now)
  }
  const tick = (now: number) => {
    net.exchange.handleTimeout(now)
    pump(now)
    subject.handleTimeout(now)
  }
  return { net, subject, members, start, answer, tick }
}

test('one request, one answer, one outcome', () => {
  const { net, subject, start, answer } = setUp(3)
  start()
  const asked = net.taken()
  expect(asked.length).toBe(1)
  answer(asked[0], 0, 80)
  const outcome = subject.pollOutcome()
  expect(outcome).toMatchObject({ purpose: { lookupId: 7 }, ring: 1, place: 1_000, hopCount: 1, requestCount: 1 })
  expect(outcome?.members[0]?.token).toEqual(Uint8Array.of(3))
  expect([subject.pollOutcome(), subject.runningCount, subject.nextTimeout()]).toEqual([undefined, 0, undefined])
})

test('a lookup that expects an owner ends without an outcome at the first who names it', () => {
  const { net } = setUp(0)
  const expectedOwner = net.other(1).key
  const expected = setUp(3, { expectedOwner })
  expected.start()
  const [asked] = expected.net.taken()
  expected.answer(asked, 1, 80)
  expect([expected.subject.runningCount, expected.subject.pollOutcome()]).toEqual([0, undefined])
  expect(expected.subject.recent[0]?.ownerKey).toBe(expectedOwner)
  expect(expected.net.taken()).toEqual([])
})

test('a second and a third are asked when an answer is late, and no fourth', () => {
  const { net, subject, start, tick } = setUp(6)
  start()
  for (let now = 0; now <= 700; now += 10) tick(now)
  const keys = new Set(net.taken().map(({ to }) => to.text))
  expect(keys.size).toBe(3)
  expect(subject.runningCount).toBe(1)
})

test('the answer of a late one ends it, and the others are asked no more', () => {
  const { net, subject, start, answer, tick } = setUp(3)
  start()
  const [first] = net.taken()
  tick(300)
  answer(first, 0, 320)
  expect(subject.pollOutcome()).toMatchObject({ hopCount: 1, requestCount: 2 })
  expect(net.exchange.pendingCount).toBe(0)
})

test('silence of everybody ends without members', () => {
  const { subject, start, tick } = setUp(2)
  start()
  for (let now = 0; now <= 30_000; now += 50) tick(now)
  expect(subject.pollOutcome()).toMatchObject({ members: [], requestCount: 2 })
})

test('nobody to ask ends at once', () => {
  const { subject, start } = setUp(0)
  start()
  expect(subject.pollOutcome()).toMatchObject({ members: [], requestCount: 0 })
})

test('a place of our own needs no request', () => {
  const key = new TestExchange(3).self
  const self: LookupMember = { contact: key, key: key.key, place: 1_000, isSelf: true, hasAnswered: false }
  const { net, subject, start } = setUp(2, { ownMembers: () => [self] })
  start()
  expect(net.taken()).toEqual([])
  expect(subject.pollOutcome()).toMatchObject({ members: [self], hopCount: 0 })
})

test('the payload goes along, padded so that its answer has room', () => {
  const payload = { kind: 0x41, body: new Uint8Array(50).fill(1) }
  const { net, start } = setUp(1, { payload, answerBytes: 300 })
  start()
  const [packet] = net.taken()
  const request = decode(lookupRequest, packet?.body ?? new Uint8Array(0))
  expect([request.payloadKind, request.payload.length, packet?.body.length]).toEqual([0x41, 50, 700])
})

test('a cancelled lookup says nothing more', () => {
  const { net, subject, start, answer } = setUp(1)
  start()
  const [packet] = net.taken()
  subject.cancel((purpose) => purpose.kind === 'caller' && purpose.lookupId === 7)
  answer(packet, 0, 10)
  expect([subject.pollOutcome(), net.exchange.pendingCount]).toEqual([undefined, 0])
})

test('the last lookups are remembered, hop by hop, newest first', () => {
  const { subject, members, start, answer, tick, net } = setUp(3)
  start()
  for (let now = 0; now <= 30_000; now += 50) tick(now)
  const [record] = subject.recent
  expect(record).toMatchObject({ ring: 1, place: 1_000, startedAt: 0, ownerKey: undefined })
  expect(record?.hops[0]).toMatchObject({ key: members[0]?.key, place: 1_000, outcome: 'silent' })
  expect(record?.hops.map(({ key }) => key.hex).toSorted()).toEqual(members.map(({ key }) => key.hex).toSorted())
  for (let count = 0; count < 25; count += 1) {
    start()
    answer(net.taken().at(-1), 0, 40_000 + count)
  }
  expect(subject.recent).toHaveLength(20)
  expect(subject.recent[0]).toMatchObject({
    endedAt: 40_024,
    ownerKey: members[0]?.key,
    hops: [{ key: members[0]?.key, outcome: 'answered' }],
  })
})
