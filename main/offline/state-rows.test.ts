import { expect, test } from 'vitest'
import { DecodeError } from '../base/byte-reader.ts'
import { decode, encode } from '../wire/codec.ts'
import { CURRENT, doneRow, heldRow, orderRow, readsRow, receiveRow, sendRow } from './state-rows.ts'
import { SeededRandom } from '../base/random.ts'
import { createKeyPair } from '../crypto/keys.ts'
import { sodiumReady } from '../crypto/sodium.ts'

await sodiumReady

test('rows come back as they were written, with whole milliseconds', () => {
  const skipped = Array.from({ length: 1_000 }, (_, slot) => ({ slot, key: new Uint8Array(32), skippedAt: 1_234.75 }))
  const row = encode(receiveRow, { ...CURRENT, nextSlot: 1_000, chainKey: new Uint8Array(32).fill(1), skipped })
  const { skipped: again, nextSlot } = decode(receiveRow, row)
  expect(nextSlot).toBe(1_000)
  expect(again).toHaveLength(1_000)
  expect(again[0]?.skippedAt).toBe(1_234)
  const order = { ...CURRENT, next: 2 ** 52, missing: [1, 2, 3] }
  expect(decode(orderRow, encode(orderRow, order))).toEqual(order)
  const sent = { ...CURRENT, nextSlot: 3, chainKey: undefined }
  expect(decode(sendRow, encode(sendRow, sent))).toEqual(sent)
  const friend = createKeyPair(new SeededRandom(1)).publicKey
  const done = decode(doneRow, encode(doneRow, { ...CURRENT, friend, state: 'collected', doneAt: 5 }))
  expect(done.state).toBe('collected')
})

test('a row of another version, with an unknown word or of another length is not read', () => {
  const row = encode(readsRow, { ...CURRENT, messageIds: [new Uint8Array(16)] })
  const other = row.slice()
  other[0] = 2
  expect(() => decode(readsRow, other)).toThrow(DecodeError)
  expect(() => decode(readsRow, row.subarray(0, 9))).toThrow(DecodeError)
  expect(() => decode(heldRow, new Uint8Array(3))).toThrow(DecodeError)
  const friend = createKeyPair(new SeededRandom(1)).publicKey
  const done = encode(doneRow, { ...CURRENT, friend, state: 'read', doneAt: 5 })
  done[33] = 99
  expect(() => decode(doneRow, done)).toThrow(DecodeError)
})
