import { expect, test } from 'vitest'
import { SeededRandom, shuffled } from '../../base/random.ts'
import { precompute, randomNonce } from '../../crypto/box.ts'
import { createKeyPair } from '../../crypto/keys.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { dataOf, nonceLowOf, numberOf, recvStartOf } from '../../wire/crypto-data.ts'
import { PacketOpener, PacketSealer } from './packet-cipher.ts'

await sodiumReady

function link(baseNonce?: Uint8Array) {
  const random = new SeededRandom(1)
  const [left, right] = [createKeyPair(random), createKeyPair(random)]
  const shared = precompute(right.publicKey, left.secretKey)
  if (!shared) throw new Error('low order')
  const nonce = baseNonce ?? randomNonce(random)
  return { sealer: new PacketSealer(shared, nonce), opener: new PacketOpener(shared, nonce), random }
}

test('the receiver finds recvStart, number and data, without the padding', () => {
  const { sealer, opener } = link()
  for (let length = 1; length <= 1_373; length += 49) {
    const data = new Uint8Array(length).fill(0)
    data[0] = 64
    const packet = sealer.seal(0xffff_ffff, 7 + length, data)
    expect(packet.length).toBeLessThanOrEqual(1_400)
    // All sizes are 1,400 less a multiple of eight.
    expect(packet.length % 8).toBe(0)
    const plain = opener.open(packet) ?? new Uint8Array(0)
    expect(recvStartOf(plain)).toBe(0xffff_ffff)
    expect(numberOf(plain)).toBe(7 + length)
    expect(dataOf(plain)).toEqual(data)
  }
})

test('packets open in any order, each once', () => {
  const { sealer, opener, random } = link()
  const packets = Array.from({ length: 500 }, (_, number) => sealer.seal(0, number, Uint8Array.of(64)))
  for (const packet of shuffled(random, packets)) expect(opener.open(packet)).toBeDefined()
  for (const packet of packets) expect(opener.open(packet)).toBeUndefined()
})

test('counts on over 16 bits and over the end of the nonce, with three of four packets lost', () => {
  const { sealer, opener } = link(new Uint8Array(24).fill(0xff))
  let opened = 0
  for (let count = 0; count < 140_000; count += 1) {
    const packet = sealer.seal(0, count, Uint8Array.of(64))
    const plain = count % 4 === 3 ? opener.open(packet) : undefined
    if (plain && numberOf(plain) === count) opened += 1
  }
  expect(opened).toBe(35_000)
})

test('the first packet carries the low bytes of the base nonce itself', () => {
  const base = new Uint8Array(24)
  base.set([0xab, 0xcd], 22)
  const { sealer } = link(base)
  expect(nonceLowOf(sealer.seal(0, 0, Uint8Array.of(64)))).toBe(0xabcd)
  expect(nonceLowOf(sealer.seal(0, 0, Uint8Array.of(64)))).toBe(0xabce)
})

test('what is too short, too long or changed does not open', () => {
  const { sealer, opener } = link()
  const packet = sealer.seal(0, 0, Uint8Array.of(64, 1, 2))
  expect(opener.open(packet.subarray(0, 27))).toBeUndefined()
  expect(opener.open(new Uint8Array(1_401).fill(0x1b))).toBeUndefined()
  for (let at = 1; at < packet.length; at += 1) {
    const spoiled = packet.slice()
    spoiled[at] = (spoiled[at] ?? 0) ^ 4
    expect(opener.open(spoiled)).toBeUndefined()
  }
  expect(opener.open(packet)).toBeDefined()
})
