import fc from 'fast-check'
import { expect, test } from 'vitest'
import { concat } from '../base/bytes.ts'
import { fuzzCaseCount, propertySeed } from '../base/test-seed.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { World } from './test-world.ts'

await sodiumReady

test('any bytes of packet 184, from a friend in any state, are answered or counted, and nothing is thrown', () => {
  const world = new World()
  const { alice } = world
  let step = 0
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 255 }), fc.uint8Array({ maxLength: 300 }), (subType, noise) => {
      step += 1
      if (step % 50 === 0) world.connect()
      if (step % 170 === 0) world.disconnect()
      const data = concat(Uint8Array.of(184, subType % 2 === 0 ? subType : subType % 10), noise)
      alice.offline.handleMessengerEvent({ kind: 'custom', friend: alice.friend, data }, world.now)
      world.settle()
      expect(alice.disk.rows.size).toBeLessThan(1_000)
    }),
    { seed: propertySeed(), numRuns: fuzzCaseCount() },
  )
  const counters = alice.run?.counters
  expect(
    (counters?.get('offline.packetsMalformed') ?? 0) + (counters?.get('offline.packetsUnknown') ?? 0),
  ).toBeGreaterThan(fuzzCaseCount() / 4)
})
