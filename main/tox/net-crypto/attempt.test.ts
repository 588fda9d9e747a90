import { expect, test } from 'vitest'
import { SeededRandom } from '../../base/random.ts'
import { createKeyPair } from '../../crypto/keys.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { Attempt } from './attempt.ts'

await sodiumReady

const packet = Uint8Array.of(1)

test('is due at once, soon again, then each second, and over a second after the last', () => {
  const attempt = new Attempt(new SeededRandom(1), packet, 5_000)
  const sentAt: number[] = []
  while (!attempt.isOver(attempt.dueAt)) {
    sentAt.push(attempt.dueAt - 5_000)
    expect(attempt.take(attempt.dueAt)).toBe(packet)
  }
  expect(sentAt).toEqual([0, 250, 1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000])
  expect(attempt.isOver(12_999)).toBe(false)
  expect(attempt.isOver(13_000)).toBe(true)
})

test('begins to count anew with another packet, and keeps its keys', () => {
  const attempt = new Attempt(new SeededRandom(1), packet, 0)
  const { publicKey } = attempt.keys
  for (let sent = 0; sent < 9; sent += 1) attempt.take(1_000 * sent)
  attempt.replacePacket(Uint8Array.of(2), 7_500)
  expect(attempt.isOver(20_000)).toBe(false)
  expect(attempt.dueAt).toBe(7_500)
  expect(attempt.packet).toEqual(Uint8Array.of(2))
  attempt.take(7_500)
  expect(attempt.keys.publicKey).toBe(publicKey)
})

test('gives the packet again to who lacks it, four times a second, and counts that neither as sent nor as due', () => {
  const attempt = new Attempt(new SeededRandom(1), packet, 0)
  attempt.take(0)
  const given = [100, 250, 300, 499, 500].map((now) => attempt.takeAgain(now) !== undefined)
  expect(given).toEqual([false, true, false, false, true])
  expect(attempt.dueAt).toBe(250)
})

test('measures the round trip only if the packet was sent once', () => {
  const once = new Attempt(new SeededRandom(1), packet, 0)
  once.take(100)
  once.noteAnswered(130)
  expect(once.roundTrip.ms).toBe(30)
  const twice = new Attempt(new SeededRandom(1), packet, 0)
  twice.take(100)
  twice.take(1_100)
  twice.noteAnswered(1_105)
  expect(twice.roundTrip.ms).toBe(1_000)
})

test('wipes its session secret', () => {
  const attempt = new Attempt(new SeededRandom(1), packet, 0)
  const peer = createKeyPair(new SeededRandom(2))
  const before = attempt.keys.agree(peer.publicKey)?.bytes.slice()
  attempt.wipe()
  expect(attempt.keys.agree(peer.publicKey)?.bytes).not.toEqual(before)
})
