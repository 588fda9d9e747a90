import { beforeAll, expect, test } from 'vitest'
import { Address } from '../base/address.ts'
import { SeededRandom } from '../base/random.ts'
import { DAY_MS, HOUR_MS } from '../base/time.ts'
import { createKeyPair } from '../crypto/keys.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { OffererBook } from './offerer-book.ts'

beforeAll(() => sodiumReady)

function contact(seed: number, ip: readonly number[]) {
  return { key: createKeyPair(new SeededRandom(seed)).publicKey, address: new Address(Uint8Array.from(ip), 33_445) }
}

test('an offerer is refused for a day, on the internet under another key too', () => {
  const book = new OffererBook()
  const offerer = contact(1, [198, 18, 0, 1])
  const sameHost = contact(2, [198, 18, 0, 1])
  const other = contact(3, [198, 18, 0, 2])
  book.refuse(offerer, true, 0)
  expect(book.isRefused(offerer, DAY_MS - 1)).toBe(true)
  expect(book.isRefused(sameHost, 0)).toBe(true)
  expect(book.isRefused(other, 0)).toBe(false)
  expect(book.isRefused(offerer, DAY_MS)).toBe(false)
})

test('under an address that it has not proved only its key is refused', () => {
  const book = new OffererBook()
  const liar = contact(1, [198, 18, 0, 1])
  const livesThere = contact(2, [198, 18, 0, 1])
  book.refuse(liar, false, 0)
  for (let at = 0; at < 3; at += 1) book.strike(liar, false, at)
  expect([book.isRefused(liar, 1), book.isRefused(livesThere, 1)]).toEqual([true, false])
})

test('at home only the key itself is refused', () => {
  const book = new OffererBook()
  book.refuse(contact(1, [192, 168, 0, 1]), true, 0)
  expect(book.isRefused(contact(2, [192, 168, 0, 1]), 0)).toBe(false)
})

test('an offerer is new for the first hour after it was first met', () => {
  const book = new OffererBook()
  const offerer = contact(1, [198, 18, 0, 1])
  expect(book.isNew(offerer, 0)).toBe(true)
  book.note(offerer, 0)
  book.note(offerer, HOUR_MS)
  expect(book.isNew(offerer, HOUR_MS - 1)).toBe(true)
  expect(book.isNew(offerer, HOUR_MS)).toBe(false)
})

test('what may be chance is forgiven twice a day', () => {
  const book = new OffererBook()
  const offerer = contact(1, [198, 18, 0, 1])
  expect([book.strike(offerer, true, 0), book.strike(offerer, true, 1)]).toEqual([false, false])
  expect(book.isRefused(offerer, 1)).toBe(false)
  expect(book.strike(offerer, true, 2)).toBe(true)
  expect(book.isRefused(offerer, 2)).toBe(true)
})

test('who is watched is so for a day, and is not refused', () => {
  const book = new OffererBook()
  const bringer = contact(1, [198, 18, 0, 1])
  book.watch(bringer, 0)
  expect([book.isWatched(bringer, DAY_MS - 1), book.isRefused(bringer, 0)]).toEqual([true, false])
  expect(book.isWatched(bringer, DAY_MS)).toBe(false)
})

test('whoever brought eight good things is proven, until it brings what nobody else has', () => {
  const book = new OffererBook()
  const bringer = contact(1, [198, 18, 0, 1])
  for (let count = 0; count < 7; count += 1) book.noteProof(bringer)
  expect(book.isProven(bringer)).toBe(false)
  book.noteProof(bringer)
  expect(book.isProven(bringer)).toBe(true)
  book.watch(bringer, 0)
  expect(book.isProven(bringer)).toBe(false)
})
