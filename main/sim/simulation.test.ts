import { expect, test } from 'vitest'
import type { Address } from '../base/address.ts'
import { type Random, randomBelow } from '../base/random.ts'
import { earliest, type Instant, SECOND_MS } from '../base/time.ts'
import type { Transmit } from '../base/transmit.ts'
import type { EngineIo } from '../engine/io.ts'
import { HOSTILE_NETWORK, PERFECT_NETWORK } from './sim-network.ts'
import { SIMULATION_START, Simulation } from './simulation.ts'

/** Says a number to a random peer every second and answers odd numbers. */
class Chatterer implements EngineIo {
  readonly heard: { text: string; now: Instant }[] = []
  readonly #peers: Address[]
  readonly #random: Random
  readonly #outbox: Transmit[] = []
  #nextAt: Instant

  constructor(peers: Address[], random: Random, now: Instant) {
    this.#peers = peers
    this.#random = random
    this.#nextAt = now + SECOND_MS
  }

  say(byte: number, to: Address): void {
    this.#outbox.push({ bytes: Uint8Array.of(byte), to })
  }

  handlePacket(bytes: Uint8Array, from: Address, now: Instant): void {
    const byte = bytes[0] ?? 0
    this.heard.push({ text: `${from.text} ${byte}`, now })
    if (byte % 2 === 1) this.say(byte - 1, from)
  }

  handleTimeout(now: Instant): void {
    if (now < this.#nextAt) return
    this.#nextAt = now + SECOND_MS
    const peer = this.#peers[randomBelow(this.#random, Math.max(1, this.#peers.length))]
    if (peer) this.say(randomBelow(this.#random, 256), peer)
  }

  nextTimeout() {
    return earliest({ at: this.#nextAt, why: 'chatter' })
  }

  pollTransmit(): Transmit | undefined {
    return this.#outbox.shift()
  }
}

function world(seed: number, conditions = PERFECT_NETWORK) {
  const simulation = new Simulation(seed, conditions)
  const peers: Address[] = []
  const chatterers = Array.from({ length: 5 }, () => {
    const io = new Chatterer(peers, simulation.createRandom(), simulation.now)
    const node = simulation.addNode(io)
    peers.push(node.address)
    return { io, node }
  })
  return { simulation, chatterers }
}

function historyOf(seed: number): string {
  const { simulation, chatterers } = world(seed, HOSTILE_NETWORK)
  simulation.runFor(60 * SECOND_MS)
  return JSON.stringify(chatterers.map(({ io }) => io.heard))
}

test('the same seed gives the same run, another seed another', () => {
  expect(historyOf(11)).toBe(historyOf(11))
  expect(historyOf(11)).not.toBe(historyOf(12))
})

test('time is virtual, and a datagram takes as long as the network says', () => {
  const { simulation, chatterers } = world(1)
  const [first, second] = chatterers
  first?.node.act(() => first.io.say(2, second?.node.address ?? first.node.address))
  simulation.runFor(60)
  expect(second?.io.heard).toEqual([{ text: `${first?.node.address.text} 2`, now: SIMULATION_START + 50 }])
  expect(simulation.now).toBe(SIMULATION_START + 60)
})

test('runUntil stops at the moment the condition holds, and says when it never did', () => {
  const { simulation, chatterers } = world(2)
  const heard = () => chatterers.some(({ io }) => io.heard.length > 0)
  expect(simulation.runUntil(heard, 10 * SECOND_MS)).toBe(true)
  expect(simulation.now).toBe(SIMULATION_START + SECOND_MS + 50)
  expect(simulation.runUntil(() => false, SECOND_MS)).toBe(false)
})

test('a crashed node hears and says nothing more, and one restarted in its place does', () => {
  const { simulation, chatterers } = world(3)
  const [victim] = chatterers
  simulation.runFor(5 * SECOND_MS)
  victim?.node.crash()
  const heardBefore = victim?.io.heard.length
  const sentBefore = victim?.node.sentCount
  simulation.runFor(10 * SECOND_MS)
  expect([victim?.io.heard.length, victim?.node.sentCount]).toEqual([heardBefore, sentBefore])
  const reborn = new Chatterer([], simulation.createRandom(), simulation.now)
  victim?.node.restart(reborn)
  simulation.runFor(10 * SECOND_MS)
  expect(reborn.heard.length).toBeGreaterThan(0)
  expect(victim?.io.heard.length).toBe(heardBefore)
})

test('a suspended node loses what comes meanwhile and finds its clock far ahead', () => {
  const { simulation, chatterers } = world(4)
  const [sleeper] = chatterers
  sleeper?.node.suspend()
  simulation.runFor(600 * SECOND_MS)
  expect(sleeper?.io.heard).toEqual([])
  sleeper?.node.resume()
  simulation.runFor(2 * SECOND_MS)
  expect(sleeper?.node.sentCount).toBeGreaterThan(0)
})

test('a node with a wrong clock lives by its own time at the true pace', () => {
  const simulation = new Simulation(5, PERFECT_NETWORK)
  const offset = 365 * 86_400_000
  const peer = simulation.createAddress()
  const io = new Chatterer([peer], simulation.createRandom(), simulation.now + offset)
  const node = simulation.addNode(io, { clockOffsetMs: offset })
  simulation.runFor(10 * SECOND_MS)
  expect(node.now).toBe(simulation.now + offset)
  expect(node.sentCount).toBe(10)
})

test('the owner is called after each input, before the datagrams leave', () => {
  const simulation = new Simulation(6, PERFECT_NETWORK)
  const io = new Chatterer([simulation.createAddress()], simulation.createRandom(), simulation.now)
  const calls: { now: Instant; sent: number }[] = []
  const node = simulation.addNode(io, {
    onInput: (now) => calls.push({ now, sent: simulation.network.counters.get('sent') }),
  })
  simulation.runFor(2 * SECOND_MS)
  expect(node.sentCount).toBe(2)
  expect(calls.slice(1)).toEqual([
    { now: SIMULATION_START + SECOND_MS, sent: 0 },
    { now: SIMULATION_START + 2 * SECOND_MS, sent: 1 },
  ])
})

test('addresses lie in prefixes of their own, or all on the loopback network', () => {
  const spread = new Simulation(8, { addressing: { kind: 'prefixes', nodesPerPrefix: 2 } })
  const prefixes = Array.from({ length: 6 }, () => spread.createAddress().prefix)
  expect(new Set(prefixes).size).toBe(3)
  const loopback = new Simulation(8, { addressing: { kind: 'loopback' } })
  const addresses = Array.from({ length: 6 }, () => loopback.createAddress())
  expect(new Set(addresses.map((address) => address.prefix)).size).toBe(1)
  expect(addresses.every((address) => address.scope === 'loopback')).toBe(true)
  expect(new Set(addresses.map((address) => address.text)).size).toBe(6)
})

test('a machine that wants waking without end is found out', () => {
  const { simulation } = world(9)
  const restless: EngineIo = {
    handlePacket: () => {},
    handleTimeout: () => {},
    nextTimeout: () => ({ at: 0, why: 'restless' }),
    pollTransmit: () => undefined,
  }
  simulation.addNode(restless)
  expect(() => simulation.runFor(SECOND_MS)).toThrow('restless')
})
