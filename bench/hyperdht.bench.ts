/**
 * What HyperDHT's mutable put and get cost on this machine, measured as bench:storage measures ours: figures of two
 * machines, or of two days of one, do not compare.
 *
 * Run: npm install --no-save hyperdht && npm run bench:hyperdht [-- nodes]. It is no dependency of the project. Its nodes
 * know only each other and are bound to 127.0.0.1. So that nothing else can be sent, run it where only loopback is:
 * `unshare -rn sh -c 'ip link set lo up && npm run bench:hyperdht'`.
 */
import { existsSync, readFileSync } from 'node:fs'
import { assert } from '../main/base/assert.ts'
import { randomBytes } from '../main/base/random.ts'
import { osRandom } from '../main/driver/os-random.ts'
import { ONE_DATAGRAM_BODY_BYTES } from '../main/wire/storage-proof.ts'
import { cpuMs, type Figure, quantile, sleep, writeReport } from './report.ts'

const WARM_UP = 200
const OPERATIONS = 500
const SETTLE_SECONDS = 60

/** The part of HyperDHT that is used here. */
interface KeyPair {
  readonly publicKey: Uint8Array
}
interface HyperNode {
  mutablePut(keyPair: KeyPair, value: Uint8Array): Promise<unknown>
  mutableGet(publicKey: Uint8Array): Promise<unknown>
}
interface HyperDht {
  keyPair(): KeyPair
}
type CreateTestnet = (size: number) => Promise<{ readonly nodes: readonly HyperNode[] }>

const size = Number(process.argv[2] ?? 128)
const [HyperDHT, createTestnet] = await Promise.all([
  load('hyperdht').then((module) => module as HyperDht),
  load('hyperdht/testnet.js').then((module) => module as CreateTestnet),
])
const { nodes } = await createTestnet(size)
await sleep(SETTLE_SECONDS * 1_000)
const keys: KeyPair[] = []
const put = async (at: number) => {
  const pair = HyperDHT.keyPair()
  keys.push(pair)
  await nodeAt(at).mutablePut(pair, randomBytes(osRandom, ONE_DATAGRAM_BODY_BYTES))
}
const get = async (at: number) => {
  const pair = keys[at]
  assert(pair !== undefined, 'it was put')
  assert(Boolean(await nodeAt(at + 7).mutableGet(pair.publicKey)), 'what was put is found')
}
const figures = [...(await measure('put', put)), ...(await measure('get', get))]
writeReport({
  name: 'hyperdht',
  title: 'HyperDHT on loopback, for scale',
  method:
    `HyperDHT ${versionOf('hyperdht')}, ${size} nodes in one process, each with its own socket; mutable put and get of values as large as our class P, ` +
    `${OPERATIONS} operations one after another, each from another node, after ${WARM_UP} more. CPU is that of all nodes.`,
  figures,
})
process.exit(0)

async function measure(name: string, operation: (at: number) => Promise<void>): Promise<Figure[]> {
  for (let at = 0; at < WARM_UP; at += 1) await operation(at)
  const [cpuBefore, sentBefore] = [cpuMs(), datagramsSent()]
  const times: number[] = []
  for (let at = WARM_UP; at < WARM_UP + OPERATIONS; at += 1) {
    const startedAt = performance.now()
    await operation(at)
    times.push(performance.now() - startedAt)
  }
  const sent = datagramsSent() - sentBefore
  return [
    { name: `${size} nodes, ${name}: CPU of all nodes`, value: (cpuMs() - cpuBefore) / OPERATIONS, unit: 'ms' },
    { name: `${size} nodes, ${name}: datagrams`, value: sent > 0 ? sent / OPERATIONS : 'unknown', unit: '' },
    { name: `${size} nodes, ${name}: p50`, value: quantile(times, 0.5), unit: 'ms' },
    { name: `${size} nodes, ${name}: p99`, value: quantile(times, 0.99), unit: 'ms' },
  ]
}

function nodeAt(at: number): HyperNode {
  const node = nodes[at % nodes.length]
  assert(node !== undefined, 'there are nodes')
  return node
}

async function load(name: string): Promise<unknown> {
  try {
    const module = (await import(name)) as { readonly default: unknown }
    return module.default
  } catch {
    console.error('HyperDHT is not installed: npm install --no-save hyperdht')
    process.exit(1)
  }
}

function versionOf(name: string): string {
  const text = readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), 'utf8')
  return (JSON.parse(text) as { readonly version: string }).version
}

/** Of this whole network namespace, where the system counts them. */
function datagramsSent(): number {
  const file = '/proc/net/snmp'
  const rows = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
  const [names = [], values = []] = rows.filter((row) => row.startsWith('Udp:')).map((row) => row.split(' '))
  return Number(values[names.indexOf('OutDatagrams')] ?? 0)
}
