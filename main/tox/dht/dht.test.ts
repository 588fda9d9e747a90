import { expect, test } from 'vitest'
import { SECOND_MS } from '../../base/time.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { TestNetwork } from './test-network.ts'

await sodiumReady

test('two nodes that bootstrap from a third find each other within a second', () => {
  const network = new TestNetwork()
  const [first, alice, bob] = [network.add('1.0.0.1'), network.add('1.0.0.2'), network.add('1.0.0.3')]
  alice.dht.bootstrap(first.node, network.now)
  bob.dht.bootstrap(first.node, network.now)
  const knowAll = (): boolean => network.hosts.every(({ dht }) => dht.nodeCount(network.now) === 2)
  expect(network.run(SECOND_MS, knowAll)).toBe(true)
})
