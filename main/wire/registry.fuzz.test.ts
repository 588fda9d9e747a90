import { expect, test } from 'vitest'
import { DecodeError } from '../base/byte-reader.ts'
import { equalBytes, fromHex, toHex } from '../base/bytes.ts'
import { SeededRandom } from '../base/random.ts'
import { fuzzCaseCount, propertySeed } from '../base/test-seed.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { type Codec, decode, encode } from './codec.ts'
import { codecs } from './registry.ts'
import { hostileBytes } from './test-hostile-bytes.ts'
import { toReadable, vectorsOf } from './test-vectors.ts'

await sodiumReady

/**
 * Codecs that read more than they write: an IPv4 address in IPv6 clothing, what stands behind an IPv4 address in an
 * onion, and a mail's padding. What they write must still mean the same.
 */
const LENIENT: ReadonlySet<string> = new Set([
  'packedNode',
  'announcedNode',
  'nodesResponse',
  'announceResponsePlain',
  'dhtKeyAnnounce',
  'onionAddress',
  'onionFirstLayer',
  'onionSecondLayer',
  'onionLastLayer',
  'onionReturnPlain',
  'seenAddress',
  'helloResponse',
  'stateResponse',
  'lookupResponse',
  'deliverRequest',
  'mail',
])

/**
 * Goal: whatever bytes come, a codec gives a value or a DecodeError, and a value becomes the same bytes again.
 * Method: its own vectors, changed, cut, lengthened and mixed with those of its whole family, and noise.
 */
test.each(codecs)('$name takes any bytes for a value or a DecodeError, and writes what it read', (entry) => {
  const { name, family, codec } = entry
  const vectors = vectorsOf(family)
  const own = vectors.filter((vector) => vector.codec === name).map(({ hex }) => fromHex(hex))
  const others = vectors.map(({ hex }) => fromHex(hex))
  const random = new SeededRandom(propertySeed())
  let valueCount = 0
  for (let turn = fuzzCaseCount(); turn > 0; turn -= 1) {
    const input = hostileBytes(random, turn % 8 === 0 ? others : own)
    if (survives(codec, input, LENIENT.has(name))) valueCount += 1
  }
  expect(valueCount).toBeGreaterThan(0)
})

/** Whether `input` was a value. Fails with the input in hex, so that the case can be repeated alone. */
function survives(codec: Codec<unknown>, input: Uint8Array, isLenient: boolean): boolean {
  const before = input.slice()
  let value: unknown
  try {
    value = decode(codec, input)
  } catch (error) {
    if (error instanceof DecodeError) return false
    throw new Error(`not a DecodeError for ${toHex(before)}`, { cause: error })
  }
  const written = encode(codec, value)
  if (!equalBytes(input, before)) throw new Error(`reading changed the input ${toHex(before)}`)
  if (equalBytes(written, input)) return true
  if (!isLenient) throw new Error(`${toHex(input)} is written as ${toHex(written)}`)
  expect({ input: toHex(input), value: toReadable(decode(codec, written)) }).toEqual({
    input: toHex(input),
    value: toReadable(value),
  })
  return true
}
