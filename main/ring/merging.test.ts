import { beforeAll, expect, test } from 'vitest'
import { SeededRandom } from '../base/random.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { RingKind } from '../wire/ring-packets.ts'
import type { Contact } from './contact.ts'
import { Merging } from './merging.ts'
import { OwnState } from './own-state.ts'
import { PeerTable } from './peer-table.ts'
import { NodePlaces } from './places.ts'
import { Ring } from './ring.ts'
import { TestExchange, testAddress } from './test-peers.ts'

beforeAll(() => sodiumReady)

function setUp() {
  const net = new TestExchange()
  const places = new NodePlaces(2)
  const rings = places
    .of(net.self.key)
    .map(
      (selfPlace, index) =>
        new Ring({ index, selfKey: net.self.key, selfPlace, rttOf: () => undefined, isStorage: () => true }),
    )
  const { exchange, counters } = net
  const self = new OwnState(net.self.key)
  const peers = new PeerTable({ self, rings, places, exchange, counters, scope: 'internet', needsTest: () => false })
  const subject = new Merging(rings, peers, new SeededRandom(1))
  const answer = (contact: Contact, role: 0 | 1) =>
    peers.handleHelloAnswer(contact, { role, seenAddress: testAddress(0) }, 0)
  return { net, peers, subject, answer, rings }
}

test('a DHT node is asked once, a marked bootstrap entry again every minute until it is known', () => {
  const { net, subject, peers } = setUp()
  const [node, marked] = [net.other(1), net.other(2)]
  subject.probe(node, false, 0)
  subject.probe(marked, true, 0)
  expect(net.taken().map(({ kind }) => kind)).toEqual([RingKind.helloRequest, RingKind.helloRequest])
  for (const contact of [node, marked]) {
    peers.handleHelloSilence(contact, 5_000)
    subject.noteIgnored(contact, 5_000)
  }
  subject.probe(node, false, 10_000)
  expect(net.taken()).toEqual([])
  subject.takeDue(subject.nextTimeout().at)
  expect(net.taken().map(({ to }) => to.text)).toEqual([marked.address.text])
})

test('more probes than can be asked at once wait their turn', () => {
  const { net, peers, subject } = setUp()
  const nodes = Array.from({ length: 20 }, (_, index) => net.other(index + 1))
  for (const node of nodes) subject.probe(node, false, 0)
  expect(net.taken().length).toBe(16)
  const [first] = nodes
  if (first) peers.handleHelloSilence(first, 10)
  if (first) subject.noteIgnored(first, 10)
  expect(net.taken().length).toBe(1)
})

test('the first lead starts a lookup in every ring at once, then each ring has one a minute', () => {
  const { net, subject } = setUp()
  expect(subject.takeDue(0)).toEqual([])
  const lead = net.other(1)
  subject.noteForeign(lead, 1_000)
  expect(subject.takeDue(1_000)).toEqual([
    { ring: 0, start: lead },
    { ring: 1, start: lead },
  ])
  expect(subject.takeDue(40_000)).toEqual([])
  expect(subject.takeDue(70_000).length).toBe(2)
})

test('rounds that find the same successor come after one, two, four and five minutes, until another one stands there', () => {
  const { net, subject, answer, rings, peers } = setUp()
  answer(net.other(1), 1)
  subject.noteForeign(net.other(2), 0)
  const waits: number[] = []
  let now = 0
  const round = () => {
    const before = now
    now = subject.nextTimeout().at
    subject.takeDue(now)
    waits.push(Math.round((now - before) / 60_000))
  }
  for (let count = 0; count < 24; count += 1) round()
  expect(Math.max(...waits)).toBeGreaterThanOrEqual(2)
  expect(subject.nextTimeout().at - now).toBeLessThanOrEqual(5.5 * 60_000)
  expect(now).toBeGreaterThan(20 * 60_000)
  const [successor] = peers.all()
  if (!successor) throw new Error('a successor')
  rings[0]?.remove(successor)
  subject.noteChange(0, now)
  expect(subject.nextTimeout().at - now).toBeLessThanOrEqual(66_000)
})

test('starts where the ring itself would not: at a node that is in none of its tables', () => {
  const { net, subject, answer, rings } = setUp()
  const [member, lead] = [net.other(1), net.other(2)]
  answer(member, 1)
  expect(rings[0]?.contacts().size).toBe(1)
  subject.noteForeign(lead, 0)
  for (let now = 0; now < 600_000; now += 70_000) for (const { start } of subject.takeDue(now)) expect(start).toBe(lead)
})

test('in a hurry a lookup is due every two seconds', () => {
  const { net, subject } = setUp()
  subject.noteForeign(net.other(1), 0)
  subject.takeDue(0)
  subject.setHurried(true, 100)
  expect(subject.takeDue(100).length).toBe(2)
  expect(subject.takeDue(2_400).length).toBe(2)
})

test('remembers the latest thirty-two leads', () => {
  const { net, subject } = setUp()
  for (let number = 1; number <= 40; number += 1) subject.noteForeign(net.other(number), 0)
  expect(subject.foreign().length).toBe(32)
})
