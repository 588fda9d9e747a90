import { expect, test } from 'vitest'
import { toHex } from '../base/bytes.ts'
import { SeededRandom } from '../base/random.ts'
import { DAY_MS } from '../base/time.ts'
import { createKeyPair } from '../crypto/keys.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { Journal } from './journal.ts'
import { SettledMessages } from './settled-messages.ts'
import { TestSink } from './test-friends.ts'

await sodiumReady
const random = new SeededRandom(3)
const [bob, carol] = [createKeyPair(random).publicKey, createKeyPair(random).publicKey]
const id = new Uint8Array(16).fill(5)

test('a settled message is known to its own friend only, outlives a restart and ends after 62 days', () => {
  const sink = new TestSink()
  const journal = new Journal(sink)
  const settled = new SettledMessages(journal)
  settled.set(bob, toHex(id), 'cancelled', 1_000)
  journal.commit()
  expect(settled.stateOf(bob, id)).toBe('cancelled')
  expect(settled.stateOf(carol, id)).toBeUndefined()
  const again = new SettledMessages(journal)
  for (const [key, row] of sink.rows) again.restore(key.slice('done/'.length), row)
  expect(again.stateOf(bob, id)).toBe('cancelled')
  again.expire(1_000 + 62 * DAY_MS - 1)
  expect(again.count).toBe(1)
  again.expire(1_000 + 62 * DAY_MS)
  journal.commit()
  expect(again.count).toBe(0)
  expect(sink.rows.size).toBe(0)
})

test('past its bound the oldest are forgotten, and those of a removed friend at once', () => {
  const settled = new SettledMessages(new Journal(new TestSink()))
  for (let count = 0; count < 16_390; count += 1) {
    const bytes = new Uint8Array(16)
    new DataView(bytes.buffer).setUint32(0, count)
    settled.set(count % 2 === 0 ? bob : carol, toHex(bytes), 'delivered', count)
  }
  expect(settled.count).toBe(16_384)
  expect(settled.stateOf(bob, new Uint8Array(16))).toBeUndefined()
  settled.eraseFriend(carol)
  expect(settled.count).toBe(8_192)
})
