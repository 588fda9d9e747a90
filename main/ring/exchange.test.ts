import { beforeAll, expect, test } from 'vitest'
import { Address } from '../base/address.ts'
import { Counters } from '../base/counters.ts'
import { SeededRandom } from '../base/random.ts'
import type { Transmit } from '../base/transmit.ts'
import { createKeyPair, PublicKey } from '../crypto/keys.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { decode } from '../wire/codec.ts'
import { DhtEnvelopes } from '../wire/dht-envelope.ts'
import { extensionPacket } from '../wire/extension-packet.ts'
import type { Contact } from './contact.ts'
import { Exchange } from './exchange.ts'

beforeAll(() => sodiumReady)

const PING = 0x3e
const PONG = 0x3f
const BODY = Uint8Array.of(1, 2, 3)

function peer(seed: number) {
  const random = new SeededRandom(seed)
  const envelopes = new DhtEnvelopes(createKeyPair(random), random)
  const sent: Transmit[] = []
  const counters = new Counters()
  const transmits = { send: (bytes: Uint8Array, to: Address) => void sent.push({ bytes, to }) }
  const exchange = new Exchange({ envelopes, random, transmits, counters })
  const contact: Contact = { key: envelopes.publicKey, address: new Address(Uint8Array.of(198, 18, 0, seed), 1) }
  return { envelopes, exchange, sent, contact, counters }
}

type Peer = ReturnType<typeof peer>

/** What `to` reads of the last datagram of `from`. */
function lastPacket(from: Peer, to: Peer) {
  const last = from.sent.at(-1)
  return decode(extensionPacket, to.envelopes.open(last?.bytes ?? new Uint8Array(0)).plain)
}

/** Bob answers Alice's last request; Alice takes it as coming from `as`. */
function answer(alice: Peer, bob: Peer, now: number, as = bob.contact): boolean {
  const { requestId } = lastPacket(alice, bob)
  bob.exchange.respond(alice.contact, PONG, requestId, BODY, now)
  const response = lastPacket(bob, alice)
  return alice.exchange.handleResponse(as, response.requestId, response.kind, response.body, now)
}

test('a request is answered once, to its owner, with the time it took', () => {
  const [alice, bob] = [peer(1), peer(2)]
  const requestId = alice.exchange.request(bob.contact, PING, BODY, 'storage', 1_000)
  expect(lastPacket(alice, bob)).toMatchObject({ kind: PING, body: BODY })
  expect(answer(alice, bob, 1_080)).toBe(true)
  expect(answer(alice, bob, 1_090)).toBe(false)
  expect(alice.exchange.pollEvent('ring')).toBeUndefined()
  expect(alice.exchange.pollEvent('storage')).toMatchObject({
    kind: 'answered',
    requestId,
    requestKind: PING,
    responseKind: PONG,
    body: BODY,
    rttMs: 80,
  })
  expect(alice.exchange.pollEvent('storage')).toBeUndefined()
  expect(alice.exchange.rttMs(bob.contact)).toBe(80)
  expect(alice.exchange.nextTimeout()).toBeUndefined()
})

test('an answer counts only from the key and the address that were asked', () => {
  const [alice, bob, eve] = [peer(1), peer(2), peer(3)]
  alice.exchange.request(bob.contact, PING, BODY, 'ring', 0)
  expect(answer(alice, bob, 10, { key: bob.contact.key, address: eve.contact.address })).toBe(false)
  expect(answer(alice, bob, 10, { key: eve.contact.key, address: bob.contact.address })).toBe(false)
  expect(alice.exchange.hasAnswered(bob.contact, 10)).toBe(false)
  expect(answer(alice, bob, 10)).toBe(true)
  expect(alice.exchange.hasAnswered(bob.contact, 10)).toBe(true)
  expect(alice.exchange.hasAnswered(bob.contact, 10 + 10 * 60_000)).toBe(false)
})

test('repeats the same bytes with growing waits, then gives up', () => {
  const [alice, bob] = [peer(1), peer(2)]
  const requestId = alice.exchange.request(bob.contact, PING, BODY, 'ring', 0)
  const wakes: number[] = []
  for (let wake = alice.exchange.nextTimeout(); wake; wake = alice.exchange.nextTimeout()) {
    wakes.push(wake.at)
    alice.exchange.handleTimeout(wake.at)
  }
  expect(wakes).toEqual([800, 2_000, 3_800, 6_500])
  expect(alice.sent.length).toBe(4)
  expect(new Set(alice.sent.map(({ bytes }) => bytes.join())).size).toBe(1)
  expect(alice.exchange.pollEvent('ring')).toEqual({ kind: 'timedOut', requestId, requestKind: PING, to: bob.contact })
})

test('gives up at the stated time, however many attempts are left', () => {
  const [alice, bob] = [peer(1), peer(2)]
  alice.exchange.request(bob.contact, PING, BODY, 'ring', 0, { timeoutMs: 1_000, attemptsMax: 9 })
  alice.exchange.handleTimeout(800)
  expect(alice.exchange.nextTimeout()?.at).toBe(1_000)
  alice.exchange.handleTimeout(1_000)
  expect(alice.exchange.pollEvent('ring')?.kind).toBe('timedOut')
})

test('the first request to a stranger waits as long as others took, not for the cautious default', () => {
  const [alice, bob, carol] = [peer(1), peer(2), peer(3)]
  alice.exchange.request(bob.contact, PING, BODY, 'ring', 0)
  answer(alice, bob, 100)
  alice.exchange.request(carol.contact, PING, BODY, 'ring', 1_000)
  expect(alice.exchange.nextTimeout()?.at).toBe(1_200)
})

test('a repeated request that is answered proves the address but measures no round trip', () => {
  const [alice, bob] = [peer(1), peer(2)]
  alice.exchange.request(bob.contact, PING, BODY, 'ring', 0)
  alice.exchange.handleTimeout(800)
  expect(answer(alice, bob, 810)).toBe(true)
  expect(alice.exchange.rttMs(bob.contact)).toBeUndefined()
  expect(alice.exchange.hasAnswered(bob.contact, 810)).toBe(true)
})

test('a cancelled request gives no event, whatever comes', () => {
  const [alice, bob] = [peer(1), peer(2)]
  const requestId = alice.exchange.request(bob.contact, PING, BODY, 'ring', 0)
  alice.exchange.cancel(requestId)
  expect(answer(alice, bob, 10)).toBe(false)
  alice.exchange.handleTimeout(100_000)
  expect(alice.exchange.pollEvent('ring')).toBeUndefined()
})

test('a notice is sent once and waits for nothing', () => {
  const [alice, bob] = [peer(1), peer(2)]
  alice.exchange.notify(bob.contact, PING, BODY, 0)
  expect(lastPacket(alice, bob)).toMatchObject({ kind: PING, body: BODY })
  expect(alice.exchange.nextTimeout()).toBeUndefined()
})

test('a key of low order cannot be asked: it fails like silence', () => {
  const alice = peer(1)
  const lowOrder = { key: new PublicKey(new Uint8Array(32)), address: new Address(Uint8Array.of(198, 18, 0, 9), 1) }
  alice.exchange.request(lowOrder, PING, BODY, 'ring', 0)
  expect(alice.sent).toEqual([])
  expect(alice.exchange.pollEvent('ring')?.kind).toBe('timedOut')
})

test('requests under way are bounded; one too many fails at once', () => {
  const [alice, bob] = [peer(1), peer(2)]
  for (let count = 0; count < 4_097; count += 1) alice.exchange.request(bob.contact, PING, BODY, 'ring', 0)
  expect(alice.exchange.pendingCount).toBe(4_096)
  expect(alice.exchange.pollEvent('ring')?.kind).toBe('timedOut')
  expect(alice.exchange.pollEvent('ring')).toBeUndefined()
})
