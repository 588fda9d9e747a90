import { expect, test } from 'vitest'
import { Address } from '../../base/address.ts'
import { SeededRandom } from '../../base/random.ts'
import { open } from '../../crypto/box.ts'
import { createKeyPair, type KeyPair, PublicKey } from '../../crypto/keys.ts'
import { SharedKeys } from '../../crypto/shared-keys.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { decode } from '../../wire/codec.ts'
import { DhtEnvelopes } from '../../wire/dht-envelope.ts'
import { onionFirstLayer, onionLastLayer, onionSecondLayer, onionSendInitial } from '../../wire/onion-packets.ts'
import { OnionPath } from './onion-path.ts'
import { lanNode, realNode } from './test-nodes.ts'

await sodiumReady

const DESTINATION = new Address(Uint8Array.of(1, 2, 3, 4), 5)
const random = new SeededRandom(5)
const client = new DhtEnvelopes(createKeyPair(random), random)

function openLayer(keys: KeyPair, sender: PublicKey, nonce: Uint8Array, sealed: Uint8Array): Uint8Array {
  const shared = new SharedKeys(keys.secretKey).get(sender)
  return (shared && open(shared, nonce, sealed)) ?? new Uint8Array(0)
}

test('each relay opens its layer with its DHT key and finds the next hop, the last one the data', () => {
  const [one, two, three] = [realNode(1, random), realNode(2, random), realNode(3, random)]
  const path = OnionPath.create([one.node, two.node, three.node], client, random)
  const data = Uint8Array.of(0x83, 1, 2, 3)
  const { nonce, senderKey, sealed } = decode(onionSendInitial, path?.wrap(data, DESTINATION, random) ?? data)
  expect(senderKey.equals(client.publicKey)).toBe(true)
  const first = decode(onionFirstLayer, openLayer(one.keys, senderKey, nonce, sealed))
  expect(first.nextHop.equals(two.node.address)).toBe(true)
  const second = decode(onionSecondLayer, openLayer(two.keys, first.senderKey, nonce, first.sealed))
  expect(second.nextHop.equals(three.node.address)).toBe(true)
  const last = decode(onionLastLayer, openLayer(three.keys, second.senderKey, nonce, second.sealed))
  expect(last.destination.equals(DESTINATION)).toBe(true)
  expect(last.data).toEqual(data)
  expect(path?.firstAddress.equals(one.node.address)).toBe(true)
})

test('every packet has a nonce of its own', () => {
  const { node } = realNode(1, random)
  const path = OnionPath.create([node, node, node], client, random)
  const data = Uint8Array.of(0x83)
  expect(path?.wrap(data, DESTINATION, random)).not.toEqual(path?.wrap(data, DESTINATION, random))
})

test('no path leads over a key of low order', () => {
  const { node } = realNode(1, random)
  const bad = { ...lanNode(1), publicKey: new PublicKey(new Uint8Array(32)) }
  expect(OnionPath.create([bad, node, node], client, random)).toBeUndefined()
  expect(OnionPath.create([node, bad, node], client, random)).toBeUndefined()
  expect(OnionPath.create([node, node, bad], client, random)).toBeUndefined()
})
