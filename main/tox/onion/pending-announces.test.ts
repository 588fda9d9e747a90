import { expect, test } from 'vitest'
import { SeededRandom } from '../../base/random.ts'
import { SECOND_MS } from '../../base/time.ts'
import { PendingAnnounces } from './pending-announces.ts'
import { lanNode } from './test-nodes.ts'

const NOW = 1_700_000_000_000
const node = lanNode(1)

test('finds a request by its sendback, once, within ten seconds', () => {
  const pending = new PendingAnnounces<string>(new SeededRandom(1))
  const sendback = pending.add({ search: 'ours', node, pathId: 4 }, NOW)
  expect(sendback).toHaveLength(8)
  expect(pending.take(sendback, NOW + 10 * SECOND_MS - 1)).toEqual({ search: 'ours', node, pathId: 4 })
  expect(pending.take(sendback, NOW)).toBeUndefined()
  const late = pending.add({ search: 'ours', node, pathId: 4 }, NOW)
  expect(pending.take(late, NOW + 10 * SECOND_MS)).toBeUndefined()
})

test('keeps 1,024 requests and gives the oldest up', () => {
  const pending = new PendingAnnounces<number>(new SeededRandom(1))
  const sendbacks = Array.from({ length: 1_100 }, (_, search) => pending.add({ search, node, pathId: 0 }, NOW))
  expect(pending.count).toBe(1_024)
  expect(pending.take(sendbacks[75] ?? sendbacks[0] ?? new Uint8Array(8), NOW)).toBeUndefined()
  expect(pending.take(sendbacks[76] ?? new Uint8Array(8), NOW)?.search).toBe(76)
})
