import { expect, test } from 'vitest'
import { randomBytes, SeededRandom } from '../../base/random.ts'
import { precompute } from '../../crypto/box.ts'
import { createKeyPair, PublicKey } from '../../crypto/keys.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { decode } from '../../wire/codec.ts'
import { DhtEnvelopes } from '../../wire/dht-envelope.ts'
import { cookieRequest, cookieResponse } from '../../wire/handshake-packets.ts'
import { askForCookie, openCookieResponse, sealCookieResponse } from './cookie-exchange.ts'

await sodiumReady

const random = new SeededRandom(1)
const aliceDht = createKeyPair(random)
const bobDht = createKeyPair(random)
const aliceReal = createKeyPair(random).publicKey
const aliceEnvelopes = new DhtEnvelopes(aliceDht, random)

test('a question has 145 bytes and tells the asker’s real key; the answer has 161 and repeats the echo', () => {
  const question = askForCookie(aliceReal, bobDht.publicKey, aliceEnvelopes, random)
  expect(question?.packet.length).toBe(145)
  const opened = new DhtEnvelopes(bobDht, random).open(question?.packet ?? new Uint8Array(0))
  const request = decode(cookieRequest, opened.plain)
  expect(request.realKey.hex).toBe(aliceReal.hex)
  expect(request.unused).toEqual(new Uint8Array(32))
  expect(request.echo).toEqual(question?.echo)

  const shared = precompute(opened.sender, bobDht.secretKey)
  if (!shared || !question) throw new Error('low order')
  const cookie = randomBytes(random, 112)
  const answer = sealCookieResponse(cookie, request.echo, shared, random)
  expect(answer.length).toBe(161)
  const response = decode(cookieResponse, answer)
  const ours = aliceEnvelopes.sharedKeys.get(bobDht.publicKey)
  expect(openCookieResponse(response, ours, question.echo)).toEqual(cookie)
  expect(openCookieResponse(response, ours, randomBytes(random, 8))).toBeUndefined()
  expect(openCookieResponse(response, undefined, question.echo)).toBeUndefined()
  expect(openCookieResponse({ ...response, nonce: new Uint8Array(24) }, ours, question.echo)).toBeUndefined()
})

test('nobody can be asked under a DHT key of low order', () => {
  expect(askForCookie(aliceReal, new PublicKey(new Uint8Array(32)), aliceEnvelopes, random)).toBeUndefined()
})
