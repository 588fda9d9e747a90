import { expect, test } from 'vitest'
import { Address } from '../../base/address.ts'
import { Counters } from '../../base/counters.ts'
import { SeededRandom } from '../../base/random.ts'
import type { Transmit } from '../../base/transmit.ts'
import { createKeyPair } from '../../crypto/keys.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { decode, encode } from '../../wire/codec.ts'
import { DhtEnvelopes } from '../../wire/dht-envelope.ts'
import {
  onionReturn1,
  onionReturn2,
  onionReturn3,
  onionSend1,
  onionSend2,
  onionSendInitial,
} from '../../wire/onion-packets.ts'
import { OnionPath } from './onion-path.ts'
import { OnionRelay } from './onion-relay.ts'

await sodiumReady

const NOW = 1_700_000_000_000
const random = new SeededRandom(7)

class Relay {
  readonly address: Address
  readonly counters = new Counters()
  readonly sent: Transmit[] = []
  readonly keys = createKeyPair(random)
  readonly machine: OnionRelay

  constructor(address: Address) {
    this.address = address
    this.machine = new OnionRelay({
      envelopes: new DhtEnvelopes(this.keys, random),
      random,
      transmits: { send: (bytes, to) => this.sent.push({ bytes, to }) },
      counters: this.counters,
    })
  }

  get node() {
    return { publicKey: this.keys.publicKey, address: this.address }
  }

  take(): Transmit {
    const transmit = this.sent.shift()
    if (!transmit) throw new Error('nothing was sent')
    return transmit
  }
}

function lan(last: number): Address {
  return new Address(Uint8Array.of(192, 168, 0, last), 33_445)
}

const client = new DhtEnvelopes(createKeyPair(random), random)
const CLIENT = lan(1)
const DESTINATION = lan(9)

/** Sends data through three relays and returns what each of them sent on. */
function through(relays: readonly [Relay, Relay, Relay], data: Uint8Array, destination = DESTINATION, from = CLIENT) {
  const path = OnionPath.create([relays[0].node, relays[1].node, relays[2].node], client, random)
  const packet = path?.wrap(data, destination, random) ?? new Uint8Array(0)
  relays[0].machine.handleSendInitial(decode(onionSendInitial, packet), from, NOW)
  const first = relays[0].sent.shift()
  if (first) relays[1].machine.handleSend1(decode(onionSend1, first.bytes), relays[0].address, NOW)
  const second = first && relays[1].sent.shift()
  if (second) relays[2].machine.handleSend2(decode(onionSend2, second.bytes), relays[1].address, NOW)
  return { packet, first, second, third: second && relays[2].sent.shift() }
}

function threeRelays(): [Relay, Relay, Relay] {
  return [new Relay(lan(11)), new Relay(lan(12)), new Relay(lan(13))]
}

test('carries data through three relays, in the sizes and with the one nonce of the Tox spec', () => {
  const relays = threeRelays()
  const data = new Uint8Array(100).fill(0x83)
  const { packet, first, second, third } = through(relays, data)
  expect([packet, first?.bytes, second?.bytes, third?.bytes].map((bytes) => bytes?.length)).toEqual([
    225 + 1 + 100,
    217 + 1 + 100,
    209 + 1 + 100,
    177 + 100,
  ])
  expect([packet[0], first?.bytes[0], second?.bytes[0]]).toEqual([0x80, 0x81, 0x82])
  expect(first?.bytes.subarray(1, 25)).toEqual(packet.subarray(1, 25))
  expect(second?.bytes.subarray(1, 25)).toEqual(packet.subarray(1, 25))
  expect([first?.to, second?.to, third?.to].map((to) => to?.text)).toEqual([
    relays[1].address.text,
    relays[2].address.text,
    DESTINATION.text,
  ])
  expect(third?.bytes.subarray(0, 100)).toEqual(data)
})

test('the first layer is under our DHT key, the others under keys of their own', () => {
  const { packet, first, second } = through(threeRelays(), Uint8Array.of(0x83))
  const keys = [packet, first?.bytes, second?.bytes].map((bytes) => bytes?.subarray(25, 57))
  expect(keys[0]).toEqual(client.publicKey.bytes)
  expect(keys[1]).not.toEqual(client.publicKey.bytes)
  expect(keys[2]).not.toEqual(client.publicKey.bytes)
  expect(keys[1]).not.toEqual(keys[2])
})

test('one relay may be all three of a path', () => {
  const relay = new Relay(lan(11))
  const { third } = through([relay, relay, relay], Uint8Array.of(0x85, 1))
  expect(third?.to.equals(DESTINATION)).toBe(true)
})

test('the longest data fits, and every relay can send it on', () => {
  const { packet, third } = through(threeRelays(), new Uint8Array(1_174).fill(0x85))
  expect(packet).toHaveLength(1_400)
  expect(third?.bytes).toHaveLength(1_174 + 177)
})

test('brings the answer back to the client, which gets it from the first relay', () => {
  const relays = threeRelays()
  const { third } = through(relays, Uint8Array.of(0x83, 1, 2))
  const onionReturn = third?.bytes.subarray(-177) ?? new Uint8Array(0)
  const data = Uint8Array.of(0x84, 5, 6, 7)
  relays[2].machine.handleReturn3({ onionReturn, data }, NOW)
  const back3 = relays[2].take()
  relays[1].machine.handleReturn2(decode(onionReturn2, back3.bytes), NOW)
  const back2 = relays[1].take()
  relays[0].machine.handleReturn1(decode(onionReturn1, back2.bytes), NOW)
  const back1 = relays[0].take()
  expect([back3.bytes[0], back2.bytes[0]]).toEqual([0x8d, 0x8e])
  expect([back3.to, back2.to, back1.to].map(({ text }) => text)).toEqual([
    relays[1].address.text,
    relays[0].address.text,
    CLIENT.text,
  ])
  expect(back1.bytes).toEqual(data)
})

test('the third relay sends on 0x83, 0x85 and 0x87, and refuses every other id', () => {
  const relays = threeRelays()
  const passed = Array.from({ length: 256 }, (_, id) => id).filter((id) => through(relays, Uint8Array.of(id, 1)).third)
  expect(passed).toEqual([0x83, 0x85, 0x87])
  expect(relays[2].counters.get('onion.refused')).toBe(253)
})

test('on the way back every relay lets 0x84, 0x86 and 0x88 through and nothing else', () => {
  const relays = threeRelays()
  const { third } = through(relays, Uint8Array.of(0x83))
  const onionReturn = third?.bytes.subarray(-177) ?? new Uint8Array(0)
  const { previous: two } = way(relays[2], onionReturn)
  const { previous: one } = way(relays[1], two)
  const passed = (send: (data: Uint8Array) => void, relay: Relay) =>
    Array.from({ length: 256 }, (_, id) => id).filter((id) => {
      send(Uint8Array.of(id))
      return relay.sent.shift() !== undefined
    })
  const allowed = [0x84, 0x86, 0x88]
  expect(passed((data) => relays[2].machine.handleReturn3({ onionReturn, data }, NOW), relays[2])).toEqual(allowed)
  expect(passed((data) => relays[1].machine.handleReturn2({ onionReturn: two, data }, NOW), relays[1])).toEqual(allowed)
  expect(passed((data) => relays[0].machine.handleReturn1({ onionReturn: one, data }, NOW), relays[0])).toEqual(allowed)
})

/** The return blob inside: what a relay sends on when it opens `onionReturn`. */
function way(relay: Relay, onionReturn: Uint8Array): { previous: Uint8Array } {
  const data = Uint8Array.of(0x84)
  if (onionReturn.length === 177) relay.machine.handleReturn3({ onionReturn, data }, NOW)
  else relay.machine.handleReturn2({ onionReturn, data }, NOW)
  const bytes = relay.take().bytes
  return { previous: bytes.slice(1, bytes.length - 1) }
}

test('sends nothing to port 0, to everybody, or from the internet into the local network', () => {
  const relays = threeRelays()
  const stranger = new Address(Uint8Array.of(8, 8, 8, 8), 33_445)
  const path = OnionPath.create([relays[0].node, relays[1].node, relays[2].node], client, random)
  const packet = path?.wrap(Uint8Array.of(0x83), DESTINATION, random) ?? new Uint8Array(0)
  relays[0].machine.handleSendInitial(decode(onionSendInitial, packet), stranger, NOW)
  expect(relays[0].sent).toEqual([])
  for (const host of ['224.0.0.1', '255.255.255.255', '0.0.0.0']) {
    expect(through(relays, Uint8Array.of(0x83), Address.parse(host, 33_445)).third).toBeUndefined()
  }
  expect(through(relays, Uint8Array.of(0x83), new Address(Uint8Array.of(10, 0, 0, 1), 0)).third).toBeUndefined()
})

test('drops layers that are not for it, and ways back that it did not seal', () => {
  const relay = new Relay(lan(11))
  const path = OnionPath.create([new Relay(lan(12)).node, relay.node, relay.node], client, random)
  const packet = path?.wrap(Uint8Array.of(0x83), DESTINATION, random) ?? new Uint8Array(0)
  relay.machine.handleSendInitial(decode(onionSendInitial, packet), CLIENT, NOW)
  relay.machine.handleReturn3({ onionReturn: new Uint8Array(177), data: Uint8Array.of(0x84) }, NOW)
  expect(relay.sent).toEqual([])
  expect(relay.counters.get('onion.unopened')).toBe(2)
})

test('a return packet decodes to the way back and the data', () => {
  const value = { onionReturn: new Uint8Array(177).fill(1), data: Uint8Array.of(0x84, 2) }
  expect(decode(onionReturn3, encode(onionReturn3, value))).toEqual(value)
})
