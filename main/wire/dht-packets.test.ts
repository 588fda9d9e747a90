import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Address } from '../base/address.ts'
import { DecodeError } from '../base/byte-reader.ts'
import { concat, fromHex, toHex } from '../base/bytes.ts'
import { SeededRandom } from '../base/random.ts'
import { fuzzCaseCount, propertySeed } from '../base/test-seed.ts'
import { keyPairOf, PublicKey, SecretKey } from '../crypto/keys.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { type Codec, decode, encode } from './codec.ts'
import { DhtEnvelopes } from './dht-envelope.ts'
import { nodesRequest, nodesResponse, pingRequest, pingResponse } from './dht-packets.ts'
import type { PackedNode } from './node-format.ts'
import vectors from './vectors/dht.json' with { type: 'json' }

await sodiumReady

const receiver = new DhtEnvelopes(keyPairOf(new SecretKey(fromHex(vectors.receiverSecretKey))), new SeededRandom(1))
const pingId = fromHex(vectors.pingId)
const nodes = vectors.nodes.map(({ host, port, publicKey }): PackedNode => {
  const address = Address.parse(host, port)
  if (!address) throw new Error(`not an address: ${host}`)
  return { publicKey: new PublicKey(fromHex(publicKey)), address }
})

const FROM_C_TOXCORE: readonly { id: number; hex: string; codec: Codec<unknown>; value: unknown }[] = [
  row(pingRequest, vectors.pingRequest, { pingId }),
  row(pingResponse, vectors.pingResponse, { pingId }),
  row(nodesRequest, vectors.nodesRequest, { target: new PublicKey(fromHex(vectors.target)), pingId }),
  row(nodesResponse, vectors.nodesResponse, { nodes, pingId }),
]

test.each(FROM_C_TOXCORE)(
  'reads what c-toxcore writes, and writes the same: packet $id',
  ({ id, hex, codec, value }) => {
    const { plain, sender, id: openedId } = receiver.open(fromHex(hex))
    expect(openedId).toBe(id)
    expect(sender.hex).toBe(vectors.senderPublicKey)
    expect(toHex(plain)).toBe(toHex(encode(codec, value)))
    expect(toHex(encode(codec, decode(codec, plain)))).toBe(toHex(plain))
  },
)

test('reads the fields of a nodes response', () => {
  const response = decode(nodesResponse, receiver.open(fromHex(vectors.nodesResponse)).plain)
  expect(response.nodes.map(({ address }) => address.text)).toEqual(['192.0.2.7:33445', '[2001:db8:0:0:0:0:0:9]:33446'])
  expect(response.nodes.map(({ publicKey }) => publicKey.hex)).toEqual(vectors.nodes.map(({ publicKey }) => publicKey))
  expect(toHex(response.pingId)).toBe(vectors.pingId)
})

test('reads a nodes response without nodes, as a c-toxcore that knows nobody yet sends it', () => {
  expect(decode(nodesResponse, concat(Uint8Array.of(0), pingId))).toEqual({ nodes: [], pingId })
})

test('a ping request is no ping response', () => {
  const plain = receiver.open(fromHex(vectors.pingRequest)).plain
  expect(() => decode(pingResponse, plain)).toThrow(DecodeError)
})

test('refuses a nodes response with five nodes, with a TCP node, and with bytes to spare', () => {
  const five = concat(
    Uint8Array.of(5),
    ...Array.from({ length: 5 }, () => fromHex(vectors.packedNodes).subarray(0, 39)),
  )
  const tcp = Uint8Array.from([...encode(nodesResponse, { nodes, pingId })].with(1, 130))
  expect(() => decode(nodesResponse, concat(five, pingId))).toThrow(DecodeError)
  expect(() => decode(nodesResponse, tcp)).toThrow(DecodeError)
  expect(() => decode(nodesResponse, concat(encode(nodesResponse, { nodes, pingId }), Uint8Array.of(0)))).toThrow(
    DecodeError,
  )
})

test('any bytes are a packet or a DecodeError', () => {
  const property = fc.property(fc.constantFrom(...FROM_C_TOXCORE), hostileBytes(), ({ codec }, input) => {
    expect([undefined, toHex(input)]).toContain(reencode(codec, input))
  })
  fc.assert(property, { seed: propertySeed(), numRuns: fuzzCaseCount() })
})

/** Noise, and packets of the right form with one byte changed. */
function hostileBytes(): fc.Arbitrary<Uint8Array> {
  const changed = fc
    .tuple(fc.constantFrom(...FROM_C_TOXCORE), fc.nat(), fc.integer({ min: 0, max: 255 }))
    .map(([{ codec, value }, at, byte]) => {
      const plain = encode(codec, value)
      plain[at % plain.length] = byte
      return plain
    })
  return fc.oneof(fc.uint8Array({ maxLength: 300 }), changed)
}

function row<T>(codec: Codec<T> & { readonly id: number }, hex: string, value: T) {
  // Rows of one table: the value always goes with its own codec.
  return { id: codec.id, hex, codec: codec as Codec<unknown>, value }
}

/** The same bytes again, or undefined if they are no packet; any other error goes through. */
function reencode(codec: Codec<unknown>, input: Uint8Array): string | undefined {
  try {
    return toHex(encode(codec, decode(codec, input)))
  } catch (error) {
    if (error instanceof DecodeError) return undefined
    throw error
  }
}
