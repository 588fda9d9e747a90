import { beforeAll, expect, test } from 'vitest'
import { AssertionError } from '../base/assert.ts'
import { SeededRandom } from '../base/random.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { createRingParts, type RingsOptions } from './ring-parts.ts'
import { TestExchange } from './test-peers.ts'
import { Traffic } from './traffic.ts'

beforeAll(() => sodiumReady)

function optionsWith(more: Partial<RingsOptions>): RingsOptions {
  const { self, exchange, counters } = new TestExchange()
  const plain = { selfKey: self.key, exchange, counters, random: new SeededRandom(1), traffic: new Traffic() }
  return { ...plain, scope: 'loopback', tokenFor: () => new Uint8Array(0), ...more }
}

test('builds as many rings as wanted, all with our place by our key', () => {
  const options = optionsWith({ ringCount: 5 })
  const { rings, ranges, places } = createRingParts(options)
  expect(rings.map(({ self }) => self.place)).toEqual(places.of(options.selfKey))
  expect([rings.length, ranges.length]).toEqual([5, 5])
})

test('no ring at all, or more than a packet can speak of, is our own mistake', () => {
  for (const ringCount of [0, 9]) expect(() => createRingParts(optionsWith({ ringCount }))).toThrow(AssertionError)
})
