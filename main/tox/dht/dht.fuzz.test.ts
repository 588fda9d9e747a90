import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Address } from '../../base/address.ts'
import { SeededRandom } from '../../base/random.ts'
import { fuzzCaseCount, propertySeed } from '../../base/test-seed.ts'
import { HOUR_MS } from '../../base/time.ts'
import { createKeyPair, PublicKey } from '../../crypto/keys.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { type Codec, decode, encode } from '../../wire/codec.ts'
import { DhtEnvelopes } from '../../wire/dht-envelope.ts'
import { nodesRequest, nodesResponse, pingRequest, pingResponse } from '../../wire/dht-packets.ts'
import { DhtRequestId, natPing, sealDhtRequest } from '../../wire/dht-request.ts'
import type { PackedNode } from '../../wire/node-format.ts'
import { type TestHost, TestNetwork } from './test-network.ts'
import { testKey } from './test-nodes.ts'

await sodiumReady

const PEER_COUNT = 12
/** Requests that peers answer keep the network busy; more than this for one input is an amplifier. */
const SENT_PER_STEP_MAX = 300

/**
 * Goal: no input makes the machine throw, spin, or send without measure, and no list outgrows its bound.
 * Method: noise under all ids, well-formed packets of hostile peers, answers that fit the questions but name anything,
 * NAT pings of searched friends, and leaps of time, in any order.
 */
test('survives hostile input in any order', () => {
  const random = new SeededRandom(propertySeed())
  const peers = Array.from({ length: PEER_COUNT }, (_, index) => createPeer(random, index))
  const property = fc.property(fc.array(anyStep(peers), { minLength: 5, maxLength: 25, size: 'max' }), (steps) => {
    const network = new TestNetwork(1)
    const host = network.add('10.0.0.1', { options: { lanDiscovery: true } })
    for (const { node } of peers.slice(0, 3)) host.dht.search(node.publicKey, network.now)
    for (const { node } of peers.slice(3, 5)) host.dht.bootstrap(node, network.now)
    const asked: Asked[] = []
    let sentCount = 0
    network.watch((bytes, _from, to) => {
      sentCount += 1
      const peer = peers.find(({ node }) => isRequestTo(node, bytes, to))
      if (peer) asked.push({ peer, bytes })
    })
    for (const step of steps) {
      sentCount = 0
      step({ network, host, asked })
      settle(network, host)
      expect(sentCount).toBeLessThan(SENT_PER_STEP_MAX)
    }
    expect(host.dht.nodeCount(network.now)).toBeLessThanOrEqual(PEER_COUNT)
    expect(host.dht.closestNodes(testKey(), 100, { lanAllowed: true }, network.now).length).toBeLessThanOrEqual(
      PEER_COUNT,
    )
    expect(host.dht.randomNodes(100, network.now).length).toBeLessThanOrEqual(PEER_COUNT)
  })
  fc.assert(property, { seed: propertySeed(), numRuns: fuzzCaseCount() })
})

interface Peer {
  readonly node: PackedNode
  readonly envelopes: DhtEnvelopes
}

/** A ping or nodes request that the host sent to a peer, not yet answered. */
interface Asked {
  readonly peer: Peer
  readonly bytes: Uint8Array
}

interface World {
  readonly network: TestNetwork
  readonly host: TestHost
  readonly asked: Asked[]
}

type Step = (world: World) => void

function createPeer(random: SeededRandom, index: number): Peer {
  const keys = createKeyPair(random)
  const ip = index % 3 === 0 ? Uint8Array.of(192, 168, 0, index) : Uint8Array.of(5, 5, 5, index)
  const node = { publicKey: keys.publicKey, address: new Address(ip, 33_445) }
  return { node, envelopes: new DhtEnvelopes(keys, random) }
}

/** Wakes the host until nothing is due: it must come to rest within a few rounds. */
function settle(network: TestNetwork, host: TestHost): void {
  for (let round = 0; round < 10; round += 1) {
    const wake = host.dht.nextTimeout()
    if (!wake || wake.at > network.now) return
    host.dht.handleTimeout(network.now)
    while (host.dht.pollEvent()) continue
  }
  throw new Error('always something due')
}

function isRequestTo({ address }: PackedNode, bytes: Uint8Array, to: Address): boolean {
  return address.equals(to) && (bytes[0] === pingRequest.id || bytes[0] === nodesRequest.id)
}

function anyStep(peers: readonly Peer[]): fc.Arbitrary<Step> {
  const peer = fc.constantFrom(...peers)
  const pingId = fc.uint8Array({ minLength: 8, maxLength: 8 })
  const node = anyNode(peers)
  const nodes = fc.array(node, { maxLength: 4 })
  const target = fc.oneof(
    anyKey(),
    peer.map((one) => one.node.publicKey),
  )
  return fc.oneof(
    fc
      .tuple(fc.constantFrom(0, 1, 2, 4, 0x20, 0x21, 0xf0), fc.uint8Array({ maxLength: 1_100 }), anyAddress())
      .map(noise),
    fc
      .tuple(peer, fc.constantFrom(0, 1, 2, 4), fc.uint8Array({ maxLength: 250 }))
      .map(([from, id, plain]) => sealedStep(from, id, plain)),
    fc.tuple(peer, pingId).map(([from, id]) => packetStep(from, pingRequest, { pingId: id })),
    fc
      .tuple(peer, pingId, target)
      .map(([from, id, key]) => packetStep(from, nodesRequest, { target: key, pingId: id })),
    fc
      .tuple(peer, pingId, nodes)
      .map(([from, id, named]) => packetStep(from, nodesResponse, { nodes: named, pingId: id })),
    nodes.map(
      (named): Step =>
        (world) =>
          answerAll(world, named),
    ),
    fc.tuple(peer, fc.constantFrom(0, 1), pingId).map(natPingStep),
    fc.tuple(peer, fc.nat(255), fc.uint8Array({ maxLength: 200 })).map(requestStep),
    fc.tuple(anyKey(), anyAddress()).map(
      ([key, from]): Step =>
        ({ network, host }) => {
          network.receive(host, Uint8Array.of(0x21, ...key.bytes), from)
        },
    ),
    node.map(
      (candidate): Step =>
        ({ network, host }) =>
          host.dht.addCandidate(candidate, network.now),
    ),
    fc.nat(2 * HOUR_MS).map(
      (waitMs): Step =>
        ({ network }) => {
          network.now += waitMs
        },
    ),
  )
}

function anyKey(): fc.Arbitrary<PublicKey> {
  return fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => new PublicKey(bytes))
}

function anyAddress(): fc.Arbitrary<Address> {
  const ip = fc.oneof(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.uint8Array({ minLength: 16, maxLength: 16 }))
  return fc.tuple(ip, fc.nat(0xffff)).map(([bytes, port]) => new Address(bytes, port))
}

/** A peer, a peer at a wrong address, or anything. */
function anyNode(peers: readonly Peer[]): fc.Arbitrary<PackedNode> {
  const peer = fc.constantFrom(...peers).map(({ node }) => node)
  const moved = fc.tuple(peer, anyAddress()).map(([{ publicKey }, address]) => ({ publicKey, address }))
  const made = fc.tuple(anyKey(), anyAddress()).map(([publicKey, address]) => ({ publicKey, address }))
  return fc.oneof(peer, moved, made)
}

function noise([id, bytes, from]: [number, Uint8Array, Address]): Step {
  return ({ network, host }) => network.receive(host, Uint8Array.of(id, ...bytes), from)
}

function sealedStep({ envelopes, node }: Peer, id: number, plain: Uint8Array): Step {
  return ({ network, host }) => {
    const bytes = envelopes.seal(id, host.node.publicKey, plain)
    if (bytes) network.receive(host, bytes, node.address)
  }
}

function packetStep<T>(peer: Peer, codec: Codec<T> & { readonly id: number }, value: T): Step {
  return sealedStep(peer, codec.id, encode(codec, value))
}

/** Every question that is open gets an answer of the right form. */
function answerAll(world: World, nodes: readonly PackedNode[]): void {
  for (const { peer, bytes } of world.asked.splice(0)) {
    const { id, plain } = peer.envelopes.open(bytes)
    if (id === pingRequest.id) packetStep(peer, pingResponse, decode(pingRequest, plain))(world)
    else packetStep(peer, nodesResponse, { nodes, pingId: decode(nodesRequest, plain).pingId })(world)
  }
}

function natPingStep([peer, kind, pingId]: [Peer, 0 | 1, Uint8Array]): Step {
  return requestStep([peer, DhtRequestId.NatPing, encode(natPing, { kind, pingId })])
}

function requestStep([{ envelopes, node }, requestId, data]: [Peer, number, Uint8Array]): Step {
  return ({ network, host }) => {
    const bytes = sealDhtRequest(envelopes, network.random, host.node.publicKey, { requestId, data })
    if (bytes) network.receive(host, bytes, node.address)
  }
}
