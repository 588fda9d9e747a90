import { expect, test } from 'vitest'
import { Address } from '../base/address.ts'
import { eligible } from './replica-members.ts'

function at(host: string, port = 1): Address {
  const address = Address.parse(host, port)
  if (!address) throw new Error('not an address')
  return address
}

test('at most two nodes of a prefix count, and further ones take their place', () => {
  const members = ['198.18.1.1', '198.18.1.2', '198.18.1.3', '198.18.2.1', '198.18.1.4', '198.18.3.1'].map((host) =>
    at(host),
  )
  expect(eligible(members, (address) => address).map(({ host }) => host)).toEqual([
    '198.18.1.1',
    '198.18.1.2',
    '198.18.2.1',
    '198.18.3.1',
  ])
})

test('on loopback and private networks all count', () => {
  const members = [1, 2, 3].map((port) => at('127.0.0.1', port))
  expect(eligible(members, (address) => address).length).toBe(3)
})

test('ourselves count by the prefix in which others see us, or always while nobody said', () => {
  const hosts = ['198.18.1.1', '198.18.1.2', 'self', '198.18.2.1']
  const withPrefix = eligible(hosts, (host) => (host === 'self' ? '198.18.1' : at(host)))
  expect(withPrefix).toEqual(['198.18.1.1', '198.18.1.2', '198.18.2.1'])
  expect(eligible(hosts, (host) => (host === 'self' ? undefined : at(host)))).toEqual(hosts)
})
