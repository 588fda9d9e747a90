/**
 * What storing and fetching cost over real sockets: CPU of all nodes, datagrams, bytes and time.
 *
 * Run: npm run bench:storage [-- nodes ...], by default 32 and 128 nodes.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { assert } from '../main/base/assert.ts'
import { isSignatureOf, SigningKey } from '../main/crypto/sign.ts'
import { sodiumReady } from '../main/crypto/sodium.ts'
import { osRandom } from '../main/driver/os-random.ts'
import { type LoopbackNode, startNodes } from './loopback-node.ts'
import { cpuMs, type Figure, quantile, sleep, writeReport } from './report.ts'
import { CHEAP, createLetter, StorageUser, solveAtOnce } from './storage-user.ts'

/** After the last node has joined. */
const SETTLE_SECONDS = 60
const WARM_UP = 200
const OPERATIONS = 500
const AT_ONCE = 32
const UPKEEP_SECONDS = 10
const VERIFICATIONS = 2_000

interface Measured {
  readonly cpuMs: number
  readonly datagrams: number
  readonly bytes: number
  readonly times: readonly number[]
}

type Reach = Partial<Record<'cpuMs' | 'datagrams' | 'p50', string>>

const REACH: Readonly<Record<'store' | 'fetch', Reach>> = {
  store: { cpuMs: '2.5', datagrams: '45', p50: '2.5' },
  fetch: { cpuMs: '1.0', datagrams: '15', p50: '1.2' },
}
const OTHERS: Readonly<Record<'store' | 'fetch', Reach>> = {
  store: { cpuMs: 'HyperDHT 4.9, OpenDHT 3.6', datagrams: 'HyperDHT 118, OpenDHT 80' },
  fetch: { cpuMs: 'HyperDHT 3.5, OpenDHT 1.4', datagrams: 'HyperDHT 79, OpenDHT 59' },
}

await sodiumReady
const sizes = process.argv.slice(2).map(Number)
const figures: Figure[] = []
for (const size of sizes.length > 0 ? sizes : [32, 128]) figures.push(...(await measureNetwork(size)))
writeReport({
  name: 'storage',
  title: 'Storing and fetching on loopback',
  method:
    'All nodes in one process, each with its own socket and its vault in a file; records of class P, signed, six copies; the proof is one trial. ' +
    `${OPERATIONS} operations one after another, each from another node, and as many with ${AT_ONCE} under way at a time. Store: from the call to the ` +
    'last of six receipts. Fetch: from the call to the first body whose header signature and hash are right, one holder of each ring asked. ' +
    'CPU is that of all nodes, upkeep included: of 12 signatures checked and 6 made a store comes to 1.2 ms where a check takes 80 µs. Comparison figures: two such cores, signed values (HyperDHT mutable put and get; OpenDHT in C++).',
  figures,
})

async function measureNetwork(size: number): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ampoule-bench-'))
  const nodes = await startNodes(size, { folder, formula: CHEAP, onTurn: solveAtOnce })
  try {
    while (!nodes.every(({ engine }) => engine.extension.rings.isStorage)) await sleep(1_000)
    await sleep(SETTLE_SECONDS * 1_000)
    const users = nodes.map((node) => new StorageUser(node))
    const userAt = (at: number) => {
      const user = users[at % users.length]
      assert(user !== undefined, 'there are users')
      return user
    }
    // Written beforehand: what sealing a message costs is not the network's.
    const letters = Array.from({ length: WARM_UP + 2 * OPERATIONS }, () => createLetter())
    const unsent = letters.values()
    const store = async (at: number) => {
      const { value: letter } = unsent.next()
      assert(letter !== undefined, 'there are letters left')
      return userAt(at).store(letter)
    }
    // Readers are others than the writers, and know nothing yet.
    const fetch = async (at: number) => {
      const letter = letters[at % letters.length]
      assert(letter !== undefined, 'something was stored')
      return userAt(at + 7).fetch(letter)
    }
    const upkeep = await run(nodes, () => sleep(1_000), UPKEEP_SECONDS, 1)
    const found: Figure[] = [
      { name: `${size} nodes, upkeep: CPU of all nodes a second`, value: upkeep.cpuMs, unit: 'ms' },
      { name: `${size} nodes, upkeep: datagrams a second`, value: upkeep.datagrams, unit: '' },
    ]
    for (const [name, operation] of [
      ['store', store],
      ['fetch', fetch],
    ] as const) {
      await run(nodes, operation, WARM_UP, 1)
      const alone = await run(nodes, operation, OPERATIONS, 1)
      const together = await run(nodes, operation, OPERATIONS, AT_ONCE)
      found.push(...figuresOf(`${size} nodes, ${name}`, alone, together, size >= 128 ? name : undefined))
    }
    const repeats = users.reduce((sum, { repeatCount }) => sum + repeatCount, 0)
    found.push({ name: `${size} nodes: operations begun again`, value: repeats, unit: '' })
    return [...found, { name: `${size} nodes, for scale: one signature checked`, value: verifyUs(), unit: 'µs' }]
  } finally {
    await Promise.all(nodes.map((node) => node.close()))
    rmSync(folder, { recursive: true })
  }
}

/** Runs `count` operations, `atOnce` under way at a time. */
async function run(
  nodes: readonly LoopbackNode[],
  operation: (at: number) => Promise<number | void>,
  count: number,
  atOnce: number,
): Promise<Measured> {
  const sum = (of: 'sent' | 'sentBytes') => nodes.reduce((total, { counts }) => total + counts[of], 0)
  const [sentBefore, bytesBefore, cpuBefore] = [sum('sent'), sum('sentBytes'), cpuMs()]
  const times: number[] = []
  let next = 0
  const work = async () => {
    while (next < count) {
      next += 1
      times.push((await operation(next)) ?? 0)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return {
    cpuMs: (cpuMs() - cpuBefore) / count,
    datagrams: (sum('sent') - sentBefore) / count,
    bytes: (sum('sentBytes') - bytesBefore) / count,
    times,
  }
}

function figuresOf(what: string, alone: Measured, together: Measured, compared?: 'store' | 'fetch'): Figure[] {
  const reach = compared ? REACH[compared] : {}
  const others = compared ? OTHERS[compared] : {}
  const compare = (key: keyof Reach) => ({
    ...(reach[key] !== undefined && { reach: reach[key] }),
    ...(others[key] !== undefined && { others: others[key] }),
  })
  return [
    { name: `${what}: CPU of all nodes`, value: alone.cpuMs, unit: 'ms', ...compare('cpuMs') },
    { name: `${what}: datagrams`, value: alone.datagrams, unit: '', ...compare('datagrams') },
    { name: `${what}: bytes`, value: alone.bytes / 1_024, unit: 'KiB' },
    { name: `${what}: p50`, value: quantile(alone.times, 0.5), unit: 'ms', ...compare('p50') },
    { name: `${what}: p99`, value: quantile(alone.times, 0.99), unit: 'ms' },
    { name: `${what}, ${AT_ONCE} at once: CPU of all nodes`, value: together.cpuMs, unit: 'ms' },
    { name: `${what}, ${AT_ONCE} at once: p50`, value: quantile(together.times, 0.5), unit: 'ms' },
    { name: `${what}, ${AT_ONCE} at once: p99`, value: quantile(together.times, 0.99), unit: 'ms' },
  ]
}

/** CPU of one Ed25519 verification now: how fast this machine is, and how busy with other things. */
function verifyUs(): number {
  const key = SigningKey.create(osRandom)
  const text = new Uint8Array(200)
  const signature = key.sign(text)
  const before = cpuMs()
  for (let round = 0; round < VERIFICATIONS; round += 1)
    assert(isSignatureOf(key.verifyKey, text, signature), 'it is right')
  return ((cpuMs() - before) / VERIFICATIONS) * 1_000
}
