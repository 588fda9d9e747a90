import { expect, test } from 'vitest'
import { Address } from '../base/address.ts'
import { effectiveScope, isWithin } from './network-scope.ts'

const SCOPES = ['loopback', 'private', 'internet'] as const

function address(host: string, port = 33_445): Address {
  const parsed = Address.parse(host, port)
  if (!parsed) throw new Error(`${host} is no address`)
  return parsed
}

test('the environment narrows a scope and never widens it', () => {
  expect(effectiveScope('internet', {})).toBe('internet')
  expect(effectiveScope('internet', { AMPOULE_NETWORK_SCOPE: '' })).toBe('internet')
  expect(effectiveScope('internet', { AMPOULE_NETWORK_SCOPE: 'loopback' })).toBe('loopback')
  expect(effectiveScope('private', { AMPOULE_NETWORK_SCOPE: 'loopback' })).toBe('loopback')
  expect(effectiveScope('loopback', { AMPOULE_NETWORK_SCOPE: 'internet' })).toBe('loopback')
})

test('a scope that does not exist is an error rather than the internet', () => {
  expect(() => effectiveScope('internet', { AMPOULE_NETWORK_SCOPE: 'loopbak' })).toThrow('AMPOULE_NETWORK_SCOPE')
  expect(() => effectiveScope('internet', { AMPOULE_NETWORK_SCOPE: 'toString' })).toThrow('AMPOULE_NETWORK_SCOPE')
})

test.each([
  ['loopback', ['127.0.0.1', '127.9.8.7', '::1', '::ffff:127.0.0.1'], [true, true, true]],
  [
    'private',
    ['10.1.2.3', '172.16.0.1', '192.168.1.1', '169.254.1.1', '100.64.0.1', 'fe80::1', 'fd00::1'],
    [false, true, true],
  ],
  [
    'internet',
    ['8.8.8.8', '172.32.0.1', '192.169.0.1', '100.128.0.1', '2001:db8::1', '::ffff:8.8.8.8'],
    [false, false, true],
  ],
] as const)('addresses of scope %s lie within it and the wider ones', (_scope, hosts, expected) => {
  for (const host of hosts) {
    const found = SCOPES.map((scope) => isWithin(scope, address(host)))
    expect({ host, found }).toEqual({ host, found: expected })
  }
})

test('what is no host is within no scope', () => {
  const noHosts = [
    '0.0.0.0',
    '0.1.2.3',
    '224.0.0.1',
    '239.255.255.250',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    'ff02::1',
  ]
  expect(noHosts.filter((host) => isWithin('internet', address(host)))).toEqual([])
  expect(isWithin('internet', address('8.8.8.8', 0))).toBe(false)
})
