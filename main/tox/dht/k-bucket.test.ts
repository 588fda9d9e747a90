import fc from 'fast-check'
import { expect, test } from 'vitest'
import { propertySeed } from '../../base/test-seed.ts'
import { SECOND_MS } from '../../base/time.ts'
import { BUCKET_NODES_MAX, KBucket } from './k-bucket.ts'
import { testNode } from './test-nodes.ts'

const BAD_AFTER_MS = 122 * SECOND_MS

test('takes eight nodes and refuses the ninth as long as all are good', () => {
  const bucket = new KBucket()
  for (let first = 0; first < 8; first += 1) expect(add(bucket, first, 0)).toBeDefined()
  expect(bucket.hasRoom(BAD_AFTER_MS - 1)).toBe(false)
  expect(add(bucket, 8, BAD_AFTER_MS - 1)).toBeUndefined()
})

test('gives the place of the bad node heard longest ago', () => {
  const bucket = new KBucket()
  for (let first = 0; first < 8; first += 1) add(bucket, first, first === 5 ? 0 : 1_000 + first)
  expect(bucket.hasRoom(BAD_AFTER_MS)).toBe(true)
  expect(add(bucket, 8, BAD_AFTER_MS)).toBeDefined()
  expect(bucket.find(testNode(5).publicKey.bytes)).toBeUndefined()
  expect(bucket.find(testNode(8).publicKey.bytes)).toBeDefined()
})

test('never holds more than eight, never evicts a good node, and has room exactly when it adds', () => {
  const steps = fc.array(fc.record({ first: fc.nat(20), waitSeconds: fc.nat(60) }), { maxLength: 60 })
  const property = fc.property(steps, (script) => {
    const bucket = new KBucket()
    let now = 0
    for (const { first, waitSeconds } of script) {
      now += waitSeconds * SECOND_MS
      const { publicKey, address } = testNode(first)
      const known = bucket.find(publicKey.bytes)
      if (known) {
        known.heard(address, now)
        continue
      }
      const good = bucket.nodes.filter((node) => node.isGood(now))
      const hadRoom = bucket.hasRoom(now)
      expect(bucket.add(publicKey, address, now) !== undefined).toBe(hadRoom)
      expect(bucket.nodes.length).toBeLessThanOrEqual(BUCKET_NODES_MAX)
      expect(bucket.nodes).toEqual(expect.arrayContaining(good))
    }
  })
  fc.assert(property, { seed: propertySeed(), numRuns: 300 })
})

function add(bucket: KBucket, first: number, now: number) {
  const { publicKey, address } = testNode(first)
  return bucket.add(publicKey, address, now)
}
