import { expect, test } from 'vitest'
import { FingerTable } from './finger-table.ts'
import type { Peer } from './peer.ts'
import { testPeer } from './test-peers.ts'

const SELF = 0
const RTTS = new Map<Peer, number>()
const rttOf = (peer: Peer) => RTTS.get(peer)

function peerAt(place: number, rttMs: number): Peer {
  const peer = testPeer(place)
  RTTS.set(peer, rttMs)
  return peer
}

function table(coveredSteps: number): FingerTable {
  const fingers = new FingerTable(SELF, 0)
  fingers.setCovered(coveredSteps)
  return fingers
}

test('keeps the quicker of two in one interval, the other in reserve', () => {
  const fingers = table(10)
  const [slow, quick, middling] = [peerAt(0x210, 90), peerAt(0x220, 30), peerAt(0x230, 60)]
  for (const peer of [slow, quick, middling]) fingers.offer(peer, rttOf)
  expect(fingers.peers()).toEqual([quick, middling])
  fingers.remove(quick)
  expect(fingers.peers()).toEqual([middling])
  fingers.remove(middling)
  expect(fingers.peers()).toEqual([])
})

test('each interval of each level has its own finger', () => {
  const fingers = table(0)
  const places = [0x1, 0x2, 0xf, 0x10, 0x1f, 0x20, 0x100, 0xf00]
  for (const place of places) fingers.offer(peerAt(place, 50), rttOf)
  // 0x10 and 0x1f share the interval of level 1, digit 1.
  expect(new Set(fingers.peers().map((peer) => peer.placeIn(0)))).toEqual(new Set(places))
  expect(fingers.wants(0x300)).toBe(true)
  expect(fingers.wants(0x1f8)).toBe(false)
})

test('what the successors cover is left out, and dropped when they come to cover it', () => {
  const fingers = table(0x100)
  fingers.offer(peerAt(0x80, 10), rttOf)
  expect(fingers.peers()).toEqual([])
  const [inside, outside] = [peerAt(0x210, 10), peerAt(0x290, 20)]
  fingers.offer(inside, rttOf)
  fingers.offer(outside, rttOf)
  fingers.setCovered(0x240)
  expect(fingers.peers()).toEqual([outside])
})

test('an interval is settled after sixteen were tried in it', () => {
  const fingers = table(2 ** 44)
  const width = 2 ** 44
  expect(fingers.unsettledIntervals().length).toBe(15)
  for (let index = 0; index < 16; index += 1) fingers.offer(peerAt(3 * width + index, 10 + index), rttOf)
  expect(fingers.unsettledIntervals().map(({ from }) => from / width)).not.toContain(3)
  expect(fingers.unsettledIntervals().length).toBe(14)
})

test('spares make room where more than thirty peers would be held', () => {
  const fingers = table(0)
  for (const level of [1, 2, 3]) {
    for (let digit = 1; digit < 16; digit += 1) {
      fingers.offer(peerAt(digit * 16 ** level, 10), rttOf)
      fingers.offer(peerAt(digit * 16 ** level + 1, 20), rttOf)
    }
  }
  expect(fingers.peers().length).toBe(45)
  expect(fingers.peers().filter((peer) => peer.placeIn(0) % 16 === 1)).toEqual([])
})
