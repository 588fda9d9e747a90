import { expect, test } from 'vitest'
import { Address } from '../base/address.ts'
import type { BootstrapNode, ResolvedBootstrapNode } from '../driver/bootstrap-nodes.ts'
import { BootstrapJoin } from './bootstrap-join.ts'

const KEY = 'AB'.repeat(32)
const node = (host: string): BootstrapNode => ({ host, udpPort: 33_445, dhtKey: KEY })

function joining(hosts: readonly string[]) {
  const names = new Map([['203.0.113.5', '203.0.113.5']])
  const joined: string[] = []
  const asked: string[] = []
  const join = new BootstrapJoin({
    nodes: hosts.map(node),
    resolve: async ({ host, udpPort, dhtKey }): Promise<ResolvedBootstrapNode | undefined> => {
      asked.push(host)
      const address = Address.parse(names.get(host) ?? '', udpPort)
      return address && { address, dhtKey }
    },
    join: ({ address }) => joined.push(address.host),
  })
  return { join, names, joined, asked }
}

test('joins through what is known, and through a name once somebody knows it', async () => {
  const { join, names, joined, asked } = joining(['203.0.113.5', 'node.example'])
  await join.look()
  expect(joined).toEqual(['203.0.113.5'])
  expect(join.isDone).toBe(false)
  names.set('node.example', '198.51.100.7')
  await join.look()
  expect(joined).toEqual(['203.0.113.5', '198.51.100.7'])
  expect(join.isDone).toBe(true)
  await join.look()
  expect(asked).toEqual(['203.0.113.5', 'node.example', 'node.example'])
})

test('an answer that comes after the end joins nothing', async () => {
  const { join, joined } = joining(['203.0.113.5'])
  const looking = join.look()
  join.end()
  await looking
  expect(joined).toEqual([])
})
