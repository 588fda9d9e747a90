import { expect, test } from 'vitest'
import { TransferRegistry } from './transfer-registry.ts'

test('an id is never given out twice, and leads to its owner until it is deleted', () => {
  const registry = new TransferRegistry<string>()
  const first = registry.add('a')
  registry.delete(first)
  const second = registry.add('b')
  expect(second).not.toBe(first)
  expect(registry.ownerOf(first)).toBeUndefined()
  expect(registry.ownerOf(second)).toBe('b')
})
