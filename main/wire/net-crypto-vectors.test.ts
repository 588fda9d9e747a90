import { expect, test } from 'vitest'
import { fromHex, toHex } from '../base/bytes.ts'
import { SeededRandom } from '../base/random.ts'
import { advanceNonce, open, openSecret, precompute, type SharedKey } from '../crypto/box.ts'
import { sha512 } from '../crypto/hash.ts'
import { keyPairOf, PublicKey, SecretKey } from '../crypto/keys.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { decode, encode } from './codec.ts'
import { cryptoData, dataOf, dataPlain, nonceLowOf, numberOf, recvStartOf, sealedPartOf } from './crypto-data.ts'
import { DhtEnvelopes } from './dht-envelope.ts'
import {
  COOKIE_REQUEST_ID,
  cookieContents,
  cookieRequest,
  cookieResponse,
  cookieResponsePlain,
  handshake,
  handshakePlain,
} from './handshake-packets.ts'
import vectors from './vectors/net-crypto.json' with { type: 'json' }

await sodiumReady

const peerRealKey = new PublicKey(fromHex(vectors.peerRealKey))
const peerDhtKey = new PublicKey(fromHex(vectors.peerDhtKey))
const real = keyPairOf(new SecretKey(fromHex(vectors.realSecretKey)))
const dht = keyPairOf(new SecretKey(fromHex(vectors.dhtSecretKey)))

function shared(publicKey: PublicKey, secretKey: string): SharedKey {
  const key = precompute(publicKey, new SecretKey(fromHex(secretKey)))
  if (!key) throw new Error('low order')
  return key
}

const hex = (bytes: Uint8Array | undefined) => toHex(bytes ?? new Uint8Array(0))

test('the cookie request that libtoxcore answered has our real key, zeros, and the echo', () => {
  const packet = fromHex(vectors.cookieRequest.envelope)
  expect(packet[0]).toBe(COOKIE_REQUEST_ID)
  // libtoxcore's side of the box is not ours to open: the shared key is the same.
  const plain = open(shared(peerDhtKey, vectors.dhtSecretKey), packet.subarray(33, 57), packet.subarray(57))
  expect(hex(plain)).toBe(vectors.cookieRequest.plain)
  const request = decode(cookieRequest, fromHex(vectors.cookieRequest.plain))
  expect(request.realKey.hex).toBe(real.publicKey.hex)
  expect(hex(encode(cookieRequest, request))).toBe(vectors.cookieRequest.plain)
  expect(hex(packet.subarray(1, 33))).toBe(new DhtEnvelopes(dht, new SeededRandom(1)).publicKey.hex)
})

test('libtoxcore’s cookie response opens with the DHT keys and repeats the echo', () => {
  const response = decode(cookieResponse, fromHex(vectors.cookieResponse))
  expect(hex(encode(cookieResponse, response))).toBe(vectors.cookieResponse)
  const plain = open(shared(peerDhtKey, vectors.dhtSecretKey), response.nonce, response.sealed)
  expect(hex(plain)).toBe(vectors.cookieResponsePlain)
  const { cookie, echo } = decode(cookieResponsePlain, fromHex(vectors.cookieResponsePlain))
  expect(hex(echo)).toBe(vectors.cookieRequest.plain.slice(-16))
  expect(vectors.ownHandshake.slice(2, 2 + 224)).toBe(hex(cookie))
})

test('both handshakes open with the real keys, for the cookie outside', () => {
  const realShared = shared(peerRealKey, vectors.realSecretKey)
  for (const [bytes, plain] of [
    [vectors.handshake, vectors.handshakePlain],
    [vectors.ownHandshake, vectors.ownHandshakePlain],
  ] as const) {
    const packet = decode(handshake, fromHex(bytes))
    expect(hex(encode(handshake, packet))).toBe(bytes)
    expect(hex(open(realShared, packet.nonce, packet.sealed))).toBe(plain)
    const opened = decode(handshakePlain, fromHex(plain))
    expect(hex(encode(handshakePlain, opened))).toBe(plain)
    expect(opened.cookieHash).toEqual(sha512(packet.cookie))
  }
})

test('libtoxcore’s handshake came on the cookie that our own carried, which names its keys', () => {
  const { ownCookie } = decode(handshakePlain, fromHex(vectors.ownHandshakePlain))
  expect(decode(handshake, fromHex(vectors.handshake)).cookie).toEqual(ownCookie)
  const plain = openSecret(fromHex(vectors.cookieKey), ownCookie.subarray(0, 24), ownCookie.subarray(24))
  expect(hex(plain)).toBe(vectors.cookieContents)
  const contents = decode(cookieContents, fromHex(vectors.cookieContents))
  expect(hex(encode(cookieContents, contents))).toBe(vectors.cookieContents)
  expect(contents.realKey.hex).toBe(peerRealKey.hex)
  expect(contents.dhtKey.hex).toBe(peerDhtKey.hex)
})

test('data packets count from the sender’s own base nonce', () => {
  const theirs = decode(handshakePlain, fromHex(vectors.handshakePlain))
  const ours = decode(handshakePlain, fromHex(vectors.ownHandshakePlain))
  const sessionShared = shared(theirs.sessionKey, vectors.sessionSecretKey)
  for (const [baseNonce, packets] of [
    [theirs.baseNonce, vectors.cryptoData],
    [ours.baseNonce, vectors.ownCryptoData],
  ] as const) {
    const nonce = baseNonce.slice()
    for (const { packet, plain } of packets) {
      const framed = fromHex(packet)
      expect(hex(encode(cryptoData, decode(cryptoData, framed)))).toBe(packet)
      expect(nonceLowOf(framed)).toBe(((nonce[22] ?? 0) << 8) | (nonce[23] ?? 0))
      const opened = open(sessionShared, nonce, sealedPartOf(framed)) ?? new Uint8Array(0)
      expect(hex(opened)).toBe(plain)
      const data = dataOf(opened) ?? new Uint8Array(0)
      // The padding is the one that we would use.
      expect(hex(dataPlain(recvStartOf(opened), numberOf(opened), data))).toBe(plain)
      advanceNonce(nonce)
    }
  }
})
