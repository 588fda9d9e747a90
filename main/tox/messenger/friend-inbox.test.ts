import { beforeAll, beforeEach, expect, test } from 'vitest'
import { utf8Encode } from '../../base/bytes.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { Pair } from './test-pair.ts'

beforeAll(() => sodiumReady)

let pair: Pair

beforeEach(() => {
  pair = Pair.online()
  pair.alice.news.length = 0
})

function hear(...bytes: number[]): string[] {
  const { alice, bob, now } = pair
  alice.messenger.handleNetCryptoEvent({ kind: 'data', realKey: bob.key, data: Uint8Array.from(bytes) }, now)
  alice.news.length = 0
  alice.collect()
  return alice.news.map(({ kind }) => kind)
}

test('turns each packet into its event', () => {
  expect(hear(48, ...utf8Encode('Robert'))).toEqual(['nameChanged', 'changed'])
  expect(hear(49, 1)).toEqual(['statusMessageChanged', 'changed'])
  expect(hear(50, 2)).toEqual(['statusChanged', 'changed'])
  expect(hear(51, 1)).toEqual(['typingChanged'])
  expect(hear(64, 1)).toEqual(['message'])
  expect(hear(65, 1)).toEqual(['message'])
  expect(hear(160)).toEqual(['custom'])
  expect(hear(191, 0)).toEqual(['custom'])
})

test('says nothing about what did not change', () => {
  expect(hear(48, ...utf8Encode('Bob'))).toEqual([])
  expect(hear(50, 0)).toEqual([])
  expect(hear(51, 0)).toEqual([])
})

test('a name may become empty again', () => {
  expect(hear(48)).toEqual(['nameChanged', 'changed'])
  expect(pair.alice.last('nameChanged').name).toHaveLength(0)
})

test('counts malformed packets, drops them, and hears the next one', () => {
  for (const bad of [[48, ...new Uint8Array(129)], [50, 3], [51, 2], [64], [80, 1], [81, 2, 0, 0], [82]]) {
    expect(hear(...bad)).toEqual([])
  }
  expect(pair.alice.counters.get('messenger.malformed')).toBe(7)
  expect(hear(64, 1)).toEqual(['message'])
})

test('ignores what it does not know: relays, requests of friends, groups, calls, an empty packet', () => {
  for (const id of [17, 18, 19, 40, 69, 95, 96, 100, 127, 159, 192, 255]) expect(hear(id, 0, 0, 0, 0, 1)).toEqual([])
  expect(hear()).toEqual([])
  expect(pair.alice.counters.get('messenger.malformed')).toBe(0)
})

test('events keep their own bytes, whatever becomes of the packet', () => {
  const data = Uint8Array.of(64, 1, 2, 3)
  pair.alice.messenger.handleNetCryptoEvent({ kind: 'data', realKey: pair.bob.key, data }, pair.now)
  data.fill(0)
  pair.alice.collect()
  expect(pair.alice.last('message').text).toEqual(Uint8Array.of(1, 2, 3))
})
