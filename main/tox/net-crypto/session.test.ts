import { expect, test } from 'vitest'
import { Address } from '../../base/address.ts'
import { SeededRandom } from '../../base/random.ts'
import { precompute, randomNonce, SharedKey } from '../../crypto/box.ts'
import { createKeyPair } from '../../crypto/keys.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { ByteBudget } from './byte-budget.ts'
import { PacketSealer } from './packet-cipher.ts'
import { PeerAddresses } from './peer-addresses.ts'
import { RoundTrip } from './round-trip.ts'
import { Session } from './session.ts'

await sodiumReady

const START = 100_000

/** A session, and its peer as a bare sealer that says whatever the test wants. */
function sessionWithPeer() {
  const random = new SeededRandom(1)
  const [own, other] = [createKeyPair(random), createKeyPair(random)]
  const shared = precompute(other.publicKey, own.secretKey)
  if (!shared) throw new Error('low order')
  const [ownBaseNonce, peerBaseNonce] = [randomNonce(random), randomNonce(random)]
  const peer = new PacketSealer(new SharedKey(shared.bytes.slice()), peerBaseNonce)
  const sent: Uint8Array[] = []
  const addresses = new PeerAddresses()
  addresses.noteHeard(new Address(Uint8Array.of(127, 0, 0, 1), 1), START)
  const [sendBudget, receiveBudget] = [new ByteBudget(2 ** 20), new ByteBudget(2 ** 20)]
  const roundTrip = new RoundTrip()
  roundTrip.measure(0, 40)
  const transmits = { send: (bytes: Uint8Array) => void sent.push(bytes) }
  const session = new Session(
    { shared, ownBaseNonce, peerBaseNonce, sendBudget, receiveBudget, roundTrip, addresses, transmits },
    START,
  )
  return { session, peer, sent, shared, sendBudget, receiveBudget }
}

const message = (text: number) => Uint8Array.of(64, text)

test('hands out what came in order only, and once', () => {
  const { session, peer } = sessionWithPeer()
  expect(session.handlePacket(peer.seal(0, 1, message(1)), START).kind).toBe('taken')
  expect(session.takeData()).toBeUndefined()
  session.handlePacket(peer.seal(0, 0, message(0)), START)
  session.handlePacket(peer.seal(0, 0, message(9)), START)
  expect(session.takeData()).toEqual(message(0))
  expect(session.takeData()).toEqual(message(1))
  expect(session.takeData()).toBeUndefined()
})

test('ids that are not for data are neither numbered nor handed out', () => {
  const { session, peer } = sessionWithPeer()
  for (const id of [3, 9, 15, 255]) {
    expect(session.handlePacket(peer.seal(0, 0, Uint8Array.of(id, 1)), START).kind).toBe('taken')
  }
  expect(session.handlePacket(peer.seal(0, 0, Uint8Array.of(0)), START).kind).toBe('refused')
  session.handlePacket(peer.seal(0, 0, message(1)), START)
  expect(session.takeData()).toEqual(message(1))
  expect(session.handlePacket(peer.seal(0, 1, Uint8Array.of(200, 5)), START)).toEqual({
    kind: 'lossy',
    data: Uint8Array.of(200, 5),
  })
  expect(session.handlePacket(peer.seal(0, 1, Uint8Array.of(2)), START).kind).toBe('killed')
})

test('resends what a request names, with the number it had, but not sooner than a round trip after it was sent', () => {
  const { session, peer, sent } = sessionWithPeer()
  session.send(message(1), START)
  session.send(message(2), START)
  expect(sent.length).toBe(2)
  session.handlePacket(peer.seal(0, 0, Uint8Array.of(1, 1)), START + 39)
  expect(sent.length).toBe(2)
  session.handlePacket(peer.seal(0, 0, Uint8Array.of(1, 1)), START + 41)
  expect(sent.length).toBe(3)
  expect(session.acknowledgedBefore).toBe(0)
  session.handlePacket(peer.seal(2, 0, Uint8Array.of(1)), START + 90)
  expect(session.acknowledgedBefore).toBe(2)
})

test('an acknowledgement of what was never sent is refused with all that came along', () => {
  const { session, peer } = sessionWithPeer()
  session.send(message(1), START)
  expect(session.handlePacket(peer.seal(2, 0, message(1)), START).kind).toBe('refused')
  expect(session.takeData()).toBeUndefined()
  expect(session.acknowledgedBefore).toBe(0)
})

test('a request that was overtaken by a later acknowledgement does no harm', () => {
  const { session, peer, sent } = sessionWithPeer()
  for (let number = 0; number < 10; number += 1) session.send(message(number), START)
  const late = peer.seal(0, 0, Uint8Array.of(1, 1, 1, 1))
  session.handlePacket(peer.seal(5, 0, Uint8Array.of(1)), START + 500)
  session.handlePacket(late, START + 501)
  expect(sent.length).toBe(10)
  expect(session.acknowledgedBefore).toBe(5)
})

test('asks soon for a gap, whether data or a bare number shows it', () => {
  const { session, peer, sent } = sessionWithPeer()
  session.sendRequest(START)
  session.handlePacket(peer.seal(0, 3, Uint8Array.of(1)), START + 200)
  expect(session.nextAt()).toBe(START + 210)
  session.handleTimeout(START + 210)
  expect(sent.length).toBe(2)
})

test('is silent after 32 s without an authentic packet', () => {
  const { session, peer } = sessionWithPeer()
  session.handlePacket(peer.seal(0, 0, Uint8Array.of(1)), START + 5_000)
  session.handlePacket(new Uint8Array(60).fill(0x1b), START + 30_000)
  expect(session.isSilent(START + 36_999)).toBe(false)
  expect(session.isSilent(START + 37_000)).toBe(true)
})

test('refuses to keep more than the memory allows', () => {
  const { session } = sessionWithPeer()
  const large = new Uint8Array(1_373).fill(64)
  let count = 0
  while (session.send(large, START) !== undefined) count += 1
  expect(count).toBe(Math.floor(2 ** 20 / 1_373))
  expect(session.freeSlots()).toBe(0)
})

test('ends with its key wiped and its memory given back', () => {
  const { session, peer, shared, sendBudget, receiveBudget } = sessionWithPeer()
  session.send(message(1), START)
  session.handlePacket(peer.seal(0, 5, message(1)), START)
  expect(sendBudget.usedBytes).toBe(2)
  expect(receiveBudget.usedBytes).toBe(2)
  session.wipe()
  expect(shared.bytes.every((byte) => byte === 0)).toBe(true)
  expect(sendBudget.usedBytes).toBe(0)
  expect(receiveBudget.usedBytes).toBe(0)
})
