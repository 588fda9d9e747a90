import { expect, test } from 'vitest'
import { AfterDisk } from './after-disk.ts'

test('an effect waits for the change of the input that caused it, and no longer', () => {
  const effects = new AfterDisk<string>()
  effects.push('first')
  effects.stamp(3)
  effects.push('second')
  effects.stamp(4)
  effects.persisted(2)
  expect(effects.poll()).toBeUndefined()
  effects.persisted(3)
  expect(effects.poll()).toBe('first')
  expect(effects.poll()).toBeUndefined()
  effects.persisted(4)
  expect(effects.poll()).toBe('second')
})

test('what rests on nothing new need not wait', () => {
  const effects = new AfterDisk<string>()
  effects.persisted(7)
  effects.push('known already')
  effects.stamp(7)
  expect(effects.poll()).toBe('known already')
  expect(effects.poll()).toBeUndefined()
})
