import { expect, test } from 'vitest'
import { OnionConnection } from './onion-connection.ts'

const NOW = 1_700_000_000_000

test('is connected at once when announced, and not without any answer', () => {
  const connection = new OnionConnection()
  expect(connection.update(true, NOW)).toBeUndefined()
  expect(connection.isConnected(NOW)).toBe(false)
  connection.noteAnswer(NOW)
  expect(connection.update(true, NOW)).toEqual({ isConnected: true, wasLongAway: true })
  expect(connection.update(true, NOW + 1)).toBeUndefined()
  expect(connection.isConnected(NOW + 1)).toBe(true)
})

test('a moment without announcement is no lost connection, five seconds are', () => {
  const connection = new OnionConnection()
  connection.noteAnswer(NOW)
  connection.update(true, NOW)
  expect(connection.update(false, NOW + 4_999)).toBeUndefined()
  expect(connection.update(false, NOW + 5_000)).toEqual({ isConnected: false, wasLongAway: false })
  expect(connection.isConnected(NOW + 5_000)).toBe(false)
})

test('says whether it was away for long', () => {
  const connection = new OnionConnection()
  connection.noteAnswer(NOW)
  connection.update(true, NOW)
  connection.update(false, NOW + 6_000)
  expect(connection.update(true, NOW + 9_000)).toEqual({ isConnected: true, wasLongAway: false })
  connection.update(false, NOW + 20_000)
  expect(connection.update(true, NOW + 20_001)).toEqual({ isConnected: true, wasLongAway: true })
})

test('without any answer for 75 seconds nobody is there', () => {
  const connection = new OnionConnection()
  connection.noteAnswer(NOW)
  connection.update(true, NOW + 74_999)
  expect([connection.isAnswered(NOW + 74_999), connection.isAnswered(NOW + 75_000)]).toEqual([true, false])
  connection.update(true, NOW + 75_000)
  expect(connection.isConnected(NOW + 79_999)).toBe(false)
})
