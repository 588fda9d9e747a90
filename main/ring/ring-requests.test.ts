import { beforeAll, expect, test } from 'vitest'
import { DecodeError } from '../base/byte-reader.ts'
import { SeededRandom } from '../base/random.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { decode, encode } from '../wire/codec.ts'
import { helloRequest, helloResponse, leaveRequest, rangeChange, RingKind } from '../wire/ring-packets.ts'
import type { Contact } from './contact.ts'
import { createRingParts } from './ring-parts.ts'
import { RingRequests } from './ring-requests.ts'
import { TestExchange, testAddress } from './test-peers.ts'
import { Traffic } from './traffic.ts'

beforeAll(() => sodiumReady)

const ID = new Uint8Array(8).fill(1)

function setUp() {
  const net = new TestExchange()
  const { exchange, counters } = net
  const options = { selfKey: net.self.key, exchange, counters, random: new SeededRandom(1), traffic: new Traffic() }
  const parts = createRingParts({ ...options, scope: 'internet', tokenFor: () => new Uint8Array(0) })
  parts.self.isStorage = true
  const insert = (contact: Contact) => {
    parts.peers.consider(contact, 0)
    parts.peers.handleHelloAnswer(contact, { role: 1, seenAddress: testAddress(0) }, 0)
    net.taken()
  }
  return { net, parts, subject: new RingRequests(parts), insert }
}

test('a hello is answered with our role and where it came from; a member that says it is greeted in turn', () => {
  const { net, subject } = setUp()
  const [client, member] = [net.other(1), net.other(2)]
  const hello = (role: 0 | 1) => encode(helloRequest, { role, padding: new Uint8Array(19) })
  subject.handle(client, RingKind.helloRequest, ID, hello(0), 0)
  const [response, ...rest] = net.taken()
  expect(decode(helloResponse, response?.body ?? ID)).toEqual({ role: 1, seenAddress: client.address })
  expect([response?.requestId, rest]).toEqual([ID, []])
  subject.handle(member, RingKind.helloRequest, ID, hello(1), 0)
  expect(net.taken().map(({ kind }) => kind)).toEqual([RingKind.helloResponse, RingKind.helloRequest])
})

test('who greeted us hears it when we leave, for some minutes', () => {
  const { net, subject } = setUp()
  const other = net.other(1)
  subject.handle(other, RingKind.helloRequest, ID, encode(helloRequest, { role: 0, padding: new Uint8Array(19) }), 0)
  expect(subject.listers(60_000)).toEqual([other])
  expect(subject.listers(1_300_000)).toEqual([])
})

test('a leaver is believed at once, but only from where we know it', () => {
  const { net, parts, subject, insert } = setUp()
  const member = net.other(1)
  insert(member)
  const body = encode(leaveRequest, { reason: 0 })
  subject.handle({ key: member.key, address: testAddress(50) }, RingKind.leaveRequest, ID, body, 0)
  expect(parts.peers.count).toBe(1)
  subject.handle(member, RingKind.leaveRequest, ID, body, 0)
  expect(parts.peers.count).toBe(0)
  expect(net.taken().map(({ kind }) => kind)).toContain(RingKind.leaveResponse)
})

test('who claims a range that we stand in hears from us; an unknown one is asked whether it lives', () => {
  const { net, parts, subject, insert } = setUp()
  const [member, stranger] = [net.other(1), net.other(2)]
  insert(member)
  const from = (parts.rings[0]?.self.place ?? 0) - 1
  const body = encode(rangeChange, { ring: 0, from })
  subject.handle(member, RingKind.rangeChange, ID, body, 0)
  expect(net.taken().map(({ kind }) => kind)).toEqual([RingKind.stateRequest])
  subject.handle(stranger, RingKind.rangeChange, ID, body, 0)
  expect(net.taken().map(({ kind }) => kind)).toEqual([RingKind.helloRequest])
})

test('a malformed body is a DecodeError, an unknown kind is counted', () => {
  const { net, subject } = setUp()
  const other = net.other(1)
  expect(() => subject.handle(other, RingKind.stateRequest, ID, Uint8Array.of(9), 0)).toThrow(DecodeError)
  subject.handle(other, 0x3e, ID, new Uint8Array(0), 0)
  expect(net.counters.get('ring: unknown kind')).toBe(1)
})
