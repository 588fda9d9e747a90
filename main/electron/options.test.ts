import { expect, test } from 'vitest'
import { parseStartOptions } from './options.ts'

const KEY = 'AB'.repeat(32)

test('a plain start asks for nothing', () => {
  expect(parseStartOptions([], '/here')).toEqual({
    dataFolder: undefined,
    bootstrap: [],
    udpPort: undefined,
    lanDiscovery: true,
    isHidden: false,
    opened: { links: [], savefiles: [] },
  })
})

test('reads its own switches in both ways of writing them', () => {
  const args = ['--data', 'alice', `--bootstrap=127.0.0.1:33445:${KEY}`, '--bootstrap', `[::1]:1:${KEY}`]
  const options = parseStartOptions(
    [...args, '--udp-port', '0', '--no-lan', '--hidden', `tox:${'1'.repeat(76)}`],
    '/here',
  )
  expect(options).toEqual({
    dataFolder: '/here/alice',
    bootstrap: [
      { host: '127.0.0.1', udpPort: 33_445, dhtKey: KEY },
      { host: '::1', udpPort: 1, dhtKey: KEY },
    ],
    udpPort: 0,
    lanDiscovery: false,
    isHidden: true,
    opened: { links: [`tox:${'1'.repeat(76)}`], savefiles: [] },
  })
})

test('lets the switches of others be, and leaves out what cannot be read', () => {
  const options = parseStartOptions(
    ['--enable-features=X', '--udp-port=70000', '--bootstrap=nowhere', '--data'],
    '/here',
  )
  expect(options).toMatchObject({ dataFolder: undefined, bootstrap: [], udpPort: undefined })
})
