import { expect, test } from 'vitest'
import type { Transmit } from '../../base/transmit.ts'
import { Counters } from '../../base/counters.ts'
import { SeededRandom } from '../../base/random.ts'
import { createKeyPair } from '../../crypto/keys.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { decode } from '../../wire/codec.ts'
import { DhtEnvelopes } from '../../wire/dht-envelope.ts'
import { nodesRequest, pingRequest, pingResponse } from '../../wire/dht-packets.ts'
import { NodeQueries } from './node-queries.ts'
import { testAddress, testKey, testNode } from './test-nodes.ts'

await sodiumReady

test('a ping has 82 bytes, a nodes request 113, and each takes its own answer only', () => {
  const { queries, sent, peer, peerEnvelopes } = create()
  queries.ping(peer, 0)
  queries.askForNodes(peer, testKey(9), 0)
  expect(sent.map(({ bytes }) => bytes.length)).toEqual([82, 113])
  const [ping, request] = sent.map(({ bytes }) => peerEnvelopes.open(bytes).plain)
  const { pingId } = decode(pingRequest, ping ?? new Uint8Array(0))
  const asked = decode(nodesRequest, request ?? new Uint8Array(0))
  expect(asked.target).toEqual(testKey(9))
  expect(queries.takeNodesRequest(pingId, peer, 1)).toBeUndefined()
  expect(queries.takePing(asked.pingId, peer, 1)).toBe(false)
  expect(queries.takePing(pingId, peer, 1)).toBe(true)
  expect(queries.takeNodesRequest(asked.pingId, peer, 1)).toMatchObject({ about: testKey(9), sentAt: 0 })
})

test('answers repeat the ping id', () => {
  const { queries, sent, peer, peerEnvelopes } = create()
  const pingId = Uint8Array.of(8, 7, 6, 5, 4, 3, 2, 1)
  queries.answerPing(peer, pingId)
  queries.answerNodesRequest(peer, [testNode(1)], pingId)
  expect(sent.map(({ bytes }) => bytes.length)).toEqual([82, 82 + 39])
  expect(decode(pingResponse, peerEnvelopes.open(sent[0]?.bytes ?? new Uint8Array(0)).plain)).toEqual({ pingId })
})

test('asks neither itself nor a key to which nothing can be sealed', () => {
  const { queries, sent, self, counters } = create()
  queries.ping({ publicKey: self, address: testAddress(1) }, 0)
  queries.askForNodes({ publicKey: self, address: testAddress(1) }, self, 0)
  queries.ping({ publicKey: testKey(), address: testAddress(1) }, 0)
  expect(sent).toEqual([])
  expect(counters.get('dht.keysOfLowOrder')).toBe(1)
})

function create() {
  const random = new SeededRandom(1)
  const envelopes = new DhtEnvelopes(createKeyPair(random), random)
  const peerEnvelopes = new DhtEnvelopes(createKeyPair(random), random)
  const sent: Transmit[] = []
  const counters = new Counters()
  const transmits = { send: (bytes: Uint8Array, to: Transmit['to']) => sent.push({ bytes, to }) }
  const queries = new NodeQueries(envelopes, random, transmits, counters)
  const peer = { publicKey: peerEnvelopes.publicKey, address: testAddress(5) }
  return { queries, sent, peer, peerEnvelopes, counters, self: envelopes.publicKey }
}
