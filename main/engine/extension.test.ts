import { expect, test } from 'vitest'
import { SECOND_MS } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { network, placed, run, START } from './test-engines.ts'

await sodiumReady

test('a member that leaves is gone from the others at once, and says when it has left', () => {
  const { nodes, now } = network(3)
  const [first, second] = nodes
  if (!first || !second) throw new Error('no nodes')
  expect(first.engine.hasLeft).toBe(false)
  first.engine.leave(5 * SECOND_MS, now)
  const end = run(nodes, now, 10 * SECOND_MS)
  expect(first.engine.hasLeft).toBe(true)
  expect(second.engine.network.view(end).storageNodes).toBe(1)
})

test('a node that never joined has nothing to hand over', () => {
  const { engine } = placed(1)
  engine.leave(10 * SECOND_MS, START)
  expect(engine.hasLeft).toBe(true)
})
