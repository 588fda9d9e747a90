import { expect, test } from 'vitest'
import { Address } from '../base/address.ts'
import { PublicKey } from '../crypto/keys.ts'
import { RoundTrips } from './round-trips.ts'

function contact(index: number) {
  const key = new Uint8Array(32)
  new DataView(key.buffer).setUint32(0, index)
  return { key: new PublicKey(key), address: new Address(Uint8Array.of(127, 0, 0, 1), 1) }
}

test('follows RFC 6298: smoothed round trip plus four variations', () => {
  const trips = new RoundTrips()
  trips.recordAnswer(contact(1), 200, 0)
  expect(trips.timeoutMs(contact(1))).toBe(200 + 4 * 100)
  trips.recordAnswer(contact(1), 280, 0)
  expect(trips.rttMs(contact(1))).toBe(210)
  expect(trips.timeoutMs(contact(1))).toBe(210 + 4 * 95)
})

test('a steady path is waited for little longer than it takes', () => {
  const trips = new RoundTrips()
  for (let round = 0; round < 50; round += 1) trips.recordAnswer(contact(1), 200, 0)
  expect(trips.timeoutMs(contact(1))).toBe(250)
  expect(trips.hedgeAfterMs(contact(1))).toBeLessThan(210)
})

test('a contact never asked is given what the others took', () => {
  const trips = new RoundTrips()
  expect(trips.timeoutMs(contact(1))).toBe(800)
  for (let index = 2; index < 40; index += 1) trips.recordAnswer(contact(index), 100, 0)
  expect(trips.rttMs(contact(1))).toBeUndefined()
  expect(trips.timeoutMs(contact(1))).toBe(200)
  expect(trips.hedgeAfterMs(contact(1))).toBe(100)
})

test('time-outs double the wait until a clean measurement comes', () => {
  const trips = new RoundTrips()
  for (let round = 0; round < 50; round += 1) trips.recordAnswer(contact(1), 100, 0)
  expect(trips.timeoutMs(contact(1))).toBe(150)
  trips.recordTimeout(contact(1))
  trips.recordTimeout(contact(1))
  expect(trips.timeoutMs(contact(1))).toBe(300)
  trips.recordAnswer(contact(1), undefined, 5)
  expect(trips.timeoutMs(contact(1))).toBe(300)
  trips.recordAnswer(contact(1), 100, 6)
  expect(trips.timeoutMs(contact(1))).toBe(150)
})

test('an answer to a repeated request proves the address but measures nothing', () => {
  const trips = new RoundTrips()
  trips.recordAnswer(contact(1), undefined, 77)
  expect(trips.answeredAt(contact(1))).toBe(77)
  expect(trips.rttMs(contact(1))).toBeUndefined()
})

test('a contact that was given up is doubtful until it answers or half a minute has passed', () => {
  const trips = new RoundTrips()
  trips.recordAnswer(contact(1), 100, 0)
  trips.recordSilence(contact(1), 1_000)
  trips.recordSilence(contact(2), 1_000)
  expect([contact(1), contact(2), contact(3)].map((each) => trips.isDoubtful(each, 2_000))).toEqual([true, true, false])
  trips.recordAnswer(contact(1), undefined, 3_000)
  expect([contact(1), contact(2)].map((each) => trips.isDoubtful(each, 3_000))).toEqual([false, true])
  expect(trips.isDoubtful(contact(2), 31_000)).toBe(false)
})

test('forgets the contacts that were not used for longest', () => {
  const trips = new RoundTrips()
  for (let index = 0; index < 4_097; index += 1) trips.recordAnswer(contact(index), 10, 0)
  expect(trips.answeredAt(contact(0))).toBeUndefined()
  expect(trips.answeredAt(contact(1))).toBe(0)
})
