import { beforeAll, expect, test } from 'vitest'
import { compareBytes } from '../base/bytes.ts'
import { SeededRandom } from '../base/random.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { Membership } from './membership.ts'
import { Merging } from './merging.ts'
import { OwnState } from './own-state.ts'
import { PeerTable } from './peer-table.ts'
import { NodePlaces } from './places.ts'
import { Reachability } from './reachability.ts'
import { Ring } from './ring.ts'
import { TestExchange, testAddress } from './test-peers.ts'
import { Traffic } from './traffic.ts'

beforeAll(() => sodiumReady)

function setUp(scope: 'loopback' | 'internet' = 'internet') {
  const net = new TestExchange()
  const self = new OwnState(net.self.key)
  const places = new NodePlaces(1)
  const [selfPlace = 0] = places.of(net.self.key)
  const ring = new Ring({
    index: 0,
    selfKey: net.self.key,
    selfPlace,
    rttOf: () => undefined,
    isStorage: () => self.isStorage,
  })
  const { exchange, counters } = net
  const random = new SeededRandom(1)
  const peers = new PeerTable({
    self,
    rings: [ring],
    places,
    exchange,
    counters,
    scope: 'internet',
    needsTest: () => false,
  })
  const merging = new Merging([ring], peers, random)
  const reachability = new Reachability({ peers, exchange, traffic: new Traffic(), random, counters, scope })
  const subject = new Membership(self, [ring], peers, merging, reachability)
  /** Members that we know, and whose lists we took in. */
  const meet = (count: number) => {
    for (let number = 1; number <= count; number += 1) {
      const contact = net.other(number)
      peers.consider(contact, 0)
      peers.handleHelloAnswer(contact, { role: 1, seenAddress: testAddress(0) }, 0)
      const peer = peers.get(contact.key)
      if (!peer) throw new Error('not inserted')
      ring.takeReach(peer, {}, true)
      peer.knownDigests[0] = new Uint8Array(8)
    }
  }
  const run = (from: number, to: number) => {
    for (let now = from; now <= to; now += 100) subject.handleTimeout(now)
  }
  const events = () => {
    const said: string[] = []
    for (let event = subject.pollEvent(); event; event = subject.pollEvent())
      said.push('why' in event ? `${event.kind} ${event.why}` : event.kind)
    return said
  }
  const other = (number: number) => net.other(number)
  return { self, subject, peers, merging, reachability, meet, run, events, other }
}

test('with nobody in sight it is a ring by itself after five seconds', () => {
  const { self, subject, run, events } = setUp()
  subject.want(true, 0)
  run(0, 4_900)
  expect(self.isStorage).toBe(false)
  run(5_000, 6_000)
  expect(self.isStorage).toBe(true)
  expect(events()).toEqual(['waiting joining', 'joined'])
})

/** Others that answer and are no members either; `keys` says which of them come before us. */
function setUpNewcomers() {
  const made = setUp('loopback')
  const { peers, merging, self, other } = made
  const meetNewcomer = (isBefore: boolean) => {
    for (let number = 100; ; number += 1) {
      const contact = other(number)
      if (compareBytes(contact.key.bytes, self.key.bytes) < 0 !== isBefore || known.has(number)) continue
      known.add(number)
      peers.probe(contact, 0)
      peers.handleHelloAnswer(contact, { role: 0, seenAddress: testAddress(0) }, 0)
      return merging.noteForeign(contact, 0)
    }
  }
  const known = new Set<number>()
  return { ...made, meetNewcomer }
}

test('of newcomers that know of nobody else the first founds the rings after three seconds', () => {
  const { self, subject, merging, run, meetNewcomer } = setUpNewcomers()
  subject.want(true, 0)
  for (let count = 0; count < 3; count += 1) meetNewcomer(false)
  merging.noteNobody()
  run(0, 2_900)
  expect(self.isStorage).toBe(false)
  run(3_000, 3_200)
  expect(self.isStorage).toBe(true)
})

test('the others give those before them three seconds each', () => {
  const { self, subject, merging, run, meetNewcomer } = setUpNewcomers()
  subject.want(true, 0)
  meetNewcomer(true)
  meetNewcomer(true)
  merging.noteNobody()
  run(0, 8_900)
  expect(self.isStorage).toBe(false)
  run(9_000, 9_200)
  expect(self.isStorage).toBe(true)
})

test('nobody founds rings as long as a lead may know of some', () => {
  const { self, subject, run, meetNewcomer } = setUpNewcomers()
  subject.want(true, 0)
  meetNewcomer(false)
  run(0, 29_900)
  expect(self.isStorage).toBe(false)
  run(30_000, 30_200)
  expect(self.isStorage).toBe(true)
})

test('joins when it knows its neighbours, and not before', () => {
  const { self, subject, meet, run } = setUp('loopback')
  subject.want(true, 0)
  run(0, 1_000)
  meet(3)
  run(1_100, 1_500)
  expect(self.isStorage).toBe(true)
})

test('where strangers abound it writes to few until they tested it', () => {
  const { self, subject, peers, reachability, meet, run, events } = setUp()
  subject.want(true, 0)
  meet(9)
  run(0, 3_000)
  expect([self.isStorage, reachability.isTestingSelf]).toEqual([false, true])
  subject.handleVerdict('reachable', 3_500)
  run(3_500, 4_000)
  expect(self.isStorage).toBe(true)
  expect(events()).toEqual(['waiting joining', 'joined'])
  expect(peers.count).toBe(9)
})

test('unreachable, it stays a client and says why; when it passes a later test it joins', () => {
  const { self, subject, meet, run, events } = setUp()
  subject.want(true, 0)
  meet(9)
  run(0, 3_000)
  subject.handleVerdict('unreachable', 3_500)
  run(3_500, 60_000)
  expect(self.isStorage).toBe(false)
  expect(events()).toEqual(['waiting joining', 'waiting unreachable'])
  expect(subject.nextTimeout().at).toBe(3_500 + 15 * 60_000)
  subject.handleVerdict('reachable', 1_000_000)
  run(1_000_000, 1_001_000)
  expect(self.isStorage).toBe(true)
})

test('when nobody can tell, a member stays and an unreachable one does not come back', () => {
  const { self, subject, meet, run } = setUp()
  subject.want(true, 0)
  meet(9)
  run(0, 3_000)
  subject.handleVerdict('unknown', 3_100)
  subject.handleVerdict('unknown', 3_200)
  run(3_200, 4_000)
  expect(self.isStorage).toBe(true)
  subject.handleVerdict('unreachable', 900_000)
  expect(self.isStorage).toBe(false)
  subject.handleVerdict('unknown', 1_800_000)
  subject.handleVerdict('unknown', 1_800_100)
  run(1_800_100, 1_802_000)
  expect(self.isStorage).toBe(false)
})

test('where nobody can tell it asks ever more rarely, until somebody can', () => {
  const { subject } = setUp()
  /** In minutes; each verdict of nobody is the second in a row, for it asks less of strangers at first. */
  const nextTestAfter = (verdict: 'unknown' | 'reachable'): number => {
    if (verdict === 'unknown') subject.handleVerdict(verdict, 10_000)
    subject.handleVerdict(verdict, 10_000)
    return (subject.nextTimeout().at - 10_000) / 60_000
  }
  const verdicts = ['unknown', 'unknown', 'unknown', 'unknown', 'unknown', 'reachable', 'unknown', 'unknown'] as const
  expect(verdicts.map(nextTestAfter)).toEqual([2, 4, 8, 15, 15, 15, 2, 4])
})

test('leaves when its owner wants it to, and is no member while it sleeps', () => {
  const { self, subject, meet, run, events } = setUp('loopback')
  subject.want(true, 0)
  meet(3)
  run(0, 1_000)
  events()
  subject.restart(2_000)
  expect([self.isStorage, events()]).toEqual([false, ['resigned suspended', 'waiting suspended']])
  run(2_000, 3_000)
  expect(self.isStorage).toBe(true)
  events()
  subject.want(false, 4_000)
  expect([self.isStorage, events()]).toEqual([false, ['resigned notWanted']])
  subject.restart(5_000)
  expect(events()).toEqual([])
})
