import { expect, test } from 'vitest'
import type { Address } from '../../base/address.ts'
import { SeededRandom } from '../../base/random.ts'
import { SECOND_MS } from '../../base/time.ts'
import { NatPuncher } from './nat-puncher.ts'
import { testAddress } from './test-nodes.ts'

const SAME_PORT = Array.from({ length: 4 }, () => testAddress(4_000))
const PORTS = [4_000, 4_010, 4_020, 4_030].map((port) => testAddress(port))

test('asks the friend every three seconds, with the same id until it answers', () => {
  const puncher = new NatPuncher(new SeededRandom(1))
  const { pingId } = puncher.collect(SAME_PORT, 0)
  expect(pingId?.length).toBe(8)
  expect(puncher.nextAt).toBe(3 * SECOND_MS)
  expect(puncher.collect(SAME_PORT, 2_999).pingId).toBeUndefined()
  expect(puncher.collect(SAME_PORT, 3_000).pingId).toEqual(pingId)
  if (pingId) puncher.handleResponse(pingId)
  expect(puncher.collect(SAME_PORT, 6_000).pingId).not.toEqual(pingId)
})

test('guesses only when the friend answered and tries to reach us too', () => {
  const puncher = new NatPuncher(new SeededRandom(1))
  const { pingId = new Uint8Array(8) } = puncher.collect(SAME_PORT, 0)
  puncher.handleResponse(new Uint8Array(8))
  puncher.handleRequest(10)
  expect(puncher.collect(SAME_PORT, 10).guesses).toEqual([])
  puncher.handleResponse(pingId)
  expect(puncher.nextAt).toBeLessThan(10)
  expect(puncher.collect(SAME_PORT, 10 + 6_001).guesses).toEqual([])
  puncher.handleRequest(10 + 6_002)
  expect(puncher.collect(SAME_PORT, 10 + 6_002).guesses.length).toBe(1)
  puncher.handleRequest(10 + 9_000)
  expect(puncher.collect(SAME_PORT, 10 + 9_000).guesses).toEqual([])
})

test('pings the one port on which all agree', () => {
  expect(texts(punchRounds(SAME_PORT, 1)[0])).toEqual(['1.2.3.4:4000'])
})

test('does nothing unless four nodes name the same IP', () => {
  const three = [...PORTS.slice(0, 3), testAddress(4_030, '9.9.9.9')]
  expect(punchRounds(three, 1)).toEqual([[]])
})

test('guesses 48 ports a round around those seen, further and further away', () => {
  const [first, second] = punchRounds([...PORTS, testAddress(9, '9.9.9.9')], 2)
  const ports = first?.map(({ port }) => port) ?? []
  expect(ports.length).toBe(48)
  expect(ports.slice(0, 12)).toEqual([4000, 4000, 4010, 4010, 4020, 4020, 4030, 4030, 4001, 3999, 4011, 4009])
  expect(Math.max(...ports)).toBe(4_035)
  expect(second?.length).toBe(48)
  expect(second?.[0]?.port).toBe(4_006)
})

test('after six rounds it tries ports upward from 1024 as well', () => {
  const rounds = punchRounds(SAME_PORT, 8)
  expect(rounds.slice(0, 6).map(({ length }) => length)).toEqual([1, 1, 1, 1, 1, 1])
  expect(rounds[6]?.slice(1).map(({ port }) => port)).toEqual(Array.from({ length: 48 }, (_, index) => 1_024 + index))
  expect(rounds[7]?.[1]?.port).toBe(1_048)
})

test('starts over when it was quiet for more than 40 seconds', () => {
  const puncher = new NatPuncher(new SeededRandom(1))
  const first = punch(puncher, PORTS, 0)
  punch(puncher, PORTS, 3_000)
  expect(texts(punch(puncher, PORTS, 3_000 + 40_001))).toEqual(texts(first))
})

test('guesses no port 0 and goes round at the ends of the range', () => {
  const ports = [1, 2, 65_535, 65_534].map((port) => testAddress(port))
  const guessed = punchRounds(ports, 1)[0]?.map(({ port }) => port) ?? []
  expect(guessed).not.toContain(0)
  expect(guessed).toContain(65_530)
  expect(guessed.every((port) => port > 0 && port <= 0xffff)).toBe(true)
})

function punchRounds(addresses: readonly Address[], count: number): (readonly Address[])[] {
  const puncher = new NatPuncher(new SeededRandom(1))
  return Array.from({ length: count }, (_, round) => punch(puncher, addresses, round * 3 * SECOND_MS))
}

/** One round in which the friend answers and tries too. */
function punch(puncher: NatPuncher, addresses: readonly Address[], now: number): readonly Address[] {
  const { pingId, guesses } = puncher.collect(addresses, now)
  expect(guesses).toEqual([])
  puncher.handleRequest(now)
  if (pingId) puncher.handleResponse(pingId)
  return puncher.collect(addresses, now).guesses
}

function texts(addresses: readonly Address[] = []): string[] {
  return addresses.map(({ text }) => text)
}
