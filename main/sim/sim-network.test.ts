import { expect, test } from 'vitest'
import { Address } from '../base/address.ts'
import { SeededRandom } from '../base/random.ts'
import { type NatKind, type NetworkConditions, ORDINARY_NETWORK, PERFECT_NETWORK, SimNetwork } from './sim-network.ts'

const ALICE = new Address(Uint8Array.of(198, 18, 0, 1), 1)
const BOB = new Address(Uint8Array.of(198, 18, 1, 1), 1)
const CAROL = new Address(Uint8Array.of(198, 18, 2, 1), 1)
const BYTES = Uint8Array.of(1, 2, 3)

function network(nat: NatKind, conditions: NetworkConditions = PERFECT_NETWORK): SimNetwork {
  const result = new SimNetwork(new SeededRandom(7), conditions)
  result.attach(ALICE, nat)
  result.attach(BOB, 'open')
  result.attach(CAROL, 'open')
  return result
}

/** Who gets a datagram sent at `now`, and whom he sees as its sender. */
function reach(net: SimNetwork, from: Address, to: Address, now: number) {
  const [delivery] = net.send(BYTES, from, to, now)
  if (!delivery) return undefined
  const receiver = net.arrive(delivery, delivery.at)
  return receiver && { receiver: receiver.text, seenAs: delivery.from }
}

test('an open node is reached by everybody', () => {
  expect(reach(network('open'), BOB, ALICE, 0)?.receiver).toBe(ALICE.text)
})

test('a restricted node hears only those it wrote to within the last minute', () => {
  const net = network('restricted')
  expect(reach(net, BOB, ALICE, 0)).toBeUndefined()
  reach(net, ALICE, BOB, 0)
  expect(reach(net, BOB, ALICE, 50_000)?.receiver).toBe(ALICE.text)
  expect(reach(net, CAROL, ALICE, 50_000)).toBeUndefined()
  expect(reach(net, BOB, ALICE, 70_000)).toBeUndefined()
  expect(net.counters.get('stopped by NAT')).toBe(3)
})

test('a symmetric node shows each peer another port, and only that peer gets through it', () => {
  const net = network('symmetric')
  const toBob = reach(net, ALICE, BOB, 0)?.seenAs ?? ALICE
  const toCarol = reach(net, ALICE, CAROL, 0)?.seenAs ?? ALICE
  expect(toBob.equals(toCarol)).toBe(false)
  expect(toBob.host).toBe(ALICE.host)
  expect(reach(net, BOB, toBob, 1)?.receiver).toBe(ALICE.text)
  expect(reach(net, CAROL, toBob, 1)).toBeUndefined()
  expect(reach(net, BOB, ALICE, 1)).toBeUndefined()
})

test('a symmetric node keeps its port for a peer it writes to often, and changes it after a silence', () => {
  const net = network('symmetric')
  const first = reach(net, ALICE, BOB, 0)?.seenAs
  expect(reach(net, ALICE, BOB, 50_000)?.seenAs.text).toBe(first?.text)
  expect(reach(net, ALICE, BOB, 200_000)?.seenAs.text).not.toBe(first?.text)
})

test('a partition lets only groups talk among themselves, until it heals', () => {
  const net = network('open')
  net.partition([[ALICE, BOB]])
  expect(reach(net, ALICE, BOB, 0)).toBeDefined()
  expect(reach(net, ALICE, CAROL, 0)).toBeUndefined()
  net.heal()
  expect(reach(net, ALICE, CAROL, 0)).toBeDefined()
})

test('loses and doubles the stated share of datagrams', () => {
  const net = network('open', { ...PERFECT_NETWORK, loss: 0.05, duplication: 0.02 })
  const counts = Array.from({ length: 20_000 }, () => net.send(BYTES, ALICE, BOB, 0).length)
  const share = (count: number) => counts.filter((each) => each === count).length / counts.length
  expect(share(0)).toBeGreaterThan(0.04)
  expect(share(0)).toBeLessThan(0.06)
  expect(share(2)).toBeGreaterThan(0.01)
  expect(share(2)).toBeLessThan(0.03)
})

test('a pair of nodes has one latency in both directions, and the median pair the stated one', () => {
  const net = new SimNetwork(new SeededRandom(3), { ...ORDINARY_NETWORK, loss: 0, jitter: 0 })
  const hosts = Array.from({ length: 40 }, (_, index) => new Address(Uint8Array.of(198, 18, index, 1), 1))
  for (const host of hosts) net.attach(host, 'open')
  const delays: number[] = []
  for (const from of hosts) {
    for (const to of hosts) {
      const [there] = net.send(BYTES, from, to, 0)
      const [back] = net.send(BYTES, to, from, 0)
      expect(there?.at).toBe(back?.at)
      if (there && from !== to) delays.push(there.at)
    }
  }
  const median = delays.sort((a, b) => a - b)[delays.length / 2] ?? 0
  expect(median).toBeGreaterThan(45)
  expect(median).toBeLessThan(55)
})

test('holds some datagrams back so that later ones overtake them', () => {
  const net = network('open', { ...PERFECT_NETWORK, reordering: 0.2 })
  const arrivals = Array.from({ length: 500 }, (_, at) => net.send(BYTES, ALICE, BOB, at)[0]?.at ?? 0)
  expect(arrivals.some((at, index) => at < (arrivals[index - 1] ?? 0))).toBe(true)
})
