import { beforeAll, expect, test } from 'vitest'
import { SeededRandom } from '../base/random.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { encode } from '../wire/codec.ts'
import { helloResponse, RingKind } from '../wire/ring-packets.ts'
import type { Answered } from './exchange.ts'
import { RingAnswers } from './ring-answers.ts'
import { createRingParts } from './ring-parts.ts'
import { TestExchange, testAddress } from './test-peers.ts'
import { Traffic } from './traffic.ts'

beforeAll(() => sodiumReady)

function setUp() {
  const net = new TestExchange()
  const { exchange, counters } = net
  const options = { selfKey: net.self.key, exchange, counters, random: new SeededRandom(1), traffic: new Traffic() }
  const parts = createRingParts({ ...options, scope: 'internet', tokenFor: () => new Uint8Array(0) })
  return { net, parts, subject: new RingAnswers(parts) }
}

const HELLO = encode(helloResponse, { role: 1, seenAddress: testAddress(0) })

function answered(net: TestExchange, more: Partial<Answered>): Answered {
  const requestId = net.exchange.request(net.other(1), RingKind.helloRequest, new Uint8Array(20), 'ring', 0)
  const plain = { kind: 'answered' as const, requestId, from: net.other(1), requestKind: RingKind.helloRequest }
  return { ...plain, responseKind: RingKind.helloResponse, body: HELLO, rttMs: 5, ...more }
}

test('an answer goes to the part that asked', () => {
  const { net, parts, subject } = setUp()
  const from = net.other(1)
  parts.peers.consider(from, 0)
  subject.handle(answered(net, { from }), 10)
  expect(parts.peers.get(from.key)).toBeDefined()
})

test.each([
  ['malformed', { body: Uint8Array.of(1) }],
  ['of another kind than the question', { responseKind: RingKind.stateResponse }],
])('an answer that is %s counts as silence', (_what, more) => {
  const { net, parts, subject } = setUp()
  const from = net.other(1)
  parts.peers.consider(from, 0)
  subject.handle(answered(net, { from, ...more }), 10)
  expect(parts.peers.get(from.key)).toBeUndefined()
  expect([parts.peers.candidateCount, net.counters.get('ring: malformed answer')]).toEqual([0, 1])
  expect(parts.peers.isResolved(from, 20, { teller: net.other(2) })).toBe(true)
})
