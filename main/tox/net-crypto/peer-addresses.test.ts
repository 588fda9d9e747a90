import { expect, test } from 'vitest'
import { Address } from '../../base/address.ts'
import { PeerAddresses } from './peer-addresses.ts'

const at = (host: string, port = 1) => Address.parse(host, port) ?? new Address(new Uint8Array(4), 0)
const lan = at('192.168.0.7')
const four = at('203.0.113.7')
const six = at('2001:db8::7')

test('prefers what was heard of within 8 s, then LAN, then IPv6', () => {
  const addresses = new PeerAddresses()
  expect(addresses.best(0)).toBeUndefined()
  for (const address of [four, six, lan]) addresses.learn(address, 1_000)
  expect(addresses.best(1_000)).toBe(lan)
  addresses.noteHeard(four, 2_000)
  expect(addresses.best(9_999)).toBe(four)
  addresses.noteHeard(six, 3_000)
  expect(addresses.best(9_999)).toBe(six)
  expect(addresses.best(20_000)).toBe(lan)
})

test('an address that fell silent gives way to one that was named since, until it is named again', () => {
  const addresses = new PeerAddresses()
  addresses.learn(lan, 1_000)
  addresses.noteHeard(lan, 2_000)
  addresses.learn(four, 8_000)
  expect(addresses.best(9_999)).toBe(lan)
  expect(addresses.best(10_000)).toBe(four)
  addresses.learn(lan, 10_500)
  expect(addresses.best(10_500)).toBe(lan)
})

test('of two alike the latest wins', () => {
  const addresses = new PeerAddresses()
  addresses.learn(at('203.0.113.1'), 1_000)
  addresses.learn(at('203.0.113.2'), 2_000)
  expect(addresses.best(3_000)?.host).toBe('203.0.113.2')
  addresses.learn(at('203.0.113.1'), 2_500)
  expect(addresses.best(3_000)?.host).toBe('203.0.113.1')
  expect(addresses.all.length).toBe(2)
})

test('keeps four; the one neither heard nor named for longest goes, and is named', () => {
  const addresses = new PeerAddresses()
  for (let port = 1; port <= 4; port += 1) expect(addresses.learn(at('203.0.113.1', port), port)).toBeUndefined()
  addresses.noteHeard(at('203.0.113.1', 1), 10)
  expect(addresses.learn(at('203.0.113.1', 5), 11)?.port).toBe(2)
  expect(addresses.has(at('203.0.113.1', 2))).toBe(false)
  expect(addresses.all.length).toBe(4)
})

test('forgets what is old', () => {
  const addresses = new PeerAddresses()
  addresses.learn(four, 1_000)
  addresses.learn(six, 1_000)
  addresses.noteHeard(six, 5_000)
  expect(addresses.forgetBefore(2_000)).toEqual([four])
  expect(addresses.all).toEqual([six])
})
