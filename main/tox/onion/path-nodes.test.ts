import { expect, test } from 'vitest'
import { Address } from '../../base/address.ts'
import { SeededRandom } from '../../base/random.ts'
import { MINUTE_MS } from '../../base/time.ts'
import { PublicKey } from '../../crypto/keys.ts'
import { PathNodes } from './path-nodes.ts'
import { lanNode, publicNode } from './test-nodes.ts'

const NOW = 1_700_000_000_000
const OWN = new PublicKey(new Uint8Array(32).fill(7))

function nodesOf(...lasts: number[]): PathNodes {
  const nodes = new PathNodes(OWN, new SeededRandom(1))
  for (const last of lasts) nodes.add(lanNode(last), NOW)
  return nodes
}

function lastsOf(nodes: PathNodes, now = NOW): number[] {
  return nodes
    .shuffled(now)
    .map(({ address }) => address.ip[3] ?? 0)
    .toSorted((left, right) => left - right)
}

test('keeps 32 nodes; the one seen longest ago goes first', () => {
  const nodes = nodesOf(...Array.from({ length: 32 }, (_, at) => at + 1))
  nodes.add(lanNode(1), NOW)
  nodes.add(lanNode(33), NOW)
  expect(nodes.count(NOW)).toBe(32)
  expect(lastsOf(nodes)).not.toContain(2)
  expect(lastsOf(nodes)).toContain(1)
})

test('we are no relay of our own, and nothing goes to an impossible address', () => {
  const nodes = nodesOf()
  nodes.add({ publicKey: OWN, address: lanNode(1).address }, NOW)
  nodes.add({ ...lanNode(2), address: new Address(Uint8Array.of(10, 0, 0, 2), 0) }, NOW)
  expect(nodes.count(NOW)).toBe(0)
  expect(nodes.chooseHops(NOW)).toBeUndefined()
})

test('takes three different hops if it can, and the same one three times if it must', () => {
  const keysOf = (nodes: PathNodes) => new Set(nodes.chooseHops(NOW)?.map(({ publicKey }) => publicKey.hex))
  expect(keysOf(nodesOf(1, 2, 3, 4)).size).toBe(3)
  expect(keysOf(nodesOf(1, 2)).size).toBe(2)
  expect(keysOf(nodesOf(1)).size).toBe(1)
})

test('forgets a node that was silent for five minutes', () => {
  const nodes = nodesOf(1)
  expect(nodes.count(NOW + 5 * MINUTE_MS - 1)).toBe(1)
  expect(nodes.count(NOW + 5 * MINUTE_MS)).toBe(0)
})

test('leaves out a node of two dead paths for a minute, until it proves itself', () => {
  const nodes = nodesOf(1, 2, 3, 4)
  nodes.blame([lanNode(1), lanNode(1), lanNode(1)], NOW)
  expect(lastsOf(nodes)).toContain(1)
  nodes.blame([lanNode(1)], NOW)
  expect(lastsOf(nodes)).toEqual([2, 3, 4])
  nodes.add(lanNode(1), NOW)
  expect(lastsOf(nodes)).toEqual([2, 3, 4])
  expect(lastsOf(nodes, NOW + MINUTE_MS)).toContain(1)
  nodes.praise([lanNode(1)], NOW)
  expect(lastsOf(nodes)).toContain(1)
})

function blameAll(nodes: PathNodes, lasts: readonly number[]): void {
  for (let count = 0; count < 2; count += 1) nodes.blame(lasts.map(lanNode), NOW)
}

test('among many nodes even blamed ones serve where fewer than three are not', () => {
  const all = [1, 2, 3, 4, 5, 6, 7, 8, 9]
  const nodes = nodesOf(...all)
  blameAll(nodes, all.slice(0, 7))
  expect(lastsOf(nodes)).toEqual(all)
})

test('among few nodes one that works serves alone', () => {
  const nodes = nodesOf(1, 2, 3)
  blameAll(nodes, [1, 2])
  expect(lastsOf(nodes)).toEqual([3])
})

test('where all of a few nodes are blamed, some paths do without any one of them', () => {
  const nodes = nodesOf(1, 2, 3)
  blameAll(nodes, [1, 2, 3])
  const dead = lanNode(2).publicKey
  const paths = Array.from({ length: 100 }, () => nodes.chooseHops(NOW) ?? [])
  const alive = paths.filter((hops) => hops.every(({ publicKey }) => !publicKey.equals(dead)))
  expect(alive.length).toBeGreaterThan(0)
  nodes.praise(alive[0] ?? [], NOW)
  expect(lastsOf(nodes)).not.toContain(2)
})

test('nodes of the internet and of the local network do not share a path when there are enough', () => {
  const nodes = nodesOf(1, 2)
  nodes.add(publicNode(101), NOW)
  nodes.add(publicNode(102), NOW)
  expect(lastsOf(nodes)).toEqual([1, 2, 101, 102])
  nodes.add(publicNode(103), NOW)
  expect(lastsOf(nodes)).toEqual([101, 102, 103])
})
