import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AssertionError } from '../base/assert.ts'
import { DecodeError } from '../base/byte-reader.ts'
import { fromHex, toHex } from '../base/bytes.ts'
import { SeededRandom } from '../base/random.ts'
import { fuzzCaseCount, propertySeed } from '../base/test-seed.ts'
import { keyPairOf, PublicKey, SecretKey } from '../crypto/keys.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { decode, encode } from './codec.ts'
import { DhtEnvelopes } from './dht-envelope.ts'
import {
  DHT_REQUEST_BYTES_MAX,
  DHT_REQUEST_DATA_BYTES_MAX,
  DhtRequestId,
  dhtRequest,
  NAT_PING_REQUEST,
  natPing,
  openDhtRequest,
  receiverOfDhtRequest,
  sealDhtRequest,
} from './dht-request.ts'
import vectors from './vectors/dht.json' with { type: 'json' }

await sodiumReady

const random = new SeededRandom(1)
const sender = new DhtEnvelopes(keyPairOf(new SecretKey(fromHex(vectors.senderSecretKey))), random)
const receiver = new DhtEnvelopes(keyPairOf(new SecretKey(fromHex(vectors.receiverSecretKey))), random)

test('opens a NAT ping that c-toxcore sealed', () => {
  const packet = fromHex(vectors.dhtRequest)
  expect(toHex(receiverOfDhtRequest(packet))).toBe(vectors.receiverPublicKey)
  const opened = openDhtRequest(receiver, decode(dhtRequest, packet))
  expect(opened.sender.hex).toBe(vectors.senderPublicKey)
  expect(opened.requestId).toBe(DhtRequestId.NatPing)
  expect(decode(natPing, opened.data)).toEqual({ kind: NAT_PING_REQUEST, pingId: fromHex(vectors.pingId) })
})

test('opens what it sealed, up to the longest request of 1,024 bytes', () => {
  const data = new Uint8Array(DHT_REQUEST_DATA_BYTES_MAX).fill(7)
  const packet = seal(data)
  expect(packet.length).toBe(DHT_REQUEST_BYTES_MAX)
  expect(openDhtRequest(receiver, decode(dhtRequest, packet))).toEqual({
    sender: sender.publicKey,
    requestId: 156,
    data,
  })
  expect(() => seal(new Uint8Array(DHT_REQUEST_DATA_BYTES_MAX + 1))).toThrow(AssertionError)
})

test('seals nothing to a key of low order', () => {
  const lowOrder = new PublicKey(new Uint8Array(32))
  expect(sealDhtRequest(sender, random, lowOrder, { requestId: 156, data: Uint8Array.of(1) })).toBeUndefined()
})

test('refuses a request that was changed, claims our own key, or is too short or too long', () => {
  const packet = seal(Uint8Array.of(1, 2, 3))
  const changed = Uint8Array.from(packet)
  changed[packet.length - 1] = (changed[packet.length - 1] ?? 0) ^ 1
  expect(() => openDhtRequest(receiver, decode(dhtRequest, changed))).toThrow(DecodeError)
  expect(() => openDhtRequest(sender, decode(dhtRequest, packet))).toThrow(DecodeError)
  expect(() => receiverOfDhtRequest(packet.subarray(0, 105))).toThrow(DecodeError)
  expect(() => decode(dhtRequest, packet.subarray(0, 105))).toThrow(DecodeError)
  expect(() => receiverOfDhtRequest(new Uint8Array(DHT_REQUEST_BYTES_MAX + 1))).toThrow(DecodeError)
  expect(() => decode(dhtRequest, new Uint8Array(DHT_REQUEST_BYTES_MAX + 1).fill(0x20))).toThrow(DecodeError)
})

test('a NAT ping is a request or a response and has 9 bytes', () => {
  expect(() => decode(natPing, fromHex(`02${vectors.pingId}`))).toThrow(DecodeError)
  expect(() => decode(natPing, fromHex(`00${vectors.pingId}00`))).toThrow(DecodeError)
})

test('any bytes are a request or a DecodeError', () => {
  const property = fc.property(fc.uint8Array({ maxLength: 1_100 }), fc.boolean(), (noise, hasId) => {
    const input = hasId ? Uint8Array.of(0x20, ...noise) : noise
    expect([undefined, toHex(input)]).toContain(reencode(input))
  })
  fc.assert(property, { seed: propertySeed(), numRuns: fuzzCaseCount() })
})

function seal(data: Uint8Array): Uint8Array {
  const packet = sealDhtRequest(sender, random, receiver.publicKey, { requestId: DhtRequestId.DhtKeyAnnounce, data })
  return packet ?? new Uint8Array(0)
}

/** The same bytes again, or undefined if they are no packet; any other error goes through. */
function reencode(input: Uint8Array): string | undefined {
  try {
    return toHex(encode(dhtRequest, decode(dhtRequest, input)))
  } catch (error) {
    if (error instanceof DecodeError) return undefined
    throw error
  }
}
