import { expect, test } from 'vitest'
import { openerOf } from './browser.ts'

const LINK = 'http://127.0.0.1:7733/?token=a&b'

test('each system opens the link by its own way, as one argument', () => {
  for (const [platform, environment] of [
    ['darwin', {}],
    ['win32', {}],
    ['linux', { DISPLAY: ':0' }],
    ['freebsd', { WAYLAND_DISPLAY: 'wayland-0' }],
  ] as const) {
    expect(openerOf(LINK, platform, environment)?.args.at(-1)).toBe(LINK)
  }
})

test('where there is no screen nothing is opened', () => {
  for (const environment of [{}, { DISPLAY: '' }]) expect(openerOf(LINK, 'linux', environment)).toBeUndefined()
})
