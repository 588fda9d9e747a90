import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Address } from './address.ts'
import { AssertionError } from './assert.ts'
import { toHex } from './bytes.ts'
import { propertySeed } from './test-seed.ts'

const seed = propertySeed()

function hexOf(host: string): string | undefined {
  const address = Address.parse(host, 1)
  return address && toHex(address.ip)
}

test('parses the forms in which people write addresses', () => {
  expect(hexOf('127.0.0.1')).toBe('7F000001')
  expect(hexOf('255.255.255.255')).toBe('FFFFFFFF')
  expect(hexOf('::')).toBe('00'.repeat(16))
  expect(hexOf('::1')).toBe(`${'00'.repeat(15)}01`)
  expect(hexOf('2001:db8::8:800:200C:417a')).toBe('20010DB80000000000080800200C417A')
  expect(hexOf('1:2:3:4:5:6:7:8')).toBe('00010002000300040005000600070008')
  expect(hexOf('fe80::1%eth0')).toBe('FE800000000000000000000000000001')
  expect(hexOf('64:ff9b::192.0.2.33')).toBe('0064FF9B0000000000000000C0000221')
})

test('an IPv4 address in IPv6 clothing is an IPv4 address', () => {
  const mapped = Address.parse('::ffff:10.1.2.3', 7)
  expect(mapped?.isIpv4).toBe(true)
  expect(mapped?.text).toBe('10.1.2.3:7')
  expect(mapped?.equals(new Address(Uint8Array.of(10, 1, 2, 3), 7))).toBe(true)
})

test('gives nothing for what is no address or no port', () => {
  const wrong = [
    '',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '1.2.3.a',
    'example.org',
    '1:2:3',
    ':::',
    '1::2::3',
    '12345::',
    ':1:2:3:4:5:6:7',
  ]
  for (const host of wrong) expect(Address.parse(host, 1)).toBeUndefined()
  for (const port of [-1, 65_536, 1.5, Number.NaN]) expect(Address.parse('127.0.0.1', port)).toBeUndefined()
  expect(() => new Address(new Uint8Array(5), 1)).toThrow(AssertionError)
  expect(() => new Address(new Uint8Array(4), 65_536)).toThrow(AssertionError)
})

test('takes for IPv6 what a browser takes for it, and for IPv4 four decimal numbers, and nothing else', () => {
  const part = fc.constantFrom('', '0', '1', 'ff', 'ffff', '10000', '::', ':', '.', '1.2.3.4', '255', '256', 'g')
  const noise = fc.array(part, { maxLength: 12 }).map((parts) => parts.join(''))
  const group = fc.constantFrom('0', '1a', 'ffff', 'FFFF', '', '1.2.3.4', '00000')
  const almost = fc.array(group, { maxLength: 9 }).map((groups) => groups.join(':'))
  fc.assert(
    fc.property(fc.oneof(noise, almost), (host) => {
      const isIpv6 = host.includes(':') && URL.canParse(`http://[${host}]/`)
      const numbers = host.split('.')
      const isIpv4 =
        numbers.length === 4 && numbers.every((number) => String(Number(number)) === number && Number(number) <= 255)
      expect(Address.parse(host, 1) !== undefined).toBe(isIpv4 || isIpv6)
    }),
    { seed, numRuns: 3_000 },
  )
})

test('the text of any address parses back to it', () => {
  const ip = fc.oneof(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.uint8Array({ minLength: 16, maxLength: 16 }))
  fc.assert(
    fc.property(ip, fc.nat({ max: 0xffff }), (bytes, port) => {
      const address = new Address(bytes, port)
      const again = Address.parse(address.host, port)
      expect(again?.equals(address)).toBe(true)
      expect(again?.text).toBe(address.text)
    }),
    { seed },
  )
})

test('differs by port and by IP, and keeps its own copy of the bytes', () => {
  const ip = Uint8Array.of(1, 2, 3, 4)
  const address = new Address(ip, 5)
  ip.fill(9)
  expect(address.text).toBe('1.2.3.4:5')
  expect(address.equals(new Address(Uint8Array.of(1, 2, 3, 4), 6))).toBe(false)
  expect(address.equals(new Address(Uint8Array.of(1, 2, 3, 5), 5))).toBe(false)
  expect(Address.parse('::1', 5)?.text).toBe('[0:0:0:0:0:0:0:1]:5')
})

test('knows how far an address reaches', () => {
  const scope = (host: string) => Address.parse(host, 1)?.scope
  for (const host of ['127.0.0.1', '127.255.0.9', '::1', '::ffff:127.0.0.1']) expect(scope(host)).toBe('loopback')
  const privateHosts = [
    '10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.1.1 100.64.0.1 100.127.0.1',
    '255.255.255.255 fe80::1 febf::1 fc00::1 fd12::1 ff02::1',
  ]
  for (const host of privateHosts.join(' ').split(' ')) expect(scope(host)).toBe('private')
  const publicHosts = [
    '8.8.8.8 172.15.0.1 172.32.0.1 192.169.0.1 100.63.0.1 100.128.0.1 126.0.0.1 128.0.0.1',
    '2001:db8::1 ::2 fec0::1 ff0e::1 64:ff9b::1',
  ]
  for (const host of publicHosts.join(' ').split(' ')) expect(scope(host)).toBe('internet')
  expect(Address.parse('10.0.0.1', 1)?.isLan).toBe(true)
  expect(Address.parse('8.8.8.8', 1)?.isLan).toBe(false)
})

test('quotas go by the IPv4 /24 and the IPv6 /48', () => {
  const prefix = (host: string) => Address.parse(host, 1)?.prefix
  expect(prefix('10.1.2.3')).toBe(prefix('10.1.2.200'))
  expect(prefix('10.1.2.3')).not.toBe(prefix('10.1.3.3'))
  expect(prefix('2001:db8:1:2::1')).toBe(prefix('2001:db8:1:3::9'))
  expect(prefix('2001:db8:1::1')).not.toBe(prefix('2001:db8:2::1'))
})

test('an address that packets repeat is the same object, and never another one', () => {
  const bytes = Uint8Array.of(198, 18, 7, 9)
  const address = Address.read(bytes, 33_445)
  bytes[3] = 10
  expect(Address.read(Uint8Array.of(198, 18, 7, 9), 33_445)).toBe(address)
  for (let port = 0; port < 20_000; port += 1) expect(Address.read(bytes, port).text).toBe(`198.18.7.10:${port}`)
  expect(address.text).toBe('198.18.7.9:33445')
})
