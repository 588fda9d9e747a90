import { beforeEach, expect, test } from 'vitest'
import { SeededRandom } from '../../base/random.ts'
import { MINUTE_MS, SECOND_MS } from '../../base/time.ts'
import { createKeyPair } from '../../crypto/keys.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { DhtEnvelopes } from '../../wire/dht-envelope.ts'
import { OnionPaths, PATHS_PER_POOL } from './onion-paths.ts'
import { PathNodes } from './path-nodes.ts'
import { realNode } from './test-nodes.ts'

await sodiumReady

const NOW = 1_700_000_000_000
let random: SeededRandom
let pathNodes: PathNodes
let paths: OnionPaths
let sent: number

beforeEach(() => {
  random = new SeededRandom(2)
  const keys = createKeyPair(random)
  sent = 0
  pathNodes = new PathNodes(keys.publicKey, random)
  paths = new OnionPaths({
    pathNodes,
    envelopes: new DhtEnvelopes(keys, random),
    random,
    transmits: {
      send: () => {
        sent += 1
      },
    },
  })
})

function addNodes(count: number): void {
  for (let last = 1; last <= count; last += 1) pathNodes.add(realNode(last, random).node, NOW)
}

/** Uses a path until it counts as silent, and returns its id. */
function silence(preferred: number | undefined, now: number): number {
  const id = paths.use(preferred, now)?.id ?? -1
  for (let count = 0; count < 4; count += 1) paths.use(id, now)
  return id
}

test('without a node there is no path', () => {
  expect(paths.use(undefined, NOW)).toBeUndefined()
})

test('has six paths at most, and uses them all', () => {
  addNodes(10)
  const ids = new Set<number>()
  for (let count = 0; count < 100; count += 1) {
    const used = paths.use(undefined, NOW)
    if (!used) throw new Error('no path')
    paths.praise(used.id, NOW)
    ids.add(used.id)
  }
  expect(ids.size).toBe(PATHS_PER_POOL)
})

test('sends over the first hop', () => {
  addNodes(3)
  const used = paths.use(undefined, NOW)
  if (!used) throw new Error('no path')
  paths.send(used, Uint8Array.of(0x83), realNode(9, random).node.address)
  expect(sent).toBe(1)
})

test('a new path that stays silent is given up after 4 seconds, one that has answered after 10', () => {
  addNodes(5)
  const id = silence(undefined, NOW)
  expect([paths.isAlive(id, NOW + 4 * SECOND_MS - 1), paths.isAlive(id, NOW + 4 * SECOND_MS)]).toEqual([true, false])
  expect(paths.use(id, NOW + 4 * SECOND_MS)?.id).not.toBe(id)

  const other = paths.use(undefined, NOW)?.id ?? -1
  paths.praise(other, NOW)
  silence(other, NOW)
  expect(paths.isAlive(other, NOW + 10 * SECOND_MS - 1)).toBe(true)
  expect(paths.isAlive(other, NOW + 10 * SECOND_MS)).toBe(false)
})

test('being used does not keep a silent path alive', () => {
  addNodes(5)
  const id = silence(undefined, NOW)
  for (let now = NOW; now < NOW + 4 * SECOND_MS; now += 500) expect(paths.use(id, now)?.id).toBe(id)
  expect(paths.use(id, NOW + 4 * SECOND_MS)?.id).not.toBe(id)
})

test('an answer keeps a path alive, for 20 minutes', () => {
  addNodes(5)
  const id = paths.use(undefined, NOW)?.id ?? -1
  for (let now = NOW; now < NOW + 20 * MINUTE_MS; now += 5 * SECOND_MS) {
    expect(paths.use(id, now)?.id).toBe(id)
    paths.praise(id, now)
  }
  expect(paths.isAlive(id, NOW + 20 * MINUTE_MS)).toBe(false)
})

test('is stable after 90 seconds, as long as its last use is answered in time', () => {
  addNodes(5)
  const id = paths.use(undefined, NOW)?.id ?? -1
  paths.praise(id, NOW)
  expect([paths.isStable(id, NOW + 89 * SECOND_MS), paths.isStable(id, NOW + 90 * SECOND_MS)]).toEqual([false, true])
  paths.use(id, NOW + 90 * SECOND_MS)
  expect(paths.isStable(id, NOW + 99 * SECOND_MS)).toBe(true)
  expect(paths.isStable(id, NOW + 100 * SECOND_MS)).toBe(false)
})

test('an unknown or replaced path is neither alive nor stable, and praise of it does nothing', () => {
  addNodes(5)
  expect([paths.isAlive(3, NOW), paths.isStable(3, NOW)]).toEqual([false, false])
  paths.praise(3, NOW)
  const id = paths.use(undefined, NOW)?.id ?? -1
  paths.wipe()
  expect(paths.isAlive(id, NOW)).toBe(false)
})

test('the nodes of a path that died are blamed', () => {
  addNodes(6)
  const dead = new Set<string>()
  // Two dead paths over the same three nodes shun them; six other nodes leave a choice.
  for (let round = 0; round < 12; round += 1) {
    const now = NOW + round * 5 * SECOND_MS
    const id = silence(0, now)
    for (const { publicKey } of paths.use(id, now)?.path.nodes ?? []) dead.add(publicKey.hex)
  }
  expect(pathNodes.count(NOW + MINUTE_MS)).toBeLessThanOrEqual(6)
  expect(dead.size).toBeGreaterThan(3)
})
