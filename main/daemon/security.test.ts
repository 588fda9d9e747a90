import { expect, test } from 'vitest'
import { refusalOf } from './security.ts'

test('answers to its own address only, so that a name pointed at this computer gets nothing', () => {
  expect(refusalOf({ host: '127.0.0.1:7733' }, 7733, false)).toBeUndefined()
  for (const host of [
    undefined,
    '',
    'evil.example:7733',
    'localhost:7733',
    '127.0.0.1',
    '127.0.0.1:7734',
    '[::1]:7733',
  ]) {
    expect(refusalOf(host === undefined ? {} : { host }, 7733, false)).toContain('no other name')
  }
})

test('takes no request that another page makes', () => {
  const host = '127.0.0.1:7733'
  expect(refusalOf({ host, origin: 'http://127.0.0.1:7733' }, 7733, true)).toBeUndefined()
  for (const origin of ['http://127.0.0.1:7734', 'https://127.0.0.1:7733', 'http://evil.example', 'null', '']) {
    expect(refusalOf({ host, origin }, 7733, false)).toContain('only the page')
  }
  expect(refusalOf({ host }, 7733, true)).toContain('only the page')
})
