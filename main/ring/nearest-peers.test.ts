import fc from 'fast-check'
import { expect, test } from 'vitest'
import { propertySeed } from '../base/test-seed.ts'
import { nearest } from './nearest-peers.ts'
import { testPeer } from './test-peers.ts'

test('the same as sorting and cutting', () => {
  const places = fc.uniqueArray(fc.integer({ min: 0, max: 1_000 }), { maxLength: 40 })
  const property = fc.property(places, fc.integer({ min: 1, max: 6 }), (list, count) => {
    const found = nearest(
      list.map((place) => testPeer(place)),
      count,
      (peer) => peer.placeIn(0),
    )
    expect(found.map((peer) => peer.placeIn(0))).toEqual([...list].sort((a, b) => a - b).slice(0, count))
  })
  fc.assert(property, { seed: propertySeed() })
})
