import { beforeAll, expect, test } from 'vitest'
import { Address, type NetworkScope } from '../base/address.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { RingKind } from '../wire/ring-packets.ts'
import type { Contact } from './contact.ts'
import { OwnState } from './own-state.ts'
import { PeerTable, type PeerEvent } from './peer-table.ts'
import { NodePlaces } from './places.ts'
import { Ring } from './ring.ts'
import { TestExchange, testAddress } from './test-peers.ts'

beforeAll(() => sodiumReady)

const SEEN = testAddress(500)
const NAMED = { asSuccessor: true, asPredecessor: true }

function setUp({ scope = 'internet', needsTest = false }: { scope?: NetworkScope; needsTest?: boolean } = {}) {
  const net = new TestExchange()
  const self = new OwnState(net.self.key)
  const places = new NodePlaces(1)
  const [selfPlace = 0] = places.of(net.self.key)
  const options = { index: 0, selfKey: net.self.key, selfPlace, rttOf: () => undefined, isStorage: () => true }
  const rings = [new Ring(options)]
  const table = new PeerTable({
    self,
    rings,
    places,
    scope,
    exchange: net.exchange,
    counters: net.counters,
    needsTest: () => needsTest,
  })
  const insert = (contact: Contact) => {
    table.consider(contact, 0)
    table.handleHelloAnswer(contact, { role: 1, seenAddress: SEEN }, 0)
  }
  return { net, table, rings, insert }
}

function eventsOf(table: PeerTable): PeerEvent['kind'][] {
  const kinds: PeerEvent['kind'][] = []
  for (let event = table.pollEvent(); event; event = table.pollEvent()) kinds.push(event.kind)
  return kinds
}

test('a node is inserted only after it answered from that address', () => {
  const { net, table } = setUp()
  const other = net.other(1)
  table.consider(other, 0)
  expect(net.taken().map(({ kind }) => kind)).toEqual([RingKind.helloRequest])
  expect(table.get(other.key)).toBeUndefined()
  table.handleHelloAnswer(other, { role: 1, seenAddress: SEEN }, 100)
  expect(table.get(other.key)?.contact).toBe(other)
  expect(eventsOf(table)).toEqual(['inserted', 'ringChanged', 'greeted'])
})

test('a client is not inserted, and a member that became one is removed', () => {
  const { net, table, insert } = setUp()
  const [client, member] = [net.other(1), net.other(2)]
  table.consider(client, 0)
  table.handleHelloAnswer(client, { role: 0, seenAddress: SEEN }, 0)
  expect(table.get(client.key)).toBeUndefined()
  insert(member)
  table.confirm(member, false, 1)
  expect(table.get(member.key)).toBeUndefined()
})

test('who stayed silent is not asked again on hearsay, but is when it writes itself', () => {
  const { net, table } = setUp()
  const [other, teller] = [net.other(1), net.other(2)]
  table.consider(other, 0, { teller })
  table.handleHelloSilence(other, 1_000)
  net.taken()
  table.consider(other, 2_000, { teller })
  expect(net.taken()).toEqual([])
  table.consider(other, 3_000)
  expect(net.taken().length).toBe(1)
})

test('hearsay does not make us write outside our scope, to port 0, or into a local network', () => {
  const { net, table } = setUp()
  const teller = net.other(1)
  const { key } = net.other(2)
  const bad = [
    new Address(Uint8Array.of(192, 168, 1, 1), 5),
    new Address(Uint8Array.of(127, 0, 0, 1), 5),
    new Address(testAddress(3).ip, 0),
  ]
  for (const address of bad) table.consider({ key, address }, 0, { teller })
  expect(table.candidateCount).toBe(0)
  const local = setUp({ scope: 'loopback' })
  local.table.consider({ key, address: testAddress(3) }, 0)
  expect(local.table.candidateCount).toBe(0)
})

test('a known node at a new address is asked there when it says so itself, and moved when it answers', () => {
  const { net, table, insert } = setUp()
  const old = net.other(1)
  insert(old)
  net.taken()
  const moved = { key: old.key, address: testAddress(77) }
  table.consider(moved, 0, { teller: net.other(2) })
  expect(table.candidateCount).toBe(0)
  table.consider(moved, 0)
  expect(table.candidateCount).toBe(1)
  expect(table.get(old.key)?.contact.address).toBe(old.address)
  table.handleHelloAnswer(moved, { role: 1, seenAddress: SEEN }, 5)
  expect(table.get(old.key)?.contact.address).toBe(moved.address)
})

test('only so many are asked at once, however many are named', () => {
  const { net, table } = setUp()
  const teller = net.other(1)
  for (let number = 2; number < 40; number += 1)
    table.consider(net.other(number), 0, { teller, ring: 0, naming: NAMED })
  expect(table.candidateCount).toBe(8)
})

test('one prefix that writes under many keys leaves room for others to be asked', () => {
  const { net, table } = setUp()
  const crowded = (port: number) => ({ key: net.other(port).key, address: new Address(testAddress(1).ip, port) })
  for (let port = 1; port <= 20; port += 1) table.consider(crowded(port), 0)
  expect(net.exchange.pendingCount).toBe(2)
  table.consider(net.other(2), 0)
  expect(net.exchange.pendingCount).toBe(3)
})

test('one machine and one local network are no crowd', () => {
  const { net, table } = setUp({ scope: 'loopback' })
  const local = (port: number) => ({ key: net.other(port).key, address: Address.parse('127.0.0.1', port) ?? SEEN })
  for (let port = 1; port <= 5; port += 1) table.consider(local(port), 0)
  expect(net.exchange.pendingCount).toBe(5)
})

test('a newcomer is asked where it says it is, whatever address others name for it', () => {
  const { net, table } = setUp()
  const [newcomer, teller] = [net.other(1), net.other(2)]
  const elsewhere = { key: newcomer.key, address: testAddress(3) }
  table.consider(elsewhere, 0, { teller })
  table.consider(newcomer, 100)
  expect(net.taken().at(-1)?.to.text).toBe(newcomer.address.text)
  table.handleHelloSilence(elsewhere, 200)
  table.consider(newcomer, 300)
  expect(net.taken()).toEqual([])
  table.handleHelloAnswer(newcomer, { role: 1, seenAddress: SEEN }, 400)
  expect(table.get(newcomer.key)?.contact).toBe(newcomer)
})

test('a loss is told with its manner, and who is in no table is dropped', () => {
  const { net, table, rings, insert } = setUp()
  const other = net.other(1)
  insert(other)
  eventsOf(table)
  const peer = table.get(other.key)
  if (peer) table.remove(peer, false, 9)
  expect(table.count).toBe(0)
  expect(rings[0]?.contacts().size).toBe(0)
  const events = [table.pollEvent(), table.pollEvent()]
  expect(events).toMatchObject([
    { kind: 'ringChanged', cause: 'failed' },
    { kind: 'gone', wasClean: false, wasNeighbour: true },
  ])
})

test('a stranger that would stand next to us waits for its test', () => {
  const { net, table } = setUp({ needsTest: true })
  const [good, bad] = [net.other(1), net.other(2)]
  for (const contact of [good, bad]) {
    table.consider(contact, 0)
    table.handleHelloAnswer(contact, { role: 1, seenAddress: SEEN }, 0)
    expect(table.get(contact.key)).toBeUndefined()
  }
  table.admit(good, 10)
  table.refuse(bad, 10)
  expect([table.get(good.key) !== undefined, table.get(bad.key) !== undefined]).toEqual([true, false])
  expect(table.candidateCount).toBe(0)
})

test('while held back it hears of others and writes to none', () => {
  const { net, table } = setUp()
  table.setHeldBack(true)
  const teller = net.other(1)
  for (let number = 2; number < 12; number += 1)
    table.consider(net.other(number), 0, { teller, ring: 0, naming: NAMED })
  expect([table.candidateCount, table.heardOfCount]).toEqual([0, 10])
  table.setHeldBack(false)
  table.consider(net.other(20), 0, { teller, ring: 0, naming: NAMED })
  expect(table.candidateCount).toBe(1)
})

test('probes are bounded and ask whoever it is', () => {
  const { net, table } = setUp()
  const asked = Array.from({ length: 20 }, (_, number) => table.probe(net.other(number + 1), 0))
  expect(asked.filter(Boolean).length).toBe(16)
})
