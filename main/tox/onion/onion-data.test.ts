import { expect, test } from 'vitest'
import { SeededRandom } from '../../base/random.ts'
import type { Transmit } from '../../base/transmit.ts'
import { open } from '../../crypto/box.ts'
import { createKeyPair, type KeyPair, PublicKey } from '../../crypto/keys.ts'
import { SharedKeys } from '../../crypto/shared-keys.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { type DataResponse, dataRequestInOnion, ONION_FRIEND_DATA_BYTES_MAX } from '../../wire/announce-packets.ts'
import { decode } from '../../wire/codec.ts'
import { DhtEnvelopes } from '../../wire/dht-envelope.ts'
import { onionFirstLayer, onionLastLayer, onionSecondLayer, onionSendInitial } from '../../wire/onion-packets.ts'
import { ClosestNodes } from './closest-nodes.ts'
import { OnionData } from './onion-data.ts'
import { OnionPaths } from './onion-paths.ts'
import { PathNodes } from './path-nodes.ts'
import { lanNode, realNode } from './test-nodes.ts'

await sodiumReady

const NOW = 1_700_000_000_000
const random = new SeededRandom(6)
const relay = realNode(1, random)

/** Somebody whose only path leads three times over `relay`. */
function personOf(): { readonly keys: KeyPair; readonly data: OnionData; readonly sent: Transmit[] } {
  const keys = createKeyPair(random)
  const dhtKeys = createKeyPair(random)
  const sent: Transmit[] = []
  const pathNodes = new PathNodes(dhtKeys.publicKey, random)
  pathNodes.add(relay.node, NOW)
  const transmits = { send: (bytes: Uint8Array, to: Transmit['to']) => sent.push({ bytes, to }) }
  const paths = new OnionPaths({ pathNodes, envelopes: new DhtEnvelopes(dhtKeys, random), random, transmits })
  const sharedKeys = new SharedKeys(keys.secretKey)
  return { keys, data: new OnionData({ realKeys: keys, sharedKeys, paths, random }), sent }
}

/** Opens all three layers as the relay would. */
function peel({ bytes }: Transmit): Uint8Array {
  const keys = new SharedKeys(relay.keys.secretKey)
  const layer = (sender: PublicKey, nonce: Uint8Array, sealed: Uint8Array): Uint8Array => {
    const shared = keys.get(sender)
    return (shared && open(shared, nonce, sealed)) ?? new Uint8Array(0)
  }
  const outside = decode(onionSendInitial, bytes)
  const first = decode(onionFirstLayer, layer(outside.senderKey, outside.nonce, outside.sealed))
  const second = decode(onionSecondLayer, layer(first.senderKey, outside.nonce, first.sealed))
  return decode(onionLastLayer, layer(second.senderKey, outside.nonce, second.sealed)).data
}

/** Nodes near a friend of which the first `holderCount` say that they hold it. */
function nodesOf(friend: PublicKey, dataKey: PublicKey, liveCount: number, holderCount: number): ClosestNodes {
  const nodes = new ClosestNodes(friend, 8)
  for (let last = 1; last <= liveCount; last += 1) {
    const entry = nodes.take(lanNode(last), 0, NOW)
    if (entry && last <= holderCount) Object.assign(entry, { isStored: true, dataKey })
  }
  return nodes
}

function responseOf(transmit: Transmit): DataResponse {
  return decode(dataRequestInOnion, peel(transmit))
}

test('the receiver opens both boxes and knows the sender', () => {
  const [alice, bob] = [personOf(), personOf()]
  const nodes = nodesOf(bob.keys.publicKey, bob.data.dataKey, 4, 4)
  const plain = new Uint8Array(ONION_FRIEND_DATA_BYTES_MAX).fill(0x20)
  expect(alice.data.send(bob.keys.publicKey, nodes, plain, NOW)).toBe(4)
  for (const transmit of alice.sent) {
    expect(transmit.bytes).toHaveLength(1_400)
    const received = bob.data.open(responseOf(transmit))
    expect(received?.sender.equals(alice.keys.publicKey)).toBe(true)
    expect(received?.plain).toEqual(plain)
  }
})

test('nobody else opens it, and nothing opens that was altered', () => {
  const [alice, bob, eve] = [personOf(), personOf(), personOf()]
  alice.data.send(bob.keys.publicKey, nodesOf(bob.keys.publicKey, bob.data.dataKey, 1, 1), Uint8Array.of(0x20), NOW)
  const [transmit] = alice.sent
  if (!transmit) throw new Error('nothing sent')
  const response = responseOf(transmit)
  expect(eve.data.open(response)).toBeUndefined()
  expect(bob.data.open({ ...response, nonce: new Uint8Array(24) })).toBeUndefined()
  expect(bob.data.open({ ...response, temporaryKey: new PublicKey(new Uint8Array(32)) })).toBeUndefined()
})

test('holders get different packets of the same content', () => {
  const [alice, bob] = [personOf(), personOf()]
  alice.data.send(bob.keys.publicKey, nodesOf(bob.keys.publicKey, bob.data.dataKey, 3, 3), Uint8Array.of(0x20), NOW)
  const keys = alice.sent.map((transmit) => responseOf(transmit).temporaryKey.hex)
  expect(new Set(keys).size).toBe(3)
})

test.each([
  [0, 0, 0],
  [1, 0, 0],
  [8, 1, 0],
  [8, 2, 4],
  [5, 1, 0],
  [5, 2, 4],
  [4, 1, 3],
  [1, 1, 3],
  [8, 8, 8],
])('of %i live nodes, %i of which hold the friend: %i packets', (liveCount, holderCount, expected) => {
  const [alice, bob] = [personOf(), personOf()]
  const nodes = nodesOf(bob.keys.publicKey, bob.data.dataKey, liveCount, holderCount)
  expect(alice.data.send(bob.keys.publicKey, nodes, Uint8Array.of(0x20), NOW)).toBe(expected)
  expect(alice.sent).toHaveLength(expected)
})

test('a holder that names a data key of low order gets nothing', () => {
  const [alice, bob] = [personOf(), personOf()]
  const nodes = nodesOf(bob.keys.publicKey, new PublicKey(new Uint8Array(32)), 1, 1)
  expect(alice.data.send(bob.keys.publicKey, nodes, Uint8Array.of(0x20), NOW)).toBe(0)
})
