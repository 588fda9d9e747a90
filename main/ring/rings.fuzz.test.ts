import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import type { Address } from '../base/address.ts'
import { DecodeError } from '../base/byte-reader.ts'
import { SeededRandom } from '../base/random.ts'
import { fuzzCaseCount, propertySeed } from '../base/test-seed.ts'
import type { PublicKey } from '../crypto/keys.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { encode } from '../wire/codec.ts'
import type { PackedNode } from '../wire/node-format.ts'
import {
  carryRequest,
  deliverRequest,
  helloRequest,
  helloResponse,
  leaveRequest,
  lookupRequest,
  lookupResponse,
  outcomeRequest,
  rangeChange,
  RingKind,
  stateRequest,
  stateResponse,
  tokenRequest,
} from '../wire/ring-packets.ts'
import type { Contact } from './contact.ts'
import { Rings } from './rings.ts'
import { TestExchange, testAddress } from './test-peers.ts'
import { Traffic } from './traffic.ts'

beforeAll(() => sodiumReady)

const PEERS = 30
const ASKED_MAX = 200

interface Subject {
  readonly net: TestExchange
  readonly rings: Rings
  readonly others: readonly Contact[]
  /** What was sent lately, to be answered. */
  readonly asked: ReturnType<TestExchange['taken']>
  now: number
}

function createSubject(): Subject {
  const net = new TestExchange(5)
  const { exchange, counters } = net
  const options = { selfKey: net.self.key, exchange, random: new SeededRandom(9), counters, traffic: new Traffic() }
  const rings = new Rings({ ...options, scope: 'internet', tokenFor: () => new Uint8Array(16) })
  const others = Array.from({ length: PEERS }, (_, index) => net.other(index + 1))
  rings.setMember(true, 0)
  return { net, rings, others, asked: [], now: 0 }
}

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const index = fc.integer({ min: 0, max: PEERS - 1 })
const place = fc.oneof(
  fc.constantFrom(0, 2 ** 48 - 1),
  fc.integer({ min: 0, max: 2 ** 31 }).map((value) => value * 131_071),
)
const role = fc.constantFrom(0 as const, 1 as const)
const ring = fc.integer({ min: 0, max: 9 })
/** Indices of others; -1 is the node under test itself. */
const listed = (maxLength: number) => fc.array(fc.integer({ min: -1, max: PEERS - 1 }), { maxLength })

type Builder = (subject: Subject) => { kind: number; body: Uint8Array }

function nodes({ others, net }: Subject, indices: readonly number[]): PackedNode[] {
  return indices.map((at) => {
    const { key, address }: { key: PublicKey; address: Address } = others[at] ?? net.self
    return { publicKey: key, address }
  })
}

/** Well-formed packets with hostile contents, and bytes that are nothing. */
const request: fc.Arbitrary<Builder> = fc.oneof(
  fc.tuple(fc.integer({ min: 0, max: 0x3f }), fc.uint8Array({ maxLength: 300 })).map(([kind, body]) => () => ({
    kind,
    body,
  })),
  role.map((value) => () => ({
    kind: RingKind.helloRequest,
    body: encode(helloRequest, { role: value, padding: new Uint8Array(19) }),
  })),
  fc
    .tuple(
      fc.constantFrom(RingKind.stateRequest, RingKind.joinRequest),
      role,
      fc.array(fc.tuple(ring, bytes(8), bytes(8)), { maxLength: 8 }),
    )
    .map(([kind, value, questions]) => () => ({
      kind,
      body: encode(stateRequest, {
        role: value,
        questions: questions.map(([at, digest, knownDigest]) => ({ ring: at, digest, knownDigest })),
        padding: new Uint8Array(100),
      }),
    })),
  fc.constant(() => ({ kind: RingKind.leaveRequest, body: encode(leaveRequest, { reason: 0 }) })),
  fc.tuple(ring, place).map(([at, from]) => () => ({
    kind: RingKind.rangeChange,
    body: encode(rangeChange, { ring: at, from }),
  })),
  fc
    .tuple(
      role,
      ring,
      place,
      fc.array(bytes(8), { maxLength: 4 }),
      fc.constantFrom(0, 0x41),
      fc.uint8Array({ maxLength: 60 }),
    )
    .map(([value, at, where, silent, payloadKind, payload]) => () => ({
      kind: RingKind.lookupRequest,
      body: encode(lookupRequest, {
        role: value,
        ring: at,
        place: where,
        silent,
        payloadKind,
        payload,
        padding: new Uint8Array(50),
      }),
    })),
  fc.tuple(bytes(16), fc.integer({ min: 0, max: 0xffff })).map(([token, quietSeconds]) => () => ({
    kind: RingKind.carryRequest,
    body: encode(carryRequest, { token, quietSeconds }),
  })),
  fc
    .tuple(index, bytes(16), fc.integer({ min: 0, max: 900 }))
    .map(([at, token, quietSeconds]) => ({ others, net }: Subject) => {
      const { key, address } = others[at] ?? net.self
      return { kind: RingKind.deliverRequest, body: encode(deliverRequest, { key, address, token, quietSeconds }) }
    }),
  bytes(16).map((token) => () => ({ kind: RingKind.tokenRequest, body: encode(tokenRequest, { token }) })),
  fc.tuple(bytes(16), fc.boolean()).map(([token, hasAnswered]) => () => ({
    kind: RingKind.outcomeRequest,
    body: encode(outcomeRequest, { token, hasAnswered }),
  })),
)

/** Answers to whatever was asked last: lists that contradict each other, claims, junk. */
const response: fc.Arbitrary<Builder> = fc.oneof(
  {
    weight: 3,
    arbitrary: role.map((value) => () => ({
      kind: RingKind.helloResponse,
      body: encode(helloResponse, { role: value, seenAddress: testAddress(9) }),
    })),
  },
  fc.tuple(fc.integer({ min: 0, max: 0x3f }), fc.uint8Array({ maxLength: 120 })).map(([kind, body]) => () => ({
    kind,
    body,
  })),
  fc
    .tuple(role, ring, fc.boolean(), fc.boolean(), listed(16), listed(4))
    .map(([value, at, isCut, seesAll, after, before]) => (subject: Subject) => {
      const state = { successors: nodes(subject, after), predecessors: nodes(subject, before), seesAll }
      const answers = [{ ring: at, isCut, state: isCut ? undefined : state }]
      return {
        kind: RingKind.stateResponse,
        body: encode(stateResponse, { role: value, seenAddress: testAddress(9), answers }),
      }
    }),
  fc
    .tuple(role, fc.integer({ min: 0, max: 255 }), listed(8), listed(4))
    .map(([value, selfIndex, members, closer]) => (subject: Subject) => {
      const lists = { members: nodes(subject, members), closer: nodes(subject, closer) }
      const rest = { isCatchingUp: false, token: new Uint8Array(3), payloadKind: 0, payload: new Uint8Array(0) }
      return {
        kind: RingKind.lookupResponse,
        body: encode(lookupResponse, { role: value, selfIndex, ...lists, ...rest }),
      }
    }),
)

const step = fc.oneof(
  fc.record({ what: fc.constant('request' as const), from: index, build: request }),
  fc.record({ what: fc.constant('response' as const), from: index, build: response }),
  fc.record({ what: fc.constant('lookup' as const), places: fc.tuple(place, place, place) }),
  fc.record({ what: fc.constant('time' as const), ms: fc.constantFrom(1, 100, 1_000, 31_000, 301_000) }),
  fc.record({ what: fc.constant('role' as const), isStorage: fc.boolean() }),
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

function take(subject: Subject, { from, build }: { from: number; build: Builder }, requestId: Uint8Array): void {
  const { rings, net, others, now } = subject
  const contact = others[from]
  if (!contact) return
  const { kind, body } = build(subject)
  try {
    if (net.answer(contact, requestId, kind, body, now)) rings.handleAnswers(now)
    else rings.handleRequest(contact, kind, requestId, body, now)
  } catch (error) {
    // A codec's only word for bytes that are not a packet; the engine catches it.
    if (!(error instanceof DecodeError)) throw error
  }
}

function run(subject: Subject, action: Step): void {
  const { rings, net } = subject
  switch (action.what) {
    case 'request':
      return take(subject, action, new Uint8Array(8).fill(subject.now & 0xff))
    case 'response': {
      // The peer that is named answers its own last question, if it has one.
      subject.asked.push(...net.taken())
      subject.asked.splice(0, subject.asked.length - ASKED_MAX)
      const to = subject.others[action.from]?.address
      const asked = subject.asked.findLast((packet) => to?.equals(packet.to))
      return take(subject, action, asked?.requestId ?? new Uint8Array(8))
    }
    case 'lookup':
      rings.lookup(action.places, subject.now, { payload: { kind: 0x41, body: new Uint8Array(20) } })
      return
    case 'time':
      subject.now += action.ms
      net.exchange.handleTimeout(subject.now)
      rings.handleTimeout(subject.now)
      return
    case 'role':
      return rings.setMember(action.isStorage, subject.now)
  }
}

/**
 * Goal: hostile, malformed and out-of-order packets never make the rings throw, and no table outgrows its bound.
 * Method: sequences of requests, answers, lookups, role changes and time, from thirty peers that say anything.
 */
test('whatever peers send, nothing is thrown and no table outgrows its bound', () => {
  const property = fc.property(fc.array(step, { minLength: 20, maxLength: 60 }), (steps) => {
    const subject = createSubject()
    for (const action of steps) {
      run(subject, action)
      for (let event = subject.rings.pollEvent(); event; event = subject.rings.pollEvent()) {
        if (event.kind === 'payload') subject.rings.answerPayload(event.payloadId, undefined, subject.now)
      }
      for (const at of [0, 1, 2]) {
        expect(subject.rings.contactCount(at)).toBeLessThanOrEqual(60)
        expect(subject.rings.successors(at).length).toBeLessThanOrEqual(16)
        expect(subject.rings.predecessors(at).length).toBeLessThanOrEqual(4)
      }
      expect(subject.net.counters.get('ring: event dropped')).toBe(0)
      const keys = subject.rings.successors(0).map(({ key }) => key.hex)
      expect(new Set(keys).size).toBe(keys.length)
      expect(keys).not.toContain(subject.net.self.key.hex)
    }
  })
  // A sequence is some forty cases.
  fc.assert(property, { seed: propertySeed(), numRuns: Math.ceil(fuzzCaseCount() / 40) })
})
