/**
 * How many packets a second go through the DHT's path: a nodes request comes in, is opened and decoded, the nearest
 * nodes are chosen, the answer is encoded and sealed. No sockets: those are the system's.
 *
 * Run: npm run bench:dht
 */
import { PerformanceObserver } from 'node:perf_hooks'
import { assert } from '../main/base/assert.ts'
import { randomBytes, SeededRandom } from '../main/base/random.ts'
import { MINUTE_MS } from '../main/base/time.ts'
import { open, precompute, randomNonce, seal } from '../main/crypto/box.ts'
import { createKeyPair, PublicKey } from '../main/crypto/keys.ts'
import { SigningKey } from '../main/crypto/sign.ts'
import { sodiumReady } from '../main/crypto/sodium.ts'
import { Engine } from '../main/engine/engine.ts'
import { PERFECT_NETWORK } from '../main/sim/sim-network.ts'
import { Simulation } from '../main/sim/simulation.ts'
import { VAULT_LIMITS_DEFAULT } from '../main/storage/quota.ts'
import { createMemoryVault } from '../main/storage/vault-memory.ts'
import { encode } from '../main/wire/codec.ts'
import { DhtEnvelopes } from '../main/wire/dht-envelope.ts'
import { nodesRequest } from '../main/wire/dht-packets.ts'
import { cpuMs, sleep, writeReport } from './report.ts'

const NODES = 33
const PACKETS = 20_000
const ROUNDS = 5

await sodiumReady
let gcMs = 0
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) gcMs += duration
}).observe({ entryTypes: ['gc'] })

const simulation = new Simulation(1, PERFECT_NETWORK)
const nodes = Array.from({ length: NODES }, (_, at) => createNode(at))
for (const { engine, node } of nodes.slice(1)) {
  const first = nodes[0]
  assert(first !== undefined, 'there are nodes')
  node.act((now) => engine.bootstrap({ publicKey: first.engine.tox.dht.publicKey, address: first.node.address }, now))
}
simulation.runFor(5 * MINUTE_MS)
const [server, ...askers] = nodes
assert(server !== undefined, 'there are nodes')
const requests = sealRequests()
answerAll()

const costs: number[] = []
const gcBefore = gcMs
const allBefore = cpuMs()
for (let round = 0; round < ROUNDS; round += 1) {
  const before = cpuMs()
  answerAll()
  costs.push((cpuMs() - before) / PACKETS)
}
const allMs = cpuMs() - allBefore
await sleep(100)
const gcShare = (gcMs - gcBefore) / allMs
const bytesPerPacket = allocatedPerPacket(1_000)
const bestMs = Math.min(...costs)

writeReport({
  name: 'dht',
  title: 'Packets through the DHT path',
  method:
    `One node that knows ${NODES - 1} others answers ${PACKETS.toLocaleString('en-US')} nodes requests from them, made beforehand, ` +
    `in ${ROUNDS} rounds (the best is shown), without sockets: opened, decoded, nearest nodes chosen, answer encoded and sealed. ` +
    'CPU time of one process.',
  figures: [
    { name: 'requests answered per CPU second', value: 1_000 / bestMs, unit: '' },
    { name: 'CPU per request', value: bestMs * 1_000, unit: 'µs' },
    { name: 'of that, opening and sealing', value: cryptoMs() * 1_000, unit: 'µs' },
    { name: 'allocated per request', value: bytesPerPacket / 1_024, unit: 'KiB' },
    { name: 'garbage collection', value: gcShare * 100, unit: '% of CPU' },
  ],
})

function createNode(at: number) {
  const random = new SeededRandom(at + 1)
  const nodeKey = SigningKey.create(random)
  const vault = createMemoryVault({ ringCount: 3, limits: { ...VAULT_LIMITS_DEFAULT, allocationBytes: 0 } })
  const engine = new Engine({ random, nodeKey, scope: 'internet', vault, dht: { lanDiscovery: false } }, simulation.now)
  const node = simulation.addNode(engine, { onInput: () => drainEvents(engine) })
  return { engine, node, envelopes: new DhtEnvelopes(nodeKey.toKeyPair(), random) }
}

function drainEvents(engine: Engine): void {
  while (engine.pollEvent());
}

function sealRequests(): Uint8Array[] {
  const random = new SeededRandom(99)
  const key = server?.engine.tox.dht.publicKey
  assert(key !== undefined, 'the server has a key')
  return Array.from({ length: PACKETS }, (_, at) => {
    const plain = encode(nodesRequest, {
      target: new PublicKey(randomBytes(random, 32)),
      pingId: randomBytes(random, 8),
    })
    const sealed = askers[at % askers.length]?.envelopes.seal(nodesRequest.id, key, plain)
    assert(sealed !== undefined, 'a good key can be sealed to')
    return sealed
  })
}

function answerAll(count = PACKETS): void {
  assert(server !== undefined, 'there is a server')
  const { now } = simulation
  let answers = 0
  for (let at = 0; at < count; at += 1) {
    const [request, from] = [requests[at], askers[at % askers.length]?.node.address]
    assert(request !== undefined && from !== undefined, 'there are requests')
    server.engine.handlePacket(request, from, now)
    while (server.engine.pollTransmit()) answers += 1
  }
  assert(answers >= count, 'every request was answered')
}

/** What the ciphers alone take for one request and one answer. */
function cryptoMs(): number {
  const random = new SeededRandom(7)
  const [ours, theirs] = [createKeyPair(random), createKeyPair(random)]
  const shared = precompute(theirs.publicKey, ours.secretKey)
  assert(shared !== undefined, 'a good key')
  const nonce = randomNonce(random)
  const request = seal(shared, nonce, new Uint8Array(40))
  const answer = new Uint8Array(1 + 4 * 39 + 8)
  const before = cpuMs()
  for (let at = 0; at < PACKETS; at += 1) {
    open(shared, nonce, request)
    seal(shared, nonce, answer)
  }
  return (cpuMs() - before) / PACKETS
}

/** Bytes of heap and buffers that so few packets leave behind: no collection happens meanwhile, as the script asks for room. */
function allocatedPerPacket(count: number): number {
  globalThis.gc?.()
  const before = process.memoryUsage()
  answerAll(count)
  const after = process.memoryUsage()
  return (after.heapUsed + after.external - before.heapUsed - before.external) / count
}
