import fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import { Address } from '../base/address.ts'
import { Counters } from '../base/counters.ts'
import { SeededRandom } from '../base/random.ts'
import { fuzzCaseCount, propertySeed } from '../base/test-seed.ts'
import { createKeyPair } from '../crypto/keys.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { bytes, packet, struct, u16 } from '../wire/codec.ts'
import { DhtEnvelopes } from '../wire/dht-envelope.ts'
import { Routes } from './routes.ts'

await sodiumReady
const random = new SeededRandom(1)
const own = new DhtEnvelopes(createKeyPair(random), random)
const peer = new DhtEnvelopes(createKeyPair(random), random)
const FROM = new Address(Uint8Array.of(127, 0, 0, 1), 1)
const plainPacket = packet('plain', 0x21, { number: u16 })

let counters = new Counters()
let routes = new Routes(own, counters)
let seen: unknown[] = []

beforeEach(() => {
  counters = new Counters()
  seen = []
  routes = new Routes(own, counters)
    .plain(plainPacket, ({ number }, from) => seen.push([number, from.text]))
    .sealed(0x02, struct({ body: bytes(3) }), ({ body }, sender) => seen.push([...body, sender.hex]))
})

test('a plain packet reaches its machine decoded, a sealed one opened', () => {
  routes.dispatch(Uint8Array.of(0x21, 1, 2), FROM, 0)
  routes.dispatch(peer.seal(0x02, own.publicKey, Uint8Array.of(7, 8, 9)) ?? new Uint8Array(0), FROM, 0)
  expect(seen).toEqual([
    [258, '127.0.0.1:1'],
    [7, 8, 9, peer.publicKey.hex],
  ])
})

test('what is malformed, unknown, too long or does not open is dropped and counted', () => {
  routes.dispatch(Uint8Array.of(0x21, 1), FROM, 0)
  routes.dispatch(Uint8Array.of(0x22, 1), FROM, 0)
  routes.dispatch(new Uint8Array(0), FROM, 0)
  routes.dispatch(new Uint8Array(3_000).fill(0x21), FROM, 0)
  const sealed = peer.seal(0x02, own.publicKey, Uint8Array.of(7, 8)) ?? new Uint8Array(0)
  routes.dispatch(sealed, FROM, 0)
  routes.dispatch(sealed.with(60, 0), FROM, 0)
  expect(seen).toEqual([])
  expect(counters.get('engine.unknown')).toBe(3)
  expect(counters.get('engine.malformed')).toBe(3)
})

test('a bug of ours is not mistaken for a malformed packet', () => {
  routes.raw(0x30, () => {
    throw new TypeError('ours')
  })
  expect(() => routes.dispatch(Uint8Array.of(0x30), FROM, 0)).toThrow('ours')
})

test('no bytes make it throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (datagram) => routes.dispatch(datagram, FROM, 0)),
    { seed: propertySeed(), numRuns: fuzzCaseCount() },
  )
})
