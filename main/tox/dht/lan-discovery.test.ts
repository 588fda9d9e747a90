import { expect, test } from 'vitest'
import type { Address } from '../../base/address.ts'
import { toHex } from '../../base/bytes.ts'
import { LanDiscovery } from './lan-discovery.ts'
import { testKey } from './test-nodes.ts'

test('tells the default port every ten seconds, and in a hundred seconds all ports of the range', () => {
  const sent: Address[] = []
  const packets = new Set<string>()
  const transmits = {
    send: (bytes: Uint8Array, to: Address) => {
      packets.add(toHex(bytes))
      sent.push(to)
    },
  }
  const discovery = new LanDiscovery(testKey(9), transmits)
  expect(discovery.nextAt).toBeLessThan(0)
  discovery.handleTimeout(5_000)
  expect(sent.length).toBe(11)
  expect(discovery.nextAt).toBe(15_000)
  discovery.handleTimeout(14_999)
  expect(sent.length).toBe(11)
  for (let round = 1; round < 10; round += 1) discovery.handleTimeout(5_000 + round * 10_000)

  expect([...packets]).toEqual([`21${testKey(9).hex}`])
  expect(sent.every((to) => to.host === '255.255.255.255')).toBe(true)
  expect(sent.filter(({ port }) => port === 33_445).length).toBe(10)
  expect(new Set(sent.map(({ port }) => port))).toEqual(new Set(Array.from({ length: 101 }, (_, at) => 33_445 + at)))
})
