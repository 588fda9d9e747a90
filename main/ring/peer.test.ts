import { expect, test } from 'vitest'
import { testPeer } from './test-peers.ts'

test('knows its place in each ring, and no state of any', () => {
  const peer = testPeer(7)
  expect([peer.placeIn(0), peer.placeIn(2)]).toEqual([7, 7])
  expect(peer.knownDigests).toEqual([undefined, undefined, undefined])
})
