import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CommandError } from './command-error.ts'
import { parseBootstrap, parseOptions, parsePort, parseSize, readPassphrase } from './options.ts'

const KEY = 'ab'.repeat(32)

test('sizes are bytes, or whole KiB, MiB and GiB', () => {
  expect(['0', '17', '3KiB', '256MiB', '2GiB'].map(parseSize)).toEqual([0, 17, 3_072, 268_435_456, 2_147_483_648])
  for (const text of ['', '-1', '1.5MiB', '1MB', '256 MiB', '99999999999GiB']) {
    expect(() => parseSize(text)).toThrow(CommandError)
  }
})

test('ports are 0 to 65535', () => {
  expect(['0', '33445', '65535'].map(parsePort)).toEqual([0, 33_445, 65_535])
  for (const text of ['', '65536', '-1', '1e3', 'x']) expect(() => parsePort(text)).toThrow(CommandError)
})

test('bootstrap nodes are host, port and key', () => {
  expect(parseBootstrap(`127.0.0.1:33445:${KEY}`)).toEqual({
    host: '127.0.0.1',
    udpPort: 33_445,
    dhtKey: KEY.toUpperCase(),
  })
  expect(parseBootstrap(`[::1]:1:${KEY}`)).toMatchObject({ host: '::1', udpPort: 1 })
  for (const text of ['', '127.0.0.1', `127.0.0.1:0:${KEY}`, `127.0.0.1:70000:${KEY}`, `h:1:${KEY}00`, `:1:${KEY}`]) {
    expect(() => parseBootstrap(text)).toThrow(CommandError)
  }
})

test('unknown options, missing values and stray words are one clear line', () => {
  const options = { data: { type: 'string' }, 'no-lan': { type: 'boolean' } } as const
  expect(parseOptions(['--data', 'x', '--no-lan'], options)).toEqual({ data: 'x', 'no-lan': true })
  for (const args of [['--dato', 'x'], ['--data'], ['stray'], ['--no-lan=1']]) {
    expect(() => parseOptions(args, options)).toThrow(CommandError)
    expect(() => parseOptions(args, options)).toThrow(/^[^\n]+$/)
  }
})

test('a passphrase is the first line of its file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ampoule-cli-'))
  try {
    writeFileSync(join(folder, 'good'), 'größe 1\r\nsecond')
    writeFileSync(join(folder, 'empty'), '\n')
    expect(Buffer.from(readPassphrase(join(folder, 'good'))).toString()).toBe('größe 1')
    for (const name of ['empty', 'none']) expect(() => readPassphrase(join(folder, name))).toThrow(CommandError)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
