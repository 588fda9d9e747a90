import { expect, test } from 'vitest'
import { KNOWN_ADDRESSES_MAX, KnownAddresses } from './known-addresses.ts'

test('gives one value for each sender, and none for what is no address', () => {
  const known = new KnownAddresses()
  const first = known.find('127.0.0.1', 33_445)
  expect(first?.text).toBe('127.0.0.1:33445')
  expect(known.find('127.0.0.1', 33_445)).toBe(first)
  expect(known.find('127.0.0.1', 33_446)).not.toBe(first)
  expect(known.find('fe80::1%eth0', 1)?.host).toBe('fe80:0:0:0:0:0:0:1')
  expect(known.find('localhost', 1)).toBeUndefined()
  expect(known.count).toBe(3)
})

test('stays small, however many hosts and ports datagrams pretend to come from', () => {
  const known = new KnownAddresses()
  let countMax = 0
  const hear = (host: string, port: number): void => {
    known.find(host, port)
    countMax = Math.max(countMax, known.count)
  }
  for (let at = 0; at < 20_000; at += 1) {
    hear(`10.${at % 250}.${Math.floor(at / 250)}.1`, 1 + at)
    hear('10.0.0.1', 1 + at)
  }
  expect(countMax).toBe(KNOWN_ADDRESSES_MAX)
})
