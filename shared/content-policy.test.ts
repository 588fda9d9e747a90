import { expect, test } from 'vitest'
import { PAGE_HEADERS } from './content-policy.ts'

const policy = new Map(
  (PAGE_HEADERS['Content-Security-Policy'] ?? '').split('; ').map((directive): [string, string[]] => {
    const [name = '', ...sources] = directive.split(' ')
    return [name, sources]
  }),
)

test('whatever the policy does not name is forbidden', () => {
  expect(policy.get('default-src')).toEqual(["'none'"])
  for (const name of ['base-uri', 'form-action', 'frame-ancestors']) expect(policy.get(name)).toEqual(["'none'"])
})

test('scripts, styles, fonts and connections come from the page itself alone', () => {
  for (const name of ['script-src', 'style-src', 'font-src', 'connect-src'])
    expect(policy.get(name)).toEqual(["'self'"])
})

test('nothing unsafe, no wildcard and no other place is named', () => {
  const sources = [...policy.values()].flat()
  expect(sources.filter((source) => !["'self'", "'none'", 'data:', 'blob:'].includes(source))).toEqual([])
})
