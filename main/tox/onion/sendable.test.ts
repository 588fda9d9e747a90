import { expect, test } from 'vitest'
import { Address } from '../../base/address.ts'
import { isSendable } from './sendable.ts'

test.each([
  ['127.0.0.1', 33_445, true],
  ['8.8.8.8', 1, true],
  ['2001:db8::1', 33_445, true],
  ['8.8.8.8', 0, false],
  ['0.0.0.0', 33_445, false],
  ['::', 33_445, false],
  ['224.0.0.251', 5_353, false],
  ['255.255.255.255', 33_445, false],
  ['ff02::1', 33_445, false],
])('%s port %i: %s', (host, port, expected) => {
  expect(isSendable(Address.parse(host, port) ?? new Address(new Uint8Array(4), 0))).toBe(expected)
})
