import { expect, test } from 'vitest'
import { Counters } from '../base/counters.ts'
import { SeededRandom } from '../base/random.ts'
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../base/time.ts'
import { mailboxPlace } from '../ring/places.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { VAULT_LIMITS_DEFAULT } from '../storage/quota.ts'
import { TEST_FORMULA, TestDeposits } from '../storage/test-deposits.ts'
import { createMemoryVault } from '../storage/vault-memory.ts'
import { Engine } from './engine.ts'
import { StorageFace } from './storage-face.ts'
import { network, placed, run, START as ENGINES_START } from './test-engines.ts'

await sodiumReady
const START = 20_000 * DAY_MS

function face() {
  const counters = new Counters()
  const vault = createMemoryVault({ ringCount: 3, limits: VAULT_LIMITS_DEFAULT })
  const options = { random: new SeededRandom(1), dht: { lanDiscovery: false }, scope: 'loopback', vault } as const
  const { extension } = new Engine(options, START)
  const usage = { usedBytes: 0, records: 0 }
  vault.usage = () => ({ allocationBytes: 0, repairBytes: 0, tombstones: 0, ...usage })
  return { counters, usage, storage: new StorageFace(extension, vault, counters) }
}

test('what was served and refused is counted from midnight on', () => {
  const { storage, counters } = face()
  counters.add('storage: served')
  counters.add('storage: refused oversize', 2)
  expect(storage.view(START)).toMatchObject({ servedToday: 1, refusedToday: { oversize: 2 } })
  expect(storage.view(START + DAY_MS)).toMatchObject({ servedToday: 0, refusedToday: {} })
  counters.add('storage: served')
  expect(storage.view(START + DAY_MS + 1)).toMatchObject({ servedToday: 1, refusedToday: {} })
})

test('a change of what is held is told once', () => {
  const { storage, usage } = face()
  expect(storage.takeChange(START)).toBe(false)
  usage.usedBytes = 700
  usage.records = 1
  expect([storage.takeChange(START), storage.takeChange(START)]).toEqual([true, false])
  usage.records = 0
  expect(storage.takeChange(START)).toBe(true)
})

test('storage that is turned off leaves the rings, and joins again when it is turned on', () => {
  const { nodes, now } = network(3)
  const [first, second] = nodes
  if (!first || !second) throw new Error('no nodes')
  const { engine } = first
  engine.command(() => engine.storage.setLimits({ ...VAULT_LIMITS_DEFAULT, allocationBytes: 0 }, now), now)
  const off = run(nodes, now, 30 * SECOND_MS)
  expect(engine.network.view(off)).toMatchObject({ role: 'client', roleReason: 'notWanted' })
  expect(second.engine.network.view(off).storageNodes).toBe(1)
  engine.command(() => engine.storage.setLimits(VAULT_LIMITS_DEFAULT, off), off)
  const on = run(nodes, off, MINUTE_MS)
  expect(engine.network.view(on).role).toBe('storage')
  expect(second.engine.network.view(on).storageNodes).toBe(2)
})

test('clearing empties the vault and begins anew', () => {
  const { nodes, now } = network(3)
  const [first] = nodes
  if (!first) throw new Error('no nodes')
  const { engine } = first
  engine.command(() => engine.storage.clear(now), now)
  const end = run(nodes, now, MINUTE_MS)
  const nothing = { usedBytes: 0, records: 0, servedToday: 0, refusedToday: {} }
  expect(engine.storage.view(end)).toMatchObject(nothing)
  expect(engine.network.view(end).role).toBe('storage')
})

test('clearing hands over first: what is held is gone only when others have it', () => {
  const vaults = [1, 2, 3, 4].map(() => createMemoryVault({ ringCount: 3, limits: VAULT_LIMITS_DEFAULT }))
  const nodes = vaults.map((vault, index) => placed(index + 1, { vault, formula: TEST_FORMULA }))
  const [first, ...others] = nodes
  if (!first) throw new Error('no nodes')
  const { engine, address } = first
  for (const other of others) other.engine.bootstrap({ publicKey: engine.tox.dht.publicKey, address }, ENGINES_START)
  const now = run(nodes, ENGINES_START, 2 * MINUTE_MS)
  const deposits = new TestDeposits(1)
  const record = deposits.record({}, now)
  const places = [0, 1, 2].map((ring) => mailboxPlace(deposits.mailbox.verifyKey, ring))
  vaults[0]?.put({ record, places, origin: { kind: 'deposit', prefix: undefined } }, now)
  const counts = () => vaults.map((vault) => vault.usage().records)
  expect(counts()).toEqual([1, 0, 0, 0])
  engine.command(() => engine.storage.clear(now), now)
  expect([engine.storage.isHandingOver, counts()[0]]).toEqual([true, 1])
  let end = now
  // Step by step: it stores anew at once, and is given what belongs to it.
  while (engine.storage.isHandingOver) {
    expect(counts()[0]).toBe(1)
    end = run(nodes, end, 1)
  }
  expect(counts()[0]).toBe(0)
  expect(counts().slice(1)).toContain(1)
})

test('clearing forgets what nobody is there to take', () => {
  const vault = createMemoryVault({ ringCount: 3, limits: VAULT_LIMITS_DEFAULT })
  const alone = placed(1, { vault })
  const joined = run([alone], ENGINES_START, MINUTE_MS)
  const record = new TestDeposits(1).record({}, joined)
  vault.put({ record, places: [0, 0, 0], origin: { kind: 'deposit', prefix: undefined } }, joined)
  const { engine } = alone
  expect(engine.storage.view(joined)).toMatchObject({ records: 1 })
  engine.command(() => engine.storage.clear(joined), joined)
  const end = run([alone], joined, MINUTE_MS)
  expect(engine.storage.view(end)).toMatchObject({ usedBytes: 0, records: 0 })
  expect(engine.network.view(end).role).toBe('storage')
})
