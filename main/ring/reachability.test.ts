import { beforeAll, expect, test } from 'vitest'
import { SeededRandom } from '../base/random.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { decode } from '../wire/codec.ts'
import {
  carryRequest,
  carryResponse,
  deliverRequest,
  deliverResponse,
  outcomeRequest,
  RingKind,
} from '../wire/ring-packets.ts'
import type { Contact } from './contact.ts'
import { type RequestId, requestIdOf } from './exchange.ts'
import { OwnState } from './own-state.ts'
import { PeerTable } from './peer-table.ts'
import { NodePlaces } from './places.ts'
import { Reachability } from './reachability.ts'
import { Ring } from './ring.ts'
import { TestExchange, testAddress } from './test-peers.ts'
import { Traffic } from './traffic.ts'

beforeAll(() => sodiumReady)

const ID = new Uint8Array(8).fill(5)
const TOKEN = new Uint8Array(16).fill(6)

function setUp(memberCount: number, scope: 'internet' | 'loopback' = 'internet') {
  const net = new TestExchange()
  const places = new NodePlaces(1)
  const [selfPlace = 0] = places.of(net.self.key)
  const rings = [
    new Ring({ index: 0, selfKey: net.self.key, selfPlace, rttOf: () => undefined, isStorage: () => true }),
  ]
  const { exchange, counters } = net
  const self = new OwnState(net.self.key)
  const peers = new PeerTable({ self, rings, places, exchange, counters, scope: 'internet', needsTest: () => false })
  const members = Array.from({ length: memberCount }, (_, index) => net.other(index + 1))
  for (const member of members) {
    peers.consider(member, 0)
    peers.handleHelloAnswer(member, { role: 1, seenAddress: testAddress(0) }, 0)
    rings[0]?.takeReach(peers.get(member.key) ?? unknown(), {}, true)
  }
  net.taken()
  const traffic = new Traffic()
  const subject = new Reachability({ peers, exchange, traffic, random: new SeededRandom(1), counters, scope })
  return { net, members, subject, traffic }
}

function unknown(): never {
  throw new Error('not inserted')
}

/** The tokens of a self test, and each accepted by its carrier. */
function startSelfTest({ net, subject }: ReturnType<typeof setUp>): Uint8Array[] {
  subject.testSelf(600, 0)
  const asked = net.taken().filter(({ kind }) => kind === RingKind.carryRequest)
  for (const packet of asked) subject.handleAccepted(idOf(packet), true, 10)
  return asked.map(({ body }) => decode(carryRequest, body).token)
}

/** Names the request that a packet carried. */
function idOf(packet: { readonly requestId: Uint8Array } | undefined): RequestId {
  return requestIdOf(packet?.requestId ?? ID)
}

test('needed only on the internet and with eight members', () => {
  expect(setUp(7).subject.isNeeded).toBe(true)
  expect(setUp(6).subject.isNeeded).toBe(false)
  expect(setUp(9, 'loopback').subject.isNeeded).toBe(false)
})

test('two of three tokens that strangers brought make us reachable', () => {
  const world = setUp(9)
  const tokens = startSelfTest(world)
  expect(tokens.length).toBe(3)
  const stranger = world.net.other(30)
  for (const token of tokens.slice(0, 2)) world.subject.handleTokenRequest(stranger, ID, { token }, true, 100)
  expect(world.subject.pollEvent()).toEqual({ kind: 'selfVerdict', verdict: 'reachable' })
})

test('tokens that were taken on and never come make us unreachable', () => {
  const world = setUp(9)
  const [token = TOKEN] = startSelfTest(world)
  world.subject.handleTokenRequest(world.net.other(30), ID, { token }, true, 100)
  expect(world.subject.pollEvent()).toBeUndefined()
  world.subject.handleTimeout(world.subject.nextTimeout()?.at ?? 0)
  expect(world.subject.pollEvent()).toEqual({ kind: 'selfVerdict', verdict: 'unreachable' })
})

test('a token from somebody we wrote to proves nothing', () => {
  const world = setUp(9)
  const tokens = startSelfTest(world)
  for (const token of tokens) world.subject.handleTokenRequest(world.members[0] ?? unknown(), ID, { token }, false, 100)
  expect(world.subject.pollEvent()).toEqual({ kind: 'selfVerdict', verdict: 'unknown' })
})

test('a foreign or repeated token changes nothing', () => {
  const world = setUp(9)
  const [token = TOKEN] = startSelfTest(world)
  for (let round = 0; round < 3; round += 1) {
    world.subject.handleTokenRequest(world.net.other(31), ID, { token }, true, 100)
    world.subject.handleTokenRequest(world.net.other(31), ID, { token: TOKEN }, true, 100)
  }
  expect(world.subject.pollEvent()).toBeUndefined()
})

test('a member passes a token on only to who did not write to it lately, and tells how it ended', () => {
  const { net, subject, traffic } = setUp(9)
  const [carrier, target, friend] = [net.other(30), net.other(31), net.other(32)]
  traffic.noteHeard(friend.address, 0)
  const ask = (contact: Contact) => {
    const { key, address } = contact
    subject.handleDeliverRequest(carrier, ID, { key, address, token: TOKEN, quietSeconds: 600 }, 1_000)
    return net.taken()
  }
  const refused = ask(friend)
  expect(refused.map(({ body }) => decode(deliverResponse, body).isAccepted)).toEqual([false])
  const [response, token] = ask(target)
  expect(decode(deliverResponse, response?.body ?? ID).isAccepted).toBe(true)
  expect([token?.kind, token?.to.text]).toEqual([RingKind.tokenRequest, target.address.text])
  subject.handleDelivered(idOf(token), true, 2_000)
  const [outcome] = net.taken()
  expect(decode(outcomeRequest, outcome?.body ?? ID)).toEqual({ token: TOKEN, hasAnswered: true })
})

test('a repeated request to pass a token on is answered again, and no second token leaves', () => {
  const { net, subject } = setUp(9)
  const [carrier, other, target] = [net.other(30), net.other(32), net.other(31)]
  const ask = (from: Contact, now: number) => {
    subject.handleDeliverRequest(from, ID, { ...target, token: TOKEN, quietSeconds: 600 }, now)
    return net.taken().map(({ kind }) => kind)
  }
  expect(ask(carrier, 0)).toEqual([RingKind.deliverResponse, RingKind.tokenRequest])
  expect(ask(carrier, 500)).toEqual([RingKind.deliverResponse])
  expect(ask(other, 500)).toEqual([RingKind.deliverResponse, RingKind.tokenRequest])
})

test('in the name of an address that is not proved one token leaves and one report, however silent both are', () => {
  const { net, subject } = setUp(9)
  const [stranger, known, target] = [net.other(30), net.other(32), net.other(31)]
  net.exchange.request(known, RingKind.helloRequest, new Uint8Array(20), 'ring', 0)
  const [hello] = net.taken()
  net.answer(known, hello?.requestId ?? ID, RingKind.helloResponse, new Uint8Array(8), 10)
  const sentFor = (carrier: Contact) => {
    subject.handleDeliverRequest(carrier, ID, { ...target, token: TOKEN, quietSeconds: 600 }, 20)
    const token = net.taken().find(({ kind }) => kind === RingKind.tokenRequest)
    subject.handleDelivered(idOf(token), false, 30)
    for (let at = 30; at < 60_000; at += 100) net.exchange.handleTimeout(at)
    const kinds = net.taken().map(({ kind }) => kind)
    // The first token was taken above.
    const count = (kind: number) => kinds.filter((sent) => sent === kind).length
    return [1 + count(RingKind.tokenRequest), count(RingKind.outcomeRequest)]
  }
  expect(sentFor(stranger)).toEqual([1, 1])
  expect(sentFor(known)).toEqual([4, 4])
})

test('nobody makes us write to a local network from outside, or without end', () => {
  const { net, subject } = setUp(9)
  const carrier = net.other(30)
  const { key } = net.other(31)
  let count = 0
  const deliver = (address = testAddress(40)) => {
    count += 1
    const id = new Uint8Array(8).fill(count)
    subject.handleDeliverRequest(carrier, id, { key, address, token: TOKEN, quietSeconds: 600 }, 0)
    return net
      .taken()
      .some(({ body, kind }) => kind === RingKind.deliverResponse && decode(deliverResponse, body).isAccepted)
  }
  const accepted = Array.from({ length: 200 }, () => deliver()).filter(Boolean).length
  expect(accepted).toBe(120)
})

test('a carrier tries one member after another, and answers a repeated request without doing it again', () => {
  const { net, subject } = setUp(9)
  const tested = net.other(30)
  subject.handleCarryRequest(tested, ID, { token: TOKEN, quietSeconds: 600 }, 0)
  const [first] = net.taken()
  expect(first?.kind).toBe(RingKind.deliverRequest)
  expect(decode(deliverRequest, first?.body ?? ID).key.equals(tested.key)).toBe(true)
  subject.handleCarryRequest(tested, ID, { token: TOKEN, quietSeconds: 600 }, 10)
  expect(net.taken()).toEqual([])
  subject.handleAccepted(idOf(first), false, 20)
  const [second] = net.taken()
  expect(second?.to.text).not.toBe(first?.to.text)
  subject.handleAccepted(idOf(second), true, 30)
  subject.handleCarryRequest(tested, ID, { token: TOKEN, quietSeconds: 600 }, 40)
  const answers = net.taken().map(({ kind, body }) => [kind, decode(carryResponse, body).isAccepted])
  expect(answers).toEqual([
    [RingKind.carryResponse, true],
    [RingKind.carryResponse, true],
  ])
})

test('a newcomer that answers two of three strangers is let in', () => {
  const { net, subject } = setUp(9)
  const newcomer = net.other(30)
  subject.testNeighbour(newcomer, 150, 0)
  const asked = net.taken()
  expect(asked.map(({ kind }) => kind)).toEqual([
    RingKind.deliverRequest,
    RingKind.deliverRequest,
    RingKind.deliverRequest,
  ])
  const tokens = asked.map(({ body }) => decode(deliverRequest, body).token)
  for (const token of tokens.slice(0, 2))
    subject.handleOutcomeRequest(net.other(31), ID, { token, hasAnswered: true }, 50)
  expect(subject.pollEvent()).toEqual({ kind: 'neighbourVerdict', contact: newcomer, verdict: 'reachable' })
})
