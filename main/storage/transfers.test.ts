import { beforeAll, expect, test } from 'vitest'
import { Address } from '../base/address.ts'
import { Counters } from '../base/counters.ts'
import { randomBelow, randomBytes, SeededRandom } from '../base/random.ts'
import type { Instant } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { createKeyPair, type KeyPair } from '../crypto/keys.ts'
import { Exchange } from '../ring/exchange.ts'
import { decode } from '../wire/codec.ts'
import { DhtEnvelopes } from '../wire/dht-envelope.ts'
import { extensionPacket } from '../wire/extension-packet.ts'
import { STORAGE_KIND } from '../wire/storage-packets.ts'
import { bodyHashOf } from './record.ts'
import { TEST_NOW } from './test-deposits.ts'
import { Transfers } from './transfers.ts'

beforeAll(() => sodiumReady)

const NOW = TEST_NOW

interface Side {
  readonly transfers: Transfers
  readonly envelopes: DhtEnvelopes
  readonly contact: { readonly key: KeyPair['publicKey']; readonly address: Address }
  readonly sent: Uint8Array[]
}

function side(seed: number, host: number): Side {
  const random = new SeededRandom(seed)
  const keys = createKeyPair(random)
  const envelopes = new DhtEnvelopes(keys, random)
  const sent: Uint8Array[] = []
  const counters = new Counters()
  const exchange = new Exchange({ envelopes, random, counters, transmits: { send: (bytes) => sent.push(bytes) } })
  const address = new Address(Uint8Array.of(192, 0, 2, host), 33_445)
  return {
    transfers: new Transfers({ exchange, random, counters }),
    envelopes,
    contact: { key: keys.publicKey, address },
    sent,
  }
}

/** Carries what both sides want to send; some of it is lost. */
function carry(left: Side, right: Side, now: Instant, isLost: () => boolean): void {
  for (const [from, to] of [
    [left, right],
    [right, left],
  ] as const) {
    for (const bytes of from.sent.splice(0)) {
      if (isLost()) continue
      const { kind, body } = decode(extensionPacket, to.envelopes.open(bytes).plain)
      if (kind === STORAGE_KIND.segment) to.transfers.handleSegment(from.contact, body, now)
      else to.transfers.handleSegmentAck(from.contact, body, now)
    }
  }
}

function runFor(left: Side, right: Side, ms: number, isLost: () => boolean = () => false): Instant {
  let now = NOW
  for (; now < NOW + ms; now += 25) {
    carry(left, right, now, isLost)
    left.transfers.handleTimeout(now)
    right.transfers.handleTimeout(now)
  }
  return now
}

test('a depositor sends to a node that made room, which gets every byte although one in five is lost', () => {
  const [client, node] = [side(1, 1), side(2, 2)]
  const random = new SeededRandom(3)
  const bytes = randomBytes(random, 65_536)
  const ready = node.transfers.expect(client.contact, { length: bytes.length, hash: bodyHashOf(bytes) }, 'node', NOW)
  if (!ready) throw new Error('there is room')
  client.transfers.send(node.contact, ready, bytes, 'client', NOW)
  runFor(client, node, 20_000, () => randomBelow(random, 5) === 0)
  expect(node.transfers.pollEvent('node')).toMatchObject({ kind: 'received', bytes })
  expect(client.transfers.pollEvent('client')).toMatchObject({ kind: 'sent' })
})

test('a node sends nothing of a record before the asker said "begin", which it repeats', () => {
  const [client, node] = [side(4, 1), side(5, 2)]
  const bytes = randomBytes(new SeededRandom(6), 5_000)
  const ready = node.transfers.offer(client.contact, bytes, 'node', NOW)
  if (!ready) throw new Error('there is room')
  runFor(client, node, 1_000)
  expect(node.sent).toEqual([])
  client.transfers.receive(node.contact, ready, 'client', NOW)
  let dropped = 0
  runFor(client, node, 5_000, () => (dropped += 1) === 1)
  expect(client.transfers.pollEvent('client')).toMatchObject({ kind: 'received', bytes })
  expect(node.transfers.pollEvent('node')).toMatchObject({ kind: 'sent' })
})

test('a body with another hash, and a peer that fell silent, end as failed', () => {
  const [client, node] = [side(7, 1), side(8, 2)]
  const bytes = randomBytes(new SeededRandom(9), 3_000)
  const wrong = node.transfers.expect(client.contact, { length: 3_000, hash: new Uint8Array(32) }, 'node', NOW)
  if (!wrong) throw new Error('there is room')
  client.transfers.send(node.contact, wrong, bytes, 'client', NOW)
  runFor(client, node, 2_000)
  expect(node.transfers.pollEvent('node')).toMatchObject({ kind: 'failed' })
  const lonely = side(10, 3)
  lonely.transfers.send(node.contact, { ...wrong, transferId: new Uint8Array(8) }, bytes, 'client', NOW)
  const waiting = node.transfers.expect(lonely.contact, { length: 10, hash: new Uint8Array(32) }, 'node', NOW)
  expect(waiting).toBeDefined()
  runFor(lonely, node, 130_000, () => true)
  expect(lonely.transfers.pollEvent('client')).toMatchObject({ kind: 'failed' })
  expect(node.transfers.pollEvent('node')).toMatchObject({ kind: 'failed' })
  expect([node.transfers.incomingCount, lonely.transfers.outgoingCount]).toEqual([0, 0])
  expect([node.transfers.nextTimeout(), lonely.transfers.nextTimeout()]).toEqual([undefined, undefined])
})

test('one contact has room for 8 transfers, all together for 128, and a length has its bound', () => {
  const node = side(11, 2)
  const hash = new Uint8Array(32)
  const [first] = [side(12, 1)]
  for (let turn = 0; turn < 8; turn += 1) {
    expect(node.transfers.expect(first.contact, { length: 10, hash }, 'node', NOW)).toBeDefined()
  }
  expect(node.transfers.expect(first.contact, { length: 10, hash }, 'node', NOW)).toBeUndefined()
  expect(node.transfers.expect(side(13, 3).contact, { length: 73_729, hash }, 'node', NOW)).toBeUndefined()
  expect(node.transfers.expect(side(13, 3).contact, { length: 0, hash }, 'node', NOW)).toBeUndefined()
  for (let turn = 0; turn < 200; turn += 1) {
    node.transfers.expect(
      { ...first.contact, address: new Address(Uint8Array.of(10, 0, turn, 1), 1) },
      { length: 10, hash },
      'node',
      NOW,
    )
  }
  expect(node.transfers.incomingCount).toBe(128)
})

test('one prefix has room for 32 transfers in each direction; at home there is no such bound', () => {
  const node = side(18, 2)
  const { key } = side(19, 1).contact
  const at = (...bytes: number[]) => ({ key, address: new Address(Uint8Array.from(bytes), 1) })
  const take = (contact: ReturnType<typeof at>) => {
    node.transfers.expect(contact, { length: 10, hash: new Uint8Array(32) }, 'node', NOW)
    node.transfers.offer(contact, new Uint8Array(10), 'node', NOW)
    return [node.transfers.incomingCount, node.transfers.outgoingCount]
  }
  for (let host = 0; host < 40; host += 1) take(at(203, 0, 113, host))
  expect(take(at(203, 0, 113, 99))).toEqual([32, 32])
  expect(take(at(198, 51, 100, 1))).toEqual([33, 33])
  for (let host = 0; host < 40; host += 1) take(at(192, 168, 1, host))
  expect([node.transfers.incomingCount, node.transfers.outgoingCount]).toEqual([73, 73])
})

test('segments and acknowledgements of somebody else are nothing to a transfer', () => {
  const [client, node, thief] = [side(14, 1), side(15, 2), side(16, 3)]
  const bytes = randomBytes(new SeededRandom(17), 2_000)
  const ready = node.transfers.expect(client.contact, { length: 2_000, hash: bodyHashOf(bytes) }, 'node', NOW)
  if (!ready) throw new Error('there is room')
  thief.transfers.send(node.contact, ready, bytes, 'client', NOW)
  carry(thief, node, NOW, () => false)
  expect(node.transfers.pollEvent('node')).toBeUndefined()
  client.transfers.send(node.contact, ready, bytes, 'client', NOW)
  runFor(client, node, 2_000)
  expect(node.transfers.pollEvent('node')).toMatchObject({ kind: 'received', bytes })
})
