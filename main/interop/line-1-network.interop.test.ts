import { describe } from 'vitest'
import type { BootstrapPoint } from './bootstrapd.ts'
import { interopTest } from './interop-test.ts'
import type { LoopbackNetwork } from './loopback-network.ts'
import type { OurNode } from './our-peer.ts'
import { printTimes } from './print-times.ts'

function pointOf({ host, udpPort, dhtKey }: BootstrapPoint): BootstrapPoint {
  return { host, udpPort, dhtKey }
}

async function startNodes(network: LoopbackNetwork, count: number): Promise<[OurNode, ...OurNode[]]> {
  const first = await network.startOurNode()
  const nodes: [OurNode, ...OurNode[]] = [first]
  for (let started = 1; started < count; started += 1) nodes.push(await network.startOurNode())
  for (const node of nodes) if (node !== first) node.bootstrap(first)
  return nodes
}

describe.concurrent('line 1: a full node of the Tox network', () => {
  interopTest('tox-bootstrapd and a libtoxcore peer list our node', async ({ network, expect }) => {
    const bootstrapd = await network.startBootstrapd()
    const [peer, witness] = await Promise.all([network.startPeer(), network.startPeer()])
    await peer.bootstrap(bootstrapd)
    const ours = await network.startOurNode()
    ours.bootstrap(bootstrapd)
    await expect.poll(() => peer.listedNodes(), { interval: 500 }).toContainEqual(pointOf(ours))
    // A peer that knows only tox-bootstrapd learns of us from it: it has us on its list.
    await witness.bootstrap(bootstrapd)
    await expect.poll(() => witness.listedNodes(), { interval: 500 }).toContainEqual(pointOf(ours))
  })

  interopTest(
    'a libtoxcore pair becomes friends with only our nodes as bootstrap and relays',
    async ({ network, expect }) => {
      const startedAt = performance.now()
      const [first, second] = await startNodes(network, 4)
      const [alice, bob] = await Promise.all([network.startPeer(), network.startPeer()])
      await alice.bootstrap(first)
      await bob.bootstrap(second ?? first)
      const bobOfAlice = await alice.add(bob.toxId, 'hello Bob')
      const request = await bob.waitFor('friendRequest')
      const aliceOfBob = await bob.accept(request.publicKey)
      await Promise.all([alice.waitUntilOnline(bobOfAlice), bob.waitUntilOnline(aliceOfBob)])
      printTimes('libtoxcore with libtoxcore, through ours alone', { online: performance.now() - startedAt })
      await alice.send(bobOfAlice, 'hi')
      expect(await bob.waitFor('message')).toMatchObject({ text: 'hi' })
      expect(first.relayedCount).toBeGreaterThan(0)
    },
  )

  interopTest('a libtoxcore pair becomes friends through a single node of ours', async ({ network }) => {
    const [only] = await startNodes(network, 1)
    const [alice, bob] = await Promise.all([network.startPeer(), network.startPeer()])
    await Promise.all([alice.bootstrap(only), bob.bootstrap(only)])
    const bobOfAlice = await alice.add(bob.toxId, 'hello Bob')
    await bob.accept((await bob.waitFor('friendRequest')).publicKey)
    await alice.waitUntilOnline(bobOfAlice)
  })

  interopTest(
    'our people find each other, and libtoxcore peers, through tox-bootstrapd',
    async ({ network, expect }) => {
      const bootstrapd = await network.startBootstrapd()
      const carol = await network.startPeer()
      const [alice, bob] = await Promise.all([network.startOurPeer(), network.startOurPeer()])
      for (const person of [alice, bob]) person.bootstrap(bootstrapd)
      await carol.bootstrap(bootstrapd)
      alice.add(bob.toxId, 'hello Bob')
      alice.add(carol.toxId, 'hello Carol')
      bob.accept((await bob.waitFor('friendRequest')).sender.hex)
      const aliceOfCarol = await carol.accept((await carol.waitFor('friendRequest')).publicKey)
      await Promise.all([alice.waitUntilOnline(bob.publicKey), alice.waitUntilOnline(carol.publicKey)])
      await carol.waitUntilOnline(aliceOfCarol)
      expect(alice.messenger.friends(0).map(({ isOnline }) => isOnline)).toEqual([true, true])
    },
  )

  interopTest(
    'LAN discovery on loopback: our node and a libtoxcore peer find each other unasked',
    async ({ network, expect }) => {
      const ports = [33_445, 33_545] as const
      const peer = await network.startPeer({ ports, localDiscovery: true })
      const ours = await network.startOurPeer({ ports, lanDiscovery: true })
      await expect.poll(() => peer.listedNodes(), { interval: 500 }).toContainEqual(pointOf(ours))
    },
  )
})
