import { expect, test } from 'vitest'
import type { Address } from '../../base/address.ts'
import { toHex } from '../../base/bytes.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../base/time.ts'
import { createKeyPair, type PublicKey } from '../../crypto/keys.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { decode, encode, type PacketCodec } from '../../wire/codec.ts'
import { DhtEnvelopes } from '../../wire/dht-envelope.ts'
import { type NodesResponse, nodesRequest, nodesResponse, pingRequest, pingResponse } from '../../wire/dht-packets.ts'
import { sealDhtRequest } from '../../wire/dht-request.ts'
import type { PackedNode } from '../../wire/node-format.ts'
import { type TestHost, TestNetwork } from './test-network.ts'
import { testAddress, testKey } from './test-nodes.ts'

await sodiumReady

const PING_ID = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)

test('two nodes that bootstrap from a third find each other within a second', () => {
  const network = new TestNetwork()
  const [first, alice, bob] = [network.add('1.0.0.1'), network.add('1.0.0.2'), network.add('1.0.0.3')]
  alice.dht.bootstrap(first.node, network.now)
  bob.dht.bootstrap(first.node, network.now)
  const knowAll = (): boolean => network.hosts.every(({ dht }) => dht.nodeCount(network.now) === 2)
  expect(network.run(SECOND_MS, knowAll)).toBe(true)
  expect(alice.events.filter(({ kind }) => kind === 'connected')).toEqual([{ kind: 'connected', isConnected: true }])
  expect(alice.events.filter(({ kind }) => kind === 'nodeAnswered').length).toBe(2)
})

test('answers a ping where it came from, pings back, and lists only who answers that', () => {
  const { network, host, peer } = hostAndPeer()
  peer.send(pingRequest, { pingId: PING_ID })
  expect(peer.take(pingResponse)).toEqual([{ pingId: PING_ID }])
  const [ping] = peer.take(pingRequest)
  expect(host.dht.nodeCount(network.now)).toBe(0)
  peer.send(pingResponse, { pingId: ping?.pingId ?? PING_ID })
  expect(host.dht.nodeCount(network.now)).toBe(1)
  expect(host.dht.addressOf(peer.node.publicKey, network.now)?.text).toBe(peer.node.address.text)
})

test('asks a newly listed node at once for nodes near us, and then every minute', () => {
  const { network, host, peer } = hostAndPeer()
  peer.answerPing()
  network.run(1)
  expect(peer.take(nodesRequest).map(({ target }) => target.hex)).toContain(host.node.publicKey.hex)
  network.run(121 * SECOND_MS)
  expect(peer.take(nodesRequest).length).toBeGreaterThanOrEqual(2)
})

test('an answer from another address than the one asked, or a second time, is worth nothing', () => {
  const { network, host, peer } = hostAndPeer()
  peer.send(pingRequest, { pingId: PING_ID })
  const pingId = peer.take(pingRequest)[0]?.pingId ?? PING_ID
  peer.send(pingResponse, { pingId }, testAddress(1, '9.9.9.9'))
  expect(host.dht.nodeCount(network.now)).toBe(0)
  peer.send(pingResponse, { pingId })
  expect(host.dht.nodeCount(network.now)).toBe(1)
  peer.send(pingResponse, { pingId })
  expect(host.counters.get('dht.answersNotAsked')).toBe(2)
})

test('an answer without nodes is a sign of life all the same', () => {
  const { network, host, peer } = hostAndPeer()
  host.dht.bootstrap(peer.node, network.now)
  network.run(1)
  const [request] = peer.take(nodesRequest)
  peer.send(nodesResponse, { nodes: [], pingId: request?.pingId ?? PING_ID })
  expect(host.dht.isConnected(network.now)).toBe(true)
})

test('never sends an empty nodes response: with nothing else to name it names the asker', () => {
  const { peer } = hostAndPeer()
  peer.send(nodesRequest, { target: peer.node.publicKey, pingId: PING_ID })
  expect(named(peer.take(nodesResponse))).toEqual([peer.node.address.text])
})

test('before it knows a good node it names its bootstrap node, unless that would give a LAN address away', () => {
  const { network, host, peer } = hostAndPeer()
  const publicNode = network.add('1.0.0.9').node
  const lanNode = { ...publicNode, address: testAddress(1, '192.168.0.9') }
  host.dht.bootstrap(lanNode, network.now)
  peer.send(nodesRequest, { target: peer.node.publicKey, pingId: PING_ID })
  expect(named(peer.take(nodesResponse))).toEqual([peer.node.address.text])
  host.dht.bootstrap(publicNode, network.now)
  peer.send(nodesRequest, { target: peer.node.publicKey, pingId: PING_ID })
  expect(named(peer.take(nodesResponse))).toEqual([publicNode.address.text])
})

test('names at most the four nearest good nodes, and LAN addresses only to askers on the LAN', () => {
  const network = new TestNetwork()
  const host = network.add('1.0.0.1')
  const lan = Array.from({ length: 3 }, (_, index) => peerOf(network, host, `192.168.0.${index + 1}`))
  const open = Array.from({ length: 3 }, (_, index) => peerOf(network, host, `2.0.0.${index + 1}`))
  for (const peer of [...lan, ...open]) peer.answerPing()
  const ask = (peer: Peer): string[] => {
    peer.send(nodesRequest, { target: peer.node.publicKey, pingId: PING_ID })
    return named(peer.take(nodesResponse))
  }
  const openAddresses = open.map(({ node }) => node.address.text)
  for (const peer of open) expect(new Set(ask(peer))).toEqual(new Set(openAddresses))
  for (const peer of lan) expect(ask(peer).length).toBe(4)
})

test('asks no node at a LAN address that a node outside named, and none that cannot be one', () => {
  const { network, host, peer } = hostAndPeer()
  const asked: string[] = []
  network.watch((_bytes, from, to) => {
    if (from.equals(host.node.address)) asked.push(to.text)
  })
  const name = (hostText: string, port = 33_445): PackedNode => ({
    publicKey: createKeyPair(network.random).publicKey,
    address: testAddress(port, hostText),
  })
  peer.answerPing()
  network.run(1)
  const [request] = peer.take(nodesRequest)
  const nodes = [name('10.0.0.1'), name('224.0.0.1'), name('3.0.0.1', 0), name('3.0.0.2')]
  peer.send(nodesResponse, { nodes, pingId: request?.pingId ?? PING_ID })
  network.run(10 * SECOND_MS)
  expect(new Set(asked)).toEqual(new Set([peer.node.address.text, '3.0.0.2:33445']))
})

test('finds the address of a searched key, says so, and forgets it when nobody wants it any more', () => {
  const network = new TestNetwork(5)
  const [first, alice, bob] = [network.add('1.0.0.1'), network.add('1.0.0.2'), network.add('1.0.0.3')]
  alice.dht.search(bob.node.publicKey, network.now)
  for (const { dht } of [alice, bob]) dht.bootstrap(first.node, network.now)
  const found = (): boolean => alice.events.some(({ kind }) => kind === 'friendAddress')
  expect(network.run(SECOND_MS, found)).toBe(true)
  expect(alice.events).toContainEqual({
    kind: 'friendAddress',
    dhtKey: bob.node.publicKey,
    address: bob.node.address,
  })
  expect(alice.dht.addressOf(bob.node.publicKey, network.now)?.text).toBe(bob.node.address.text)
  alice.dht.stopSearch(bob.node.publicKey)
  const count = alice.events.length
  network.run(5 * MINUTE_MS)
  expect(alice.events.slice(count)).toEqual([])
})

test('bootstraps again until it is heard, and after everybody was lost', () => {
  const network = new TestNetwork()
  const [first, alice] = [network.add('1.0.0.1'), network.add('1.0.0.2')]
  const isConnected = (): boolean => alice.dht.isConnected(network.now)
  network.loss = 1
  alice.dht.bootstrap(first.node, network.now)
  expect(network.run(10 * SECOND_MS, isConnected)).toBe(false)
  network.loss = 0
  expect(network.run(16 * SECOND_MS, isConnected)).toBe(true)

  first.isUp = false
  expect(network.run(10 * MINUTE_MS, () => !isConnected())).toBe(true)
  network.run(HOUR_MS)
  first.isUp = true
  expect(network.run(MINUTE_MS, isConnected)).toBe(true)
  expect(alice.events.filter(({ kind }) => kind === 'connected')).toEqual([
    { kind: 'connected', isConnected: true },
    { kind: 'connected', isConnected: false },
    { kind: 'connected', isConnected: true },
  ])
})

test('a neighbour on the LAN does not keep us from bootstrapping anew when the internet was gone', () => {
  const { network, host, peer: outside } = hostAndPeer()
  const neighbour = network.add('192.168.0.3')
  for (const { node } of [neighbour, outside]) host.dht.bootstrap(node, network.now)
  const isAsked = (): boolean => {
    const [request] = outside.take(nodesRequest)
    if (request) outside.send(nodesResponse, { nodes: [outside.node], pingId: request.pingId })
    return request !== undefined
  }
  expect(network.run(SECOND_MS, isAsked)).toBe(true)
  network.run(10 * MINUTE_MS)
  outside.take(nodesRequest)
  expect([host.dht.isConnected(network.now), network.run(2 * MINUTE_MS, isAsked)]).toEqual([true, true])
  expect(host.dht.addressOf(outside.node.publicKey, network.now)).toEqual(outside.node.address)
})

test('two nodes on one LAN find each other without any bootstrap node', () => {
  const network = new TestNetwork()
  const options = { lanDiscovery: true }
  const [alice, bob] = [network.add('192.168.0.1', { options }), network.add('192.168.0.2', { port: 33_450, options })]
  const deaf = network.add('192.168.0.3', { port: 33_447 })
  expect(network.run(SECOND_MS, () => alice.dht.isConnected(network.now) && bob.dht.isConnected(network.now))).toBe(
    true,
  )
  expect(deaf.dht.isConnected(network.now)).toBe(false)
})

test('a LAN discovery from outside the LAN is ignored', () => {
  const network = new TestNetwork()
  const host = network.add('192.168.0.1', { options: { lanDiscovery: true } })
  network.run(1)
  const asked: string[] = []
  network.watch((_bytes, _from, to) => asked.push(to.text))
  const { publicKey } = createKeyPair(network.random)
  network.receive(host, Uint8Array.of(0x21, ...publicKey.bytes), testAddress(1, '8.8.8.8'))
  expect(asked).toEqual([])
  network.receive(host, Uint8Array.of(0x21, ...publicKey.bytes), testAddress(1, '192.168.0.8'))
  expect(asked).toEqual(['192.168.0.8:1'])
})

test('a bootstrap node says its version and message of the day to a request of 78 bytes', () => {
  const network = new TestNetwork()
  const bootstrapInfo = { version: 1_000_002_018, motd: Uint8Array.of(0x68, 0x69) }
  const [talker, silent] = [network.add('1.0.0.1', { options: { bootstrapInfo } }), network.add('1.0.0.2')]
  const sent: string[] = []
  network.watch((bytes) => sent.push(toHex(bytes)))
  const request = new Uint8Array(78)
  request[0] = 0xf0
  for (const host of [talker, silent]) {
    network.receive(host, request, testAddress(1))
    network.receive(host, request.subarray(1), testAddress(1))
  }
  expect(sent).toEqual(['F03B9AD1E26869'])
})

test('nodes for onion paths are each named once', () => {
  const network = new TestNetwork()
  const host = network.add('1.0.0.1')
  for (let index = 0; index < 12; index += 1) peerOf(network, host, `2.0.0.${index + 1}`).answerPing()
  const nodes = host.dht.randomNodes(32, network.now)
  expect(nodes.length).toBe(host.dht.nodeCount(network.now))
  expect(new Set(nodes.map(({ publicKey }) => publicKey.hex)).size).toBe(nodes.length)
  expect(host.dht.randomNodes(3, network.now).length).toBe(3)
})

test('an idle node with four neighbours sends less than 1.5 datagrams a second', () => {
  const network = new TestNetwork()
  const hosts = Array.from({ length: 5 }, (_, index) => network.add(`1.0.0.${index + 1}`))
  for (const { dht } of hosts.slice(1)) dht.bootstrap(hosts[0]?.node ?? dhtNode(network), network.now)
  network.run(10 * MINUTE_MS)
  let sentCount = 0
  network.watch(() => {
    sentCount += 1
  })
  network.run(10 * MINUTE_MS)
  expect(sentCount / hosts.length / 600).toBeLessThan(1.5)
  expect(sentCount).toBeGreaterThan(0)
})

test('sends a DHT request straight to a receiver that answers it', () => {
  const network = new TestNetwork()
  const [alice, bob] = [network.add('1.0.0.1'), network.add('1.0.0.2')]
  alice.dht.search(bob.node.publicKey, network.now)
  expect(alice.dht.sendDhtRequest(bob.node.publicKey, 156, PING_ID, network.now)).toBe(0)
  alice.dht.bootstrap(bob.node, network.now)
  network.run(SECOND_MS)
  expect(alice.dht.sendDhtRequest(bob.node.publicKey, 156, PING_ID, network.now)).toBe(1)
  network.run(SECOND_MS)
  expect(bob.events).toContainEqual({
    kind: 'dhtRequest',
    sender: alice.node.publicKey,
    from: alice.node.address,
    requestId: 156,
    data: PING_ID,
  })
})

test('a DHT request reaches a receiver that cannot be reached directly, through nodes that list it', () => {
  const network = new TestNetwork()
  const { alice, bob } = friendsBehindNats(network, 4, false)
  alice.dht.search(bob.node.publicKey, network.now)
  network.run(30 * SECOND_MS)
  expect(alice.dht.addressOf(bob.node.publicKey, network.now)).toBeUndefined()
  expect(alice.dht.sendDhtRequest(bob.node.publicKey, 156, PING_ID, network.now)).toBe(4)
  network.run(SECOND_MS)
  const arrived = bob.events.filter(({ kind }) => kind === 'dhtRequest')
  expect(arrived.length).toBe(4)
  expect(arrived[0]).toMatchObject({ sender: alice.node.publicKey, requestId: 156, data: PING_ID })
})

test('sends a request for another on unchanged, but not for a stranger and not back', () => {
  const { network, host, peer } = hostAndPeer()
  const receiver = peerOf(network, host, '2.0.0.9')
  const sent: { hex: string; to: string }[] = []
  const packet = sealed(network, peer.envelopes, receiver.node.publicKey)
  network.watch((bytes, from, to) => {
    if (from.equals(host.node.address) && bytes[0] === 0x20) sent.push({ hex: toHex(bytes), to: to.text })
  })
  network.receive(host, packet, peer.node.address)
  expect(sent).toEqual([])
  receiver.answerPing()
  network.receive(host, packet, receiver.node.address)
  expect(sent).toEqual([])
  network.receive(host, packet, peer.node.address)
  expect(sent).toEqual([{ hex: toHex(packet), to: receiver.node.address.text }])
  expect(host.counters.get('dht.requestsNotRouted')).toBe(2)
})

test('two friends behind NATs reach each other by hole punching, and not without', () => {
  for (const holePunching of [true, false]) {
    const network = new TestNetwork()
    const { alice, bob } = friendsBehindNats(network, 5, holePunching)
    alice.dht.search(bob.node.publicKey, network.now)
    bob.dht.search(alice.node.publicKey, network.now)
    const found = ({ dht }: TestHost, { node }: TestHost): boolean =>
      dht.addressOf(node.publicKey, network.now) !== undefined
    expect(network.run(2 * MINUTE_MS, () => found(alice, bob) && found(bob, alice))).toBe(holePunching)
  }
})

test('a NAT ping from somebody who is not searched is not answered', () => {
  const network = new TestNetwork()
  const { alice, bob } = friendsBehindNats(network, 5, true)
  alice.dht.search(bob.node.publicKey, network.now)
  let [toBobCount, fromBobCount] = [0, 0]
  network.watch((bytes, from, to) => {
    if (bytes[0] === 0x20 && to.host === bob.nat?.ip) toBobCount += 1
    if (bytes[0] === 0x20 && from.host === bob.nat?.ip) fromBobCount += 1
  })
  network.run(MINUTE_MS)
  expect(toBobCount).toBeGreaterThan(0)
  expect(fromBobCount).toBe(0)
})

/** A host behind a cone NAT and one behind a symmetric NAT, who both know the same `count` open nodes. */
function friendsBehindNats(network: TestNetwork, count: number, holePunching: boolean) {
  const options = { holePunching }
  const open = Array.from({ length: count }, (_, index) => network.add(`1.0.0.${index + 1}`))
  const alice = network.add('192.168.0.2', { nat: { ip: '7.0.0.1', kind: 'cone' }, options })
  const bob = network.add('192.168.0.2', { nat: { ip: '8.0.0.1', kind: 'symmetric' }, options })
  for (const { dht } of [...open, alice, bob]) for (const { node } of open) dht.bootstrap(node, network.now)
  network.run(30 * SECOND_MS)
  return { alice, bob }
}

/** A peer of hand-made packets: `take` gives what the host sent it since. */
interface Peer {
  readonly node: PackedNode
  readonly envelopes: DhtEnvelopes
  send<T>(codec: PacketCodec<T>, value: T, from?: Address): void
  take<T>(codec: PacketCodec<T>): T[]
  /** Asks, and answers the ping that follows: the host lists it. */
  answerPing(): void
}

function hostAndPeer() {
  const network = new TestNetwork()
  const host = network.add('1.0.0.1')
  return { network, host, peer: peerOf(network, host, '2.0.0.1') }
}

function peerOf(network: TestNetwork, host: TestHost, hostText: string): Peer {
  const keys = createKeyPair(network.random)
  const envelopes = new DhtEnvelopes(keys, network.random)
  const node = { publicKey: keys.publicKey, address: testAddress(33_445, hostText) }
  const received: Uint8Array[] = []
  network.watch((bytes, _from, to) => {
    if (to.equals(node.address)) received.push(bytes)
  })
  const send = <T>(codec: PacketCodec<T>, value: T, from: Address = node.address): void => {
    const bytes = envelopes.seal(codec.id, host.node.publicKey, encode(codec, value))
    if (bytes) network.receive(host, bytes, from)
  }
  const take = <T>(codec: PacketCodec<T>): T[] => {
    const taken = received.filter((bytes) => bytes[0] === codec.id)
    for (const bytes of taken) received.splice(received.indexOf(bytes), 1)
    return taken.map((bytes) => decode(codec, envelopes.open(bytes).plain))
  }
  const answerPing = (): void => {
    send(pingRequest, { pingId: PING_ID })
    for (const { pingId } of take(pingRequest)) send(pingResponse, { pingId })
  }
  return { node, envelopes, send, take, answerPing }
}

function named(responses: readonly NodesResponse[]): string[] {
  return responses.flatMap(({ nodes }) => nodes.map(({ address }) => address.text))
}

function dhtNode(network: TestNetwork): PackedNode {
  return { publicKey: createKeyPair(network.random).publicKey, address: testAddress(1) }
}

function sealed(network: TestNetwork, envelopes: DhtEnvelopes, receiver: PublicKey): Uint8Array {
  const content = { requestId: 156, data: PING_ID }
  return sealDhtRequest(envelopes, network.random, receiver, content) ?? new Uint8Array(0)
}

test('LAN discovery is switched on and off while the node runs', () => {
  const network = new TestNetwork()
  const [host, other] = [network.add('192.168.0.1'), network.add('192.168.0.2', { options: { lanDiscovery: true } })]
  network.run(15 * SECOND_MS)
  expect(host.dht.nodeCount(network.now)).toBe(0)
  host.dht.setLanDiscovery(true, network.now)
  expect(network.run(15 * SECOND_MS, () => host.dht.nodeCount(network.now) === 1)).toBe(true)
  host.dht.setLanDiscovery(false, network.now)
  other.dht.setLanDiscovery(false, network.now)
  const late = network.add('192.168.0.3', { options: { lanDiscovery: true } })
  network.run(15 * SECOND_MS)
  expect(late.dht.nodeCount(network.now)).toBe(0)
})

test('after a sleep all nodes are asked at once, so that they list us again', () => {
  const network = new TestNetwork()
  const host = network.add('1.0.0.1')
  const others = Array.from({ length: 6 }, (_, index) => network.add(`1.0.0.${index + 2}`))
  for (const { node } of others) host.dht.bootstrap(node, network.now)
  network.run(10 * MINUTE_MS)
  const asked = new Set<string>()
  network.watch((bytes, from, to) => {
    if (bytes[0] === nodesRequest.id && from.equals(host.node.address)) asked.add(to.text)
  })
  host.dht.handleSleep(network.now)
  network.run(SECOND_MS)
  expect(asked.size).toBe(6)
})

test('after a sleep answers to so many questions as hundreds of friends need are all known', () => {
  const network = new TestNetwork()
  const host = network.add('1.0.0.1')
  const others = Array.from({ length: 9 }, (_, index) => network.add(`1.0.0.${index + 2}`))
  for (const { node } of others) host.dht.bootstrap(node, network.now)
  for (let friend = 0; friend < 150; friend += 1) {
    host.dht.search(testKey(friend, 1), network.now)
    network.run(SECOND_MS / 5)
  }
  const before = host.counters.get('dht.answersNotAsked')
  host.dht.handleSleep(network.now)
  network.run(20 * SECOND_MS)
  expect(host.counters.get('dht.answersNotAsked') - before).toBe(0)
})

test('asks nodes of an earlier run, some at a time and in turn, until somebody answers, and never afterwards', () => {
  const network = new TestNetwork()
  const host = network.add('1.0.0.1')
  const gone = Array.from({ length: 11 }, (_, index) => ({
    ...dhtNode(network),
    address: testAddress(index + 1, '2.0.0.1'),
  }))
  const here = network.add('1.0.0.2')
  here.isUp = false
  const asked: number[] = []
  network.watch((bytes, from, to) => {
    if (bytes[0] === nodesRequest.id && from.equals(host.node.address) && to.host === '2.0.0.1') asked.push(to.port)
  })
  host.dht.rejoin([...gone, here.node], network.now)
  network.run(1)
  expect(asked).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  network.run(10 * SECOND_MS)
  expect(asked.slice(8, 11)).toEqual([9, 10, 11])
  expect(asked.slice(11, 15)).toEqual([1, 2, 3, 4])
  here.isUp = true
  expect(network.run(MINUTE_MS, () => host.dht.isConnected(network.now))).toBe(true)
  asked.length = 0
  network.run(MINUTE_MS)
  expect(asked).toEqual([])
})

test('who was asked in vain for long is asked at once in another network, unless somebody answers', () => {
  const network = new TestNetwork()
  const host = network.add('1.0.0.1')
  const [earlier, entry] = [network.add('2.0.0.1'), network.add('2.0.0.2')]
  earlier.isUp = false
  entry.isUp = false
  host.dht.bootstrap(entry.node, network.now)
  host.dht.rejoin([earlier.node], network.now)
  let askedCount = 0
  network.watch((bytes, from) => {
    if (bytes[0] === nodesRequest.id && from.equals(host.node.address)) askedCount += 1
  })
  network.run(10 * MINUTE_MS)
  askedCount = 0
  network.run(10 * MINUTE_MS)
  expect(askedCount).toBeLessThanOrEqual(22)
  askedCount = 0
  host.dht.handleNetworkChange(network.now)
  network.run(1)
  expect(askedCount).toBe(2)
  earlier.isUp = true
  expect(network.run(10 * SECOND_MS, () => host.dht.isConnected(network.now))).toBe(true)
  network.run(MINUTE_MS)
  askedCount = 0
  host.dht.handleNetworkChange(network.now)
  network.run(1)
  expect(askedCount).toBe(0)
})

test('a friend who claims one of the random keys that we look for beside real friends breaks nothing', () => {
  const { network, host, peer } = hostAndPeer()
  const targets = new Map<string, PublicKey>()
  const note = (): void => {
    for (const { target, pingId } of peer.take(nodesRequest)) {
      targets.set(target.hex, target)
      peer.send(nodesResponse, { nodes: [peer.node], pingId })
    }
  }
  peer.answerPing()
  for (let second = 0; second < 90; second += 1) {
    network.run(SECOND_MS)
    note()
  }
  targets.delete(host.node.publicKey.hex)
  expect(targets.size).toBe(2)
  for (const key of targets.values()) {
    host.dht.search(key, network.now)
    host.dht.stopSearch(key)
  }
  const before = targets.size
  targets.clear()
  for (let second = 0; second < 90; second += 1) {
    network.run(SECOND_MS)
    note()
  }
  targets.delete(host.node.publicKey.hex)
  expect(targets.size).toBe(before)
})
