import { beforeAll, expect, test } from 'vitest'
import { Counters } from '../base/counters.ts'
import { SeededRandom } from '../base/random.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { ownMembersAt, replicaMembers, seedsFor } from './own-view.ts'
import { createRingParts } from './ring-parts.ts'
import { TestExchange, testAddress } from './test-peers.ts'
import { Traffic } from './traffic.ts'

beforeAll(() => sodiumReady)

function setUp(memberCount: number) {
  const net = new TestExchange()
  const options = {
    selfKey: net.self.key,
    exchange: net.exchange,
    random: new SeededRandom(1),
    counters: new Counters(),
  }
  const parts = createRingParts({
    ...options,
    traffic: new Traffic(),
    scope: 'internet',
    tokenFor: () => new Uint8Array(0),
  })
  parts.self.isStorage = true
  for (let number = 1; number <= memberCount; number += 1) {
    const contact = net.other(number)
    parts.peers.consider(contact, 0)
    parts.peers.handleHelloAnswer(contact, { role: 1, seenAddress: testAddress(0) }, 0)
    const peer = parts.peers.get(contact.key)
    for (const ring of parts.rings) if (peer) ring.takeReach(peer, {}, true)
  }
  return { net, parts }
}

test('three rings by default, each with its own place for us', () => {
  const { parts } = setUp(0)
  expect(new Set(parts.rings.map(({ self }) => self.place)).size).toBe(3)
})

test('who owns the place by our own view is named; those nearest come after', () => {
  const { parts } = setUp(12)
  const [ring] = parts.rings
  const place = (ring?.self.place ?? 0) + 1
  const seeds = seedsFor(parts, 0, place)
  const named = seeds.filter(({ isNamed }) => isNamed)
  expect(named.map(({ contact }) => contact.key.hex)).toEqual(
    ring?.successors.peers.slice(0, 6).map(({ key }) => key.hex),
  )
  expect(seeds.length).toBeGreaterThan(named.length)
})

test('without members the leads are where a lookup starts', () => {
  const { net, parts } = setUp(0)
  expect(seedsFor(parts, 0, 5)).toEqual([])
  const lead = net.other(1)
  parts.merging.noteForeign(lead, 0)
  expect(seedsFor(parts, 0, 5)).toEqual([{ contact: lead, isNamed: false }])
})

test('ourselves among the members have no address; others can be left out', () => {
  const { parts } = setUp(3)
  const place = parts.rings[0]?.self.place ?? 0
  const members = ownMembersAt(parts, 0, place)
  expect(members?.map(({ isSelf }) => isSelf)).toEqual([true, false, false, false])
  expect(members?.[0]?.contact.address.text).toBe('0.0.0.0:0')
  expect(ownMembersAt(parts, 0, place, ({ isSelf }) => !isSelf)?.length).toBe(1)
})

test('a replica set is cut to the number asked for', () => {
  const { parts } = setUp(5)
  expect(replicaMembers(parts, 0, 5, 4)?.length).toBe(4)
})
