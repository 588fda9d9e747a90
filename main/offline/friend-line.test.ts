import { expect, test } from 'vitest'
import { SeededRandom } from '../base/random.ts'
import { createKeyPair } from '../crypto/keys.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { FriendLine } from './friend-line.ts'

await sodiumReady
const friend = createKeyPair(new SeededRandom(1)).publicKey

function lineWithRoom(room: { count: number }) {
  const sent: number[] = []
  const sendCustom = (_friend: unknown, data: Uint8Array) => {
    if (room.count === 0) return { kind: 'full' as const }
    room.count -= 1
    sent.push(data[1] ?? 0)
    return { kind: 'sent' as const, receiptId: sent.length }
  }
  return { line: new FriendLine(friend, { sendCustom }), sent }
}

test('packets go out in order as there is room, and none twice', () => {
  const room = { count: 2 }
  const { line, sent } = lineWithRoom(room)
  for (const subType of [1, 2, 3]) line.push(Uint8Array.of(184, subType))
  expect(line.flush(1_000)).toBe(false)
  expect(sent).toEqual([1, 2])
  expect(line.nextTimeout()).toEqual({ at: 1_250, why: 'room to a friend' })
  room.count = 5
  expect(line.flush(1_250)).toBe(true)
  expect(sent).toEqual([1, 2, 3])
  expect(line.nextTimeout()).toBeUndefined()
})

test('a broken connection forgets what was to be said over it', () => {
  const room = { count: 0 }
  const { line, sent } = lineWithRoom(room)
  line.push(Uint8Array.of(184, 1))
  line.flush(0)
  line.clear()
  room.count = 5
  expect(line.flush(0)).toBe(true)
  expect(sent).toEqual([])
})

test('what was said to be read is handed out with its receipt, once', () => {
  const { line } = lineWithRoom({ count: 9 })
  const ids = [new Uint8Array(16)]
  line.push(Uint8Array.of(184, 6), ids)
  line.flush(0)
  expect(line.takeReceipt(2)).toEqual([])
  expect(line.takeReceipt(1)).toEqual(ids)
  expect(line.takeReceipt(1)).toEqual([])
})

test('it holds 256 packets and says when it is full', () => {
  const { line } = lineWithRoom({ count: 0 })
  const kept = Array.from({ length: 300 }, () => line.push(Uint8Array.of(184, 1)))
  expect(kept.filter(Boolean)).toHaveLength(256)
})
