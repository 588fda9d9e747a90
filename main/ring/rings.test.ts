import { beforeAll, expect, test } from 'vitest'
import { Address } from '../base/address.ts'
import { Counters } from '../base/counters.ts'
import { DecodeError } from '../base/byte-reader.ts'
import { SeededRandom } from '../base/random.ts'
import { SigningKey } from '../crypto/sign.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { decode } from '../wire/codec.ts'
import { DhtEnvelopes } from '../wire/dht-envelope.ts'
import { extensionPacket } from '../wire/extension-packet.ts'
import { RingKind } from '../wire/ring-packets.ts'
import type { Contact } from './contact.ts'
import { Exchange } from './exchange.ts'
import type { RingsEvent } from './ring-access.ts'
import { Rings } from './rings.ts'
import { Traffic } from './traffic.ts'

beforeAll(() => sodiumReady)

const TICK_MS = 50

interface TestNode {
  readonly rings: Rings
  readonly exchange: Exchange
  readonly envelopes: DhtEnvelopes
  readonly contact: Contact
  readonly events: RingsEvent[]
}

/** A few nodes on one machine: datagrams arrive at once, time goes in steps. */
class Handful {
  readonly nodes: TestNode[] = []
  readonly #packets: { bytes: Uint8Array; from: Contact; to: Address }[] = []
  now = 0

  add(): TestNode {
    const random = new SeededRandom(this.nodes.length + 1)
    const envelopes = new DhtEnvelopes(SigningKey.create(random).toKeyPair(), random)
    const contact = {
      key: envelopes.publicKey,
      address: new Address(Uint8Array.of(127, 0, 0, 1), 1_000 + this.nodes.length),
    }
    const transmits = {
      send: (bytes: Uint8Array, to: Address) => void this.#packets.push({ bytes, from: contact, to }),
    }
    const counters = new Counters()
    const exchange = new Exchange({ envelopes, random, transmits, counters })
    const options = {
      selfKey: contact.key,
      exchange,
      random,
      counters,
      traffic: new Traffic(),
      scope: 'loopback' as const,
    }
    const rings = new Rings({ ...options, tokenFor: ({ key }) => key.bytes.slice(0, 4) })
    const node = { rings, exchange, envelopes, contact, events: [] }
    this.nodes.push(node)
    return node
  }

  /** Storage nodes that have joined. */
  async grow(count: number): Promise<TestNode[]> {
    const grown: TestNode[] = []
    for (let index = 0; index < count; index += 1) {
      const node = this.add()
      node.rings.setMember(true, this.now)
      const [first] = grown
      if (first) node.rings.probe(first.contact, true, this.now)
      grown.push(node)
    }
    this.runFor(40_000)
    return grown
  }

  runFor(durationMs: number): void {
    for (const end = this.now + durationMs; this.now < end; this.now += TICK_MS) {
      for (const { exchange, rings } of this.nodes) {
        exchange.handleTimeout(this.now)
        rings.handleTimeout(this.now)
      }
      this.deliver()
    }
  }

  deliver(): void {
    for (let packet = this.#packets.shift(); packet; packet = this.#packets.shift()) this.#receive(packet)
    for (const node of this.nodes) this.#drain(node)
    if (this.#packets.length > 0) this.deliver()
  }

  #receive({ bytes, from, to }: { bytes: Uint8Array; from: Contact; to: Address }): void {
    const node = this.nodes.find(({ contact }) => contact.address.equals(to))
    if (!node) return
    const { kind, requestId, body } = decode(extensionPacket, node.envelopes.open(bytes).plain)
    if (node.exchange.handleResponse(from, requestId, kind, body, this.now)) node.rings.handleAnswers(this.now)
    else node.rings.handleRequest(from, kind, requestId, body, this.now)
  }

  #drain({ rings, events }: TestNode): void {
    for (let event = rings.pollEvent(); event; event = rings.pollEvent()) {
      events.push(event)
      if (event.kind === 'payload')
        rings.answerPayload(event.payloadId, { kind: 0x42, body: event.payload.body }, this.now)
    }
  }
}

function kindsOf(node: TestNode): string[] {
  return node.events.map((event) => (event.kind === 'roleChanged' ? `${event.kind} ${event.why}` : event.kind))
}

test('alone it becomes a storage node that owns everything', async () => {
  const world = new Handful()
  const [node] = await world.grow(1)
  expect(node?.rings.isStorage).toBe(true)
  expect(kindsOf(node ?? world.add()).filter((kind) => kind.startsWith('role'))).toEqual([
    'roleChanged joining',
    'roleChanged joined',
  ])
  expect([node?.rings.owns(0, 5), node?.rings.rank(1, 7)]).toEqual([true, 0])
  const gained = node?.events.filter((event) => event.kind === 'rangeChanged') ?? []
  expect(gained.map((event) => [event.ring, event.cause, event.gained.length, event.lost.length])).toEqual([
    [0, 'ownRole', 1, 0],
    [1, 'ownRole', 1, 0],
    [2, 'ownRole', 1, 0],
  ])
})

test('owner, ranks and replica sets agree among all members', async () => {
  const world = new Handful()
  const nodes = await world.grow(6)
  for (const place of [0, 2 ** 40, 2 ** 47]) {
    const sets = nodes.map(({ rings }) => rings.replicaSet(1, place, 4)?.map(({ contact }) => contact.key.hex))
    for (const set of sets) expect(set).toEqual(sets[0])
    const ranks = new Set(nodes.map(({ rings }) => rings.rank(1, place)))
    expect(ranks).toEqual(new Set([0, 1, 2, 3, 4, 5]))
    const [owner] = nodes.filter(({ rings }) => rings.owns(1, place))
    expect(owner?.contact.key.hex).toBe(sets[0]?.[0])
    expect(nodes.filter(({ rings }) => rings.owns(1, place)).length).toBe(1)
  }
})

test('a lookup brings the owner with its token, and the answer to the payload that went along', async () => {
  const world = new Handful()
  const nodes = await world.grow(6)
  const [asker] = nodes
  if (!asker) throw new Error('nobody')
  const places = nodes[3]?.rings.nodePlaces(nodes[3].contact.key) ?? []
  asker.events.length = 0
  const payload = { kind: 0x41, body: Uint8Array.of(1, 2, 3) }
  const lookupId = asker.rings.lookup(places, world.now, { payload, answerBytes: 50 })
  world.deliver()
  const found = asker.events.filter((event) => event.kind === 'found')
  expect(new Set(found.map((event) => `${event.lookupId} ${event.ring} ${event.hopCount}`))).toEqual(
    new Set([0, 1, 2].map((ring) => `${lookupId} ${ring} 1`)),
  )
  for (const { members } of found) {
    expect(members[0]?.contact.key.equals(nodes[3]?.contact.key ?? asker.contact.key)).toBe(true)
    expect(members[0]?.token).toEqual(asker.contact.key.bytes.slice(0, 4))
    expect(members[0]?.payloadAnswer).toEqual({ kind: 0x42, body: payload.body })
    expect(members.length).toBe(6)
    expect(members.filter(({ isSelf }) => isSelf).length).toBe(1)
  }
})

test('a lookup of some rings only asks those, and nodes to be avoided are left out', async () => {
  const world = new Handful()
  const nodes = await world.grow(5)
  const [asker, owner] = nodes
  if (!asker || !owner) throw new Error('nobody')
  const places = owner.rings.nodePlaces(owner.contact.key)
  asker.events.length = 0
  asker.rings.lookup(places, world.now, { rings: [2], avoid: new Set([owner.contact.key.hex]) })
  world.deliver()
  const outcomes = asker.events.filter((event) => event.kind === 'found' || event.kind === 'notFound')
  expect(outcomes.map(({ ring }) => ring)).toEqual([2])
  const [outcome] = outcomes
  const keys = outcome?.kind === 'found' ? outcome.members.map(({ contact }) => contact.key.hex) : []
  expect(keys.length).toBe(4)
  expect(keys).not.toContain(owner.contact.key.hex)
})

test('who knows nobody finds nothing', () => {
  const world = new Handful()
  const node = world.add()
  node.rings.lookup([1, 2, 3], world.now)
  world.deliver()
  expect(kindsOf(node)).toEqual(['notFound', 'notFound', 'notFound'])
})

test('a newcomer gains the range that its successor loses, and counts as catching up until it was pulled', async () => {
  const world = new Handful()
  const [first] = await world.grow(1)
  if (!first) throw new Error('nobody')
  for (const ring of [0, 1, 2]) first.rings.rangePulled(ring, { from: 0, to: 0 }, world.now)
  const second = world.add()
  second.rings.setMember(true, world.now)
  second.rings.probe(first.contact, false, world.now)
  first.events.length = 0
  world.runFor(5_000)
  const lost = first.events.flatMap((event) => (event.kind === 'rangeChanged' ? event.lost : []))
  const gained = second.events.flatMap((event) => (event.kind === 'rangeChanged' ? event.gained : []))
  expect(gained).toEqual(lost)

  const places = second.rings.nodePlaces(second.contact.key)
  const isCatchingUp = () => {
    first.events.length = 0
    first.rings.lookup(places, world.now)
    world.deliver()
    return first.events.map((event) => event.kind === 'found' && event.isCatchingUp)
  }
  expect(isCatchingUp()).toEqual([true, true, true])
  gained.forEach((range, ring) => second.rings.rangePulled(ring, range, world.now))
  expect(isCatchingUp()).toEqual([false, false, false])
})

test('who leaves is gone at once at everybody, cleanly, and its range falls to its successor', async () => {
  const world = new Handful()
  const nodes = await world.grow(5)
  const [leaver, ...others] = nodes
  if (!leaver) throw new Error('nobody')
  for (const { events } of nodes) events.length = 0
  leaver.rings.leave(world.now)
  world.deliver()
  expect(kindsOf(leaver)).toContain('roleChanged notWanted')
  for (const { rings, events } of others) {
    expect(rings.successors(0).some(({ key }) => key.equals(leaver.contact.key))).toBe(false)
    expect(events).toContainEqual({ kind: 'memberGone', contact: leaver.contact, wasClean: true })
  }
  const heirs = others.flatMap(({ events }) =>
    events.filter((event) => event.kind === 'rangeChanged' && event.cause === 'left'),
  )
  expect(heirs.length).toBe(3)
})

test('a clock set by an hour is as good as a sleep; one set by a minute is nothing', async () => {
  const world = new Handful()
  const [node] = await world.grow(3)
  if (!node) throw new Error('nobody')
  node.events.length = 0
  node.rings.handleClockStep(60_000, world.now)
  world.deliver()
  expect(node.rings.isStorage).toBe(true)
  node.rings.handleClockStep(-3_600_000, world.now)
  world.deliver()
  expect(kindsOf(node).filter((kind) => kind.startsWith('role'))).toEqual([
    'roleChanged suspended',
    'roleChanged suspended',
  ])
  world.runFor(20_000)
  expect(node.rings.isStorage).toBe(true)
  expect(node.rings.successors(0).length).toBe(2)
})

test('a packet that is malformed is a DecodeError, one of an unknown kind nothing', () => {
  const node = new Handful().add()
  const from = { key: node.contact.key, address: node.contact.address }
  expect(() => node.rings.handleRequest(from, RingKind.lookupRequest, new Uint8Array(8), Uint8Array.of(1), 0)).toThrow(
    DecodeError,
  )
  node.rings.handleRequest(from, 0x3e, new Uint8Array(8), Uint8Array.of(1), 0)
})
