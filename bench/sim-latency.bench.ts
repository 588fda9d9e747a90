/**
 * How long storing and fetching take in a network with latency and loss, in virtual time.
 *
 * Run: npm run bench:sim-latency
 */
import { assert } from '../main/base/assert.ts'
import { MINUTE_MS } from '../main/base/time.ts'
import { sodiumReady } from '../main/crypto/sodium.ts'
import { Engine, VAULT_LIMITS_DEFAULT } from '../main/engine/engine.ts'
import { type NetworkConditions, ORDINARY_NETWORK, PERFECT_NETWORK } from '../main/sim/sim-network.ts'
import { Simulation } from '../main/sim/simulation.ts'
import { createMemoryVault } from '../main/storage/vault-memory.ts'
import { type Figure, quantile, writeReport } from './report.ts'
import { CHEAP, createLetter, type EngineHost, type Letter, StorageUser, solveAtOnce } from './storage-user.ts'

const NODES = 32
const OPERATIONS = 1_000
const STEP_MS = 10
/** What is lost is repeated within seconds; whoever takes longer is stuck. */
const PATIENCE_MS = 2 * MINUTE_MS

const REACH = { store: '700', fetch: '250' }
const OTHERS = { store: 'HyperDHT 1,689', fetch: 'HyperDHT 1,233' }

await sodiumReady
const figures = [
  ...(await measure('50 ms for everybody, 1 % loss', { ...PERFECT_NETWORK, loss: 0.01 })),
  ...(await measure('50 ms in the median, spread, jitter, 1 % loss', ORDINARY_NETWORK)),
]
writeReport({
  name: 'sim-latency',
  title: 'Storing and fetching in a simulated network',
  method:
    `${NODES} nodes (Tox DHT, rings, vault in memory) on a made-up network under a virtual clock, seed 1; ${OPERATIONS} records of class P ` +
    'stored one after another, each from another node, and fetched by another; proofs take no time. Store: from the call to the last of six ' +
    'receipts. Fetch: from the call to the first good body, one holder of each ring asked. One way takes 50 ms, so that one request and its ' +
    'answer take 100 ms.',
  figures,
})

async function measure(what: string, conditions: NetworkConditions): Promise<Figure[]> {
  const simulation = new Simulation(1, { ...conditions, addressing: { kind: 'prefixes', nodesPerPrefix: 1 } })
  const hosts = Array.from({ length: NODES }, () => createHost(simulation))
  const [first] = hosts
  assert(first !== undefined, 'there are nodes')
  const entry = { publicKey: first.engine.tox.dht.publicKey, address: first.node.address }
  for (const host of hosts.slice(1)) {
    host.turn((engine, now) => engine.bootstrap(entry, now))
    simulation.runFor(2_000)
  }
  simulation.runFor(5 * MINUTE_MS)
  const users = hosts.map((host) => new StorageUser(host, () => simulation.now))
  const letters: Letter[] = []
  const random = simulation.createRandom()
  const results: Record<'store' | 'fetch', number[]> = { store: [], fetch: [] }
  for (let at = 0; at < OPERATIONS; at += 1) {
    const letter = createLetter(simulation.now, random)
    letters.push(letter)
    results.store.push(await finished(simulation, users[at % NODES]?.store(letter)))
  }
  for (const [at, letter] of letters.entries()) {
    results.fetch.push(await finished(simulation, users[(at + 7) % NODES]?.fetch(letter)))
  }
  const isCompared = conditions.latencySpread === 0
  return (['store', 'fetch'] as const).flatMap((name) => [
    { name: `${what}: ${name}, p50`, value: quantile(results[name], 0.5), unit: 'ms' },
    {
      name: `${what}: ${name}, p90`,
      value: quantile(results[name], 0.9),
      unit: 'ms',
      ...(isCompared && { reach: REACH[name], others: OTHERS[name] }),
    },
    { name: `${what}: ${name}, p99`, value: quantile(results[name], 0.99), unit: 'ms' },
  ])
}

function createHost(simulation: Simulation): EngineHost & { readonly node: ReturnType<Simulation['addNode']> } {
  const vault = createMemoryVault({ ringCount: 3, limits: VAULT_LIMITS_DEFAULT })
  const options = { random: simulation.createRandom(), scope: 'internet', vault, formula: CHEAP } as const
  const engine = new Engine({ ...options, dht: { lanDiscovery: false } }, simulation.now)
  const node = simulation.addNode(engine, {
    onInput: (now) => {
      solveAtOnce(engine, now)
      while (engine.pollEvent());
    },
  })
  const turn = <T>(action: (engine: Engine, now: number) => T) =>
    node.act((now) => engine.command(() => action(engine, now), now))
  return { engine, node, turn }
}

/** Lets virtual time pass until an operation has ended. */
async function finished(simulation: Simulation, operation: Promise<number> | undefined): Promise<number> {
  assert(operation !== undefined, 'there are users')
  let result: number | undefined
  void operation.then((value) => {
    result = value
  })
  const giveUpAt = simulation.now + PATIENCE_MS
  while (result === undefined) {
    assert(simulation.now < giveUpAt, 'an operation did not end')
    simulation.runFor(STEP_MS)
    await Promise.resolve()
  }
  return result
}
