import { beforeAll, expect, test } from 'vitest'
import { SeededRandom } from '../base/random.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { decode } from '../wire/codec.ts'
import type { PackedNode } from '../wire/node-format.ts'
import { RingKind, stateRequest, stateResponse } from '../wire/ring-packets.ts'
import type { Contact } from './contact.ts'
import { OwnState } from './own-state.ts'
import { PeerTable } from './peer-table.ts'
import { NodePlaces } from './places.ts'
import { Ring } from './ring.ts'
import { Stabiliser } from './stabiliser.ts'
import { TestExchange, testAddress } from './test-peers.ts'

beforeAll(() => sodiumReady)

const SEEN = testAddress(500)
const ID = new Uint8Array(8)
const ZEROS = new Uint8Array(8)

function setUp(ringCount = 1) {
  const net = new TestExchange()
  const self = new OwnState(net.self.key)
  self.isStorage = true
  const places = new NodePlaces(ringCount)
  const selfKey = net.self.key
  const rings = places
    .of(selfKey)
    .map((selfPlace, index) => new Ring({ index, selfKey, selfPlace, rttOf: () => undefined, isStorage: () => true }))
  const [ring] = rings
  if (!ring) throw new Error('no ring')
  const { exchange, counters } = net
  const peers = new PeerTable({
    self,
    rings,
    places,
    exchange,
    counters,
    scope: 'internet',
    needsTest: () => false,
  })
  const subject = new Stabiliser({ self, rings, places, peers, exchange, random: new SeededRandom(1) })
  const insert = (contact: Contact) => {
    peers.consider(contact, 0)
    peers.handleHelloAnswer(contact, { role: 1, seenAddress: SEEN }, 0)
    const peer = peers.get(contact.key)
    if (!peer) throw new Error('not inserted')
    net.taken()
    return peer
  }
  const answer = (from: Contact, successors: Contact[], predecessors: Contact[], seesAll: boolean, now: number) => {
    const packed = (contacts: Contact[]): PackedNode[] =>
      contacts.map(({ key, address }) => ({ publicKey: key, address }))
    const state = { successors: packed(successors), predecessors: packed(predecessors), seesAll }
    subject.handleAnswer(from, { role: 1, seenAddress: SEEN, answers: [{ ring: 0, isCut: false, state }] }, now)
  }
  const question = (digest: Uint8Array, knownDigest: Uint8Array) => ({
    role: 1 as const,
    questions: [{ ring: 0, digest, knownDigest }],
    padding: new Uint8Array(0),
  })
  return { net, self, ring, peers, subject, insert, answer, question }
}

test('asks the neighbour next to it every half minute, with its own digest and the one it had', () => {
  const { net, ring, subject, insert, answer } = setUp()
  const peer = insert(net.other(1))
  subject.notePeer(peer, 0)
  subject.handleTimeout(0)
  const [first] = net.taken()
  expect(first?.kind).toBe(RingKind.stateRequest)
  expect(decode(stateRequest, first?.body ?? ID).questions[0]?.knownDigest).toEqual(ZEROS)
  answer(peer.contact, [net.self], [net.self], true, 100)
  expect(ring.seesAll).toBe(true)
  // That we see all now is news to the neighbour.
  subject.handleTimeout(subject.nextTimeout().at)
  expect(net.taken().length).toBe(1)
  answer(peer.contact, [net.self], [net.self], true, 300)
  const at = peer.nextCheckAt
  expect(at).toBeGreaterThan(26_000)
  expect(at).toBeLessThan(34_000)
  subject.handleTimeout(at)
  const [second] = net.taken()
  const [question] = decode(stateRequest, second?.body ?? ID).questions
  expect(question?.digest).toEqual(ring.digest())
  expect(question?.knownDigest).not.toEqual(ZEROS)
})

test('whom a neighbour names is asked whether it lives, and the state is asked for again until all is known', () => {
  const { net, peers, subject, insert, answer } = setUp()
  const peer = insert(net.other(1))
  const named = net.other(2)
  subject.check(peer, 0)
  net.taken()
  answer(peer.contact, [named], [named], true, 100)
  expect(net.taken().map(({ kind, to }) => [kind, to.text])).toEqual([[RingKind.helloRequest, named.address.text]])
  expect(peer.knownDigests[0]).toBeUndefined()
  expect(subject.nextTimeout().at).toBe(1_100)
  peers.handleHelloAnswer(named, { role: 1, seenAddress: SEEN }, 200)
  answer(peer.contact, [named], [named], true, 1_200)
  expect(peer.knownDigests[0]).toBeDefined()
})

test('a state is asked for again as soon as all that it named have answered or fallen silent', () => {
  const { net, peers, subject, insert, answer } = setUp()
  const peer = insert(net.other(1))
  const [alive, silent] = [net.other(2), net.other(3)]
  subject.check(peer, 0)
  answer(peer.contact, [alive, silent], [silent, alive], true, 100)
  net.taken()
  peers.handleHelloAnswer(alive, { role: 1, seenAddress: SEEN }, 200)
  subject.noteSettled(200)
  expect(subject.nextTimeout().at).toBe(1_100)
  peers.handleHelloSilence(silent, 300)
  subject.noteSettled(300)
  expect(subject.nextTimeout().at).toBe(300)
  subject.handleTimeout(300)
  expect(net.taken().filter(({ kind }) => kind === RingKind.stateRequest)).toHaveLength(1)
})

test.each(['names a client', 'has room for nothing'])('a neighbour that always %s is not asked on and on', (what) => {
  const { net, peers, subject, insert, answer } = setUp(2)
  const [peer, client] = [insert(net.other(1)), net.other(2)]
  const cut = [0, 1].map((ring) => ({ ring, isCut: true, state: undefined }))
  subject.check(peer, 0)
  net.taken()
  let asked = 0
  for (let now = 0; now < 10_000; now += 10) {
    if (what === 'names a client') answer(peer.contact, [client], [client], true, now)
    else subject.handleAnswer(peer.contact, { role: 1, seenAddress: SEEN, answers: cut }, now)
    peers.handleHelloAnswer(client, { role: 0, seenAddress: SEEN }, now)
    subject.noteSettled(now)
    subject.handleTimeout(now)
    asked += net.taken().filter(({ kind }) => kind === RingKind.stateRequest).length
  }
  expect(asked).toBeGreaterThan(2)
  expect(asked).toBeLessThan(50)
})

test('what is unresolved is asked for again soon, though another ring is asked for alone before', () => {
  const { net, subject, insert } = setUp(2)
  const peer = insert(net.other(1))
  const stranger = net.other(2)
  subject.check(peer, 0)
  net.taken()
  const state = (successors: PackedNode[]) => ({ successors, predecessors: [], seesAll: true })
  const named = { publicKey: stranger.key, address: stranger.address }
  const answers = [
    { ring: 0, isCut: false, state: state([named]) },
    { ring: 1, isCut: true, state: undefined },
  ]
  subject.handleAnswer(peer.contact, { role: 1, seenAddress: SEEN, answers }, 100)
  const asked = net.taken().find(({ kind }) => kind === RingKind.stateRequest)
  expect(decode(stateRequest, asked?.body ?? ID).questions.map(({ ring }) => ring)).toEqual([1])
  const alone = [{ ring: 1, isCut: false, state: state([]) }]
  subject.handleAnswer(peer.contact, { role: 1, seenAddress: SEEN, answers: alone }, 200)
  expect(peer.knownDigests[0]).toBeUndefined()
  expect(peer.nextCheckAt).toBeLessThanOrEqual(1_200)
})

test('two checks without an answer end it', () => {
  const { net, peers, subject, insert } = setUp()
  const peer = insert(net.other(1))
  subject.check(peer, 0)
  subject.handleSilence(peer.contact, 1_000)
  expect(peers.get(peer.key)).toBe(peer)
  expect(net.taken().length).toBe(2)
  subject.handleSilence(peer.contact, 2_000)
  expect(peers.get(peer.key)).toBeUndefined()
})

test('a peer that others miss is gone after one', () => {
  const { net, peers, subject, insert } = setUp()
  const peer = insert(net.other(1))
  subject.suspect(peer, 60_000)
  expect(net.taken().length).toBe(1)
  subject.handleSilence(peer.contact, 61_000)
  expect(peers.get(peer.key)).toBeUndefined()
})

test('answers with the state only if it changed, and only as long as the request to who has not proved its address', () => {
  const { net, ring, subject, insert, question } = setUp()
  insert(net.other(1))
  const stranger = net.other(2)
  const ask = (knownDigest: Uint8Array, requestBytes: number) => {
    subject.handleRequest(stranger, RingKind.stateRequest, ID, question(ZEROS, knownDigest), requestBytes, 0)
    const response = net.taken().find(({ kind }) => kind === RingKind.stateResponse)
    return response && decode(stateResponse, response.body).answers[0]
  }
  expect(ask(ring.digest(), 40)).toMatchObject({ isCut: false, state: undefined })
  expect(ask(ZEROS, 40)).toMatchObject({ isCut: true, state: undefined })
  expect(ask(ZEROS, 800)?.state?.successors.length).toBe(1)
  expect(ask(ZEROS, 4)).toBeUndefined()
})

test('news from a neighbour is fetched at once; what we know already is not asked for again soon', () => {
  const { net, ring, subject, insert, answer, question } = setUp()
  const peer = insert(net.other(1))
  subject.check(peer, 0)
  answer(peer.contact, [net.self], [net.self], true, 10)
  const known = peer.knownDigests[0] ?? ZEROS
  subject.handleRequest(peer.contact, RingKind.stateRequest, ID, question(known, ring.digest()), 100, 20_000)
  expect(peer.nextCheckAt).toBeGreaterThan(46_000)
  // It does not have our latest digest: our own round is not put off.
  const before = peer.nextCheckAt
  subject.handleRequest(peer.contact, RingKind.stateRequest, ID, question(known, ZEROS), 100, 40_000)
  expect(peer.nextCheckAt).toBe(before)
  subject.handleRequest(peer.contact, RingKind.stateRequest, ID, question(ZEROS, ring.digest()), 100, 41_000)
  expect(peer.nextCheckAt).toBe(41_000)
})

test('changes that come together are told together, to those next to us', () => {
  const { net, subject, insert } = setUp()
  const peer = insert(net.other(1))
  peer.nextCheckAt = 300_000
  subject.noteChange(0, 1_000)
  subject.noteChange(0, 1_050)
  expect(subject.nextTimeout().at).toBe(1_100)
  subject.handleTimeout(1_100)
  expect(
    net
      .taken()
      .filter(({ kind }) => kind === RingKind.stateRequest)
      .map(({ to }) => to.text),
  ).toEqual([peer.contact.address.text])
})

test('a client that asks is answered and not taken in; a member that asks as a client is removed', () => {
  const { net, peers, subject, insert } = setUp()
  const peer = insert(net.other(1))
  const asClient = { role: 0 as const, questions: [], padding: new Uint8Array(20) }
  subject.handleRequest(net.other(2), RingKind.stateRequest, ID, asClient, 30, 0)
  expect(net.taken().map(({ kind }) => kind)).toEqual([RingKind.stateResponse])
  subject.handleRequest(peer.contact, RingKind.stateRequest, ID, asClient, 30, 0)
  expect(peers.get(peer.key)).toBeUndefined()
})

test('a shortcut that wrote a while ago is asked later, a neighbour all the same', () => {
  const { net, ring, subject, peers } = setUp()
  for (let index = 1; index <= 60; index += 1) {
    const contact = net.other(index)
    peers.consider(contact, 0)
    peers.handleHelloAnswer(contact, { role: 1, seenAddress: SEEN }, 0)
  }
  net.taken()
  const shortcut = [...peers.all()].find((peer) => !ring.isNeighbour(peer))
  const neighbour = ring.successors.nearest
  if (!shortcut || !neighbour) throw new Error('a shortcut and a neighbour')
  for (const { contact } of [shortcut, neighbour]) {
    net.exchange.request(contact, RingKind.helloRequest, ID, 'ring', 100_000)
    const [asked] = net.taken()
    if (asked) net.answer(contact, asked.requestId, RingKind.helloResponse, ID, 100_000)
  }
  for (const peer of [shortcut, neighbour]) {
    subject.notePeer(peer, 0)
    peer.heardAt = 200_000
    peer.nextCheckAt = 300_000
  }
  subject.handleTimeout(300_000)
  const asked = net.taken().map(({ to }) => to.text)
  expect(asked).toContain(neighbour.contact.address.text)
  expect(asked).not.toContain(shortcut.contact.address.text)
  subject.handleTimeout(540_000)
  expect(net.taken().map(({ to }) => to.text)).toContain(shortcut.contact.address.text)
})

/** Twenty neighbours and more, whose states are known; the nearest and the furthest successor of them. */
function setUpQuiet() {
  const made = setUp()
  const { net, ring, peers, subject } = made
  for (let index = 1; index <= 40; index += 1) {
    const contact = net.other(index)
    peers.consider(contact, 0, { ring: 0, naming: { asSuccessor: true, asPredecessor: true }, teller: net.self })
    peers.handleHelloAnswer(contact, { role: 1, seenAddress: SEEN }, 0)
  }
  net.taken()
  const [near, far] = [ring.successors.nearest, ring.successors.furthest]
  if (!near || !far || ring.isHungry) throw new Error('full lists of neighbours')
  for (const peer of peers.all()) {
    peer.knownDigests[0] = ZEROS
    subject.notePeer(peer, 0)
  }
  /** What was asked of a peer at a time when each peer was heard so long ago. */
  const askedAt = (now: number, heardAgoMs: number, peer = far) => {
    for (const each of peers.all()) {
      each.heardAt = now - heardAgoMs
      each.isBeingChecked = false
    }
    subject.handleTimeout(now)
    const sent = net.taken().find(({ to }) => to.equals(peer.contact.address))
    return sent && decode(stateRequest, sent.body).questions.length
  }
  return { ...made, near, far, askedAt }
}

test('of neighbours that have been there for an hour it is enough to hear anything, and their states are asked for every hour', () => {
  const { askedAt, near } = setUpQuiet()
  const hour = 3_600_000
  expect(askedAt(340_000, 300_000)).toBe(1)
  // Within the first hour a packet of its own does not replace its state.
  expect(askedAt(680_000, 1_000)).toBe(1)
  expect(askedAt(1.5 * hour, 1_000)).toBe(1)
  expect(askedAt(1.8 * hour, 1_000)).toBeUndefined()
  expect(askedAt(2.2 * hour, 1_100_000)).toBe(0)
  expect(askedAt(2.3 * hour, 1_000, near)).toBe(1)
  expect(askedAt(2.7 * hour, 1_100_000)).toBe(1)
})

test('checks that are due close together are made together', () => {
  const { net, ring, near, far, peers, subject } = setUpQuiet()
  for (const peer of peers.all()) peer.nextCheckAt = 2_000_000
  far.nextCheckAt = 508_000
  near.nextCheckAt = 500_900
  const between = ring.successors.peers[7]
  if (!between) throw new Error('a third')
  between.nextCheckAt = 500_000
  expect(subject.nextTimeout().at).toBe(500_000)
  subject.handleTimeout(500_000)
  const asked = net.taken().map(({ to }) => to.text)
  expect(asked.sort()).toEqual([near, far, between].map(({ contact }) => contact.address.text).sort())
})

test('a check that was put off wakes nobody at its old time', () => {
  const { peers, subject } = setUpQuiet()
  for (const peer of peers.all()) peer.nextCheckAt = 900_000
  expect(subject.nextTimeout().at).toBe(900_000)
})
