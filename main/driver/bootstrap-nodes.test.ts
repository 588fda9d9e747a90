import { beforeEach, expect, test, vi } from 'vitest'
import list from './bootstrap-nodes.json' with { type: 'json' }
import { publicBootstrapNodes, resolveBootstrapNodes } from './bootstrap-nodes.ts'

const KEY = 'AB'.repeat(32)
/** The system's resolver, where every name has an address of IPv6 alone. */
type Lookup = (host: string, asked: { readonly order?: string } | number) => Promise<{ readonly address: string }>
const lookup = vi.hoisted(() =>
  vi.fn<Lookup>((_host, asked) =>
    typeof asked === 'number' ? Promise.reject(new Error('ENOTFOUND')) : Promise.resolve({ address: '2001:db8::7' }),
  ),
)
vi.mock('node:dns/promises', () => ({ lookup }))

beforeEach(() => {
  vi.stubEnv('AMPOULE_NETWORK_SCOPE', '')
  return () => vi.unstubAllEnvs()
})

test('the public list is for the internet alone', () => {
  expect(publicBootstrapNodes('internet').length).toBeGreaterThanOrEqual(10)
  expect(publicBootstrapNodes('private')).toEqual([])
  expect(publicBootstrapNodes('loopback')).toEqual([])
  vi.stubEnv('AMPOULE_NETWORK_SCOPE', 'loopback')
  expect(publicBootstrapNodes('internet')).toEqual([])
})

test('the list names its source and date, and each node once, whole', () => {
  expect(list.source).toMatch(/^https:/)
  expect(list.date).toMatch(/^\d{4}-\d\d-\d\d$/)
  expect(new Set(list.nodes.map(({ dhtKey }) => dhtKey)).size).toBe(list.nodes.length)
  for (const { host, udpPort, dhtKey } of list.nodes) {
    expect(host).toMatch(/^[a-z0-9.-]+$/)
    expect(udpPort).toBeGreaterThan(0)
    expect(udpPort).toBeLessThan(65_536)
    expect(dhtKey).toMatch(/^[0-9A-F]{64}$/)
  }
})

test('numbers need no resolver, names are asked for, and unknown names are left out', async () => {
  const asked: string[] = []
  const resolveHost = async (host: string): Promise<string> => {
    asked.push(host)
    if (host === 'gone.example') throw new Error('ENOTFOUND')
    return '198.51.100.7'
  }
  const nodes = ['203.0.113.5', 'node.example', 'gone.example'].map((host) => ({ host, udpPort: 33_445, dhtKey: KEY }))
  const resolved = await resolveBootstrapNodes(nodes, 'internet', resolveHost)
  expect(resolved.map(({ address }) => address.text)).toEqual(['203.0.113.5:33445', '198.51.100.7:33445'])
  expect(asked).toEqual(['node.example', 'gone.example'])
})

test('a narrower scope asks no resolver and keeps only what lies within it', async () => {
  const asked: string[] = []
  const resolveHost = async (host: string): Promise<string> => {
    asked.push(host)
    return '127.0.0.1'
  }
  const nodes = ['127.0.0.1', '10.0.0.1', '203.0.113.5', 'node.example'].map((host) => ({
    host,
    udpPort: 33_445,
    dhtKey: KEY,
  }))
  const hostsOf = async (scope: 'loopback' | 'private') =>
    (await resolveBootstrapNodes(nodes, scope, resolveHost)).map(({ address }) => address.host)
  expect(await hostsOf('loopback')).toEqual(['127.0.0.1'])
  expect(await hostsOf('private')).toEqual(['127.0.0.1', '10.0.0.1'])
  expect(asked).toEqual([])
})

test('a name with addresses of IPv6 alone is found too, and one of IPv4 is preferred', async () => {
  const nodes = [{ host: 'six.example', udpPort: 33_445, dhtKey: KEY }]
  const [found] = await resolveBootstrapNodes(nodes, 'internet')
  expect(found?.address.text).toBe('[2001:db8:0:0:0:0:0:7]:33445')
  expect(lookup).toHaveBeenCalledWith('six.example', { order: 'ipv4first' })
})
