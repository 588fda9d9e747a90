import { expect, test } from 'vitest'
import { isStoredOnNetwork, stripKind } from './offline-strip.ts'

const LENA = { online: false, isRequested: false, hasMet: true, offlineMessages: 'ready' } as const

test('says nothing while the friend is online', () => {
  expect(stripKind({ ...LENA, online: true }, true)).toBeUndefined()
})

test('says that messages wait on the network', () => {
  expect(stripKind(LENA, true)).toBe('waits')
})

test('says why they do not, the nearest reason first', () => {
  expect(stripKind({ ...LENA, isRequested: true, hasMet: false, offlineMessages: 'pending' }, false)).toBe(
    'not-answered',
  )
  expect(stripKind(LENA, false)).toBe('no-network')
  expect(stripKind({ ...LENA, offlineMessages: 'off' }, true)).toBe('off')
  expect(stripKind({ ...LENA, offlineMessages: 'unsupported' }, true)).toBe('unsupported')
  expect(stripKind({ ...LENA, hasMet: false, offlineMessages: 'pending' }, true)).toBe('not-met')
  expect(stripKind({ ...LENA, offlineMessages: 'pending' }, true)).toBe('pending')
})

test('knows what has a price', () => {
  expect(isStoredOnNetwork(LENA)).toBe(true)
  expect(isStoredOnNetwork({ ...LENA, online: true })).toBe(false)
  expect(isStoredOnNetwork({ ...LENA, offlineMessages: 'unsupported' })).toBe(false)
})
