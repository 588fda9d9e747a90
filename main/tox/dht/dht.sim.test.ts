import { expect, test } from 'vitest'
import { randomBelow, shuffled } from '../../base/random.ts'
import { propertySeed } from '../../base/test-seed.ts'
import { MINUTE_MS, SECOND_MS } from '../../base/time.ts'
import { createKeyPair } from '../../crypto/keys.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { compareDistance } from './distance.ts'
import { type TestHost, TestNetwork } from './test-network.ts'

await sodiumReady

const NODE_COUNT = 60

/**
 * Goal: in a network that loses packets every key is found, and found again after a third of the nodes is gone.
 * Method: 60 nodes join one by one through one of the earlier ones under 5 % loss, then search for each other.
 */
test.each([1, 2, propertySeed()])(
  'sixty nodes find each other under loss and after a third is gone, seed %i',
  (seed) => {
    const network = grownNetwork(seed)
    expect(network.hosts.every(({ dht }) => dht.isConnected(network.now))).toBe(true)
    searchAll(network, 40, 20 * SECOND_MS)

    for (const host of shuffled(network.random, network.hosts).slice(0, NODE_COUNT / 3)) host.isUp = false
    network.run(3 * MINUTE_MS)
    const up = network.hosts.filter(({ isUp }) => isUp)
    expect(up.every(({ dht }) => dht.isConnected(network.now))).toBe(true)
    searchAll(network, 40, 20 * SECOND_MS)
  },
)

test('a search ends at the nodes that are in truth nearest to its key', () => {
  const network = grownNetwork(3)
  const target = createKeyPair(network.random).publicKey
  const [asker] = network.hosts
  asker?.dht.search(target, network.now)
  network.run(30 * SECOND_MS)
  const nearest = network.hosts
    .filter((host) => host !== asker)
    .toSorted((left, right) => compareDistance(target.bytes, left.node.publicKey.bytes, right.node.publicKey.bytes))
    .slice(0, 4)
  const found = asker?.dht.closestNodes(target, 4, { lanAllowed: true }, network.now) ?? []
  expect(found.map(({ address }) => address.text)).toEqual(nearest.map(({ node }) => node.address.text))
})

test('sixty nodes at rest send less than four datagrams a second each', () => {
  const network = grownNetwork(4)
  network.run(5 * MINUTE_MS)
  let sentCount = 0
  network.watch(() => {
    sentCount += 1
  })
  network.run(5 * MINUTE_MS)
  expect(sentCount / NODE_COUNT / 300).toBeLessThan(4)
})

function grownNetwork(seed: number): TestNetwork {
  const network = new TestNetwork(seed)
  network.loss = 0.05
  for (let index = 0; index < NODE_COUNT; index += 1) {
    const host = network.add(`1.0.0.${index + 1}`)
    const introducer = network.hosts[randomBelow(network.random, Math.max(index, 1))]
    if (introducer && introducer !== host) host.dht.bootstrap(introducer.node, network.now)
    network.run(SECOND_MS)
  }
  network.run(30 * SECOND_MS)
  return network
}

/** `count` random pairs: each must be found within `withinMs`. */
function searchAll(network: TestNetwork, count: number, withinMs: number): void {
  const up = network.hosts.filter(({ isUp }) => isUp)
  const pairs = Array.from({ length: count }, () => shuffled(network.random, up).slice(0, 2))
  for (const [seeker, sought] of pairs) if (sought) seeker?.dht.search(sought.node.publicKey, network.now)
  const isFound = (seeker?: TestHost, sought?: TestHost): boolean =>
    sought !== undefined && seeker?.dht.addressOf(sought.node.publicKey, network.now) !== undefined
  expect(network.run(withinMs, () => pairs.every(([seeker, sought]) => isFound(seeker, sought)))).toBe(true)
}
