import { expect, test } from 'vitest'
import { PublicKey } from '../../crypto/keys.ts'
import { NetCryptoEvents } from './net-crypto-event.ts'

test('data stays with the sessions long before there is no room for other news', () => {
  const events = new NetCryptoEvents()
  const realKey = new PublicKey(new Uint8Array(32))
  let count = 0
  while (events.hasRoomForData) {
    expect(events.push({ kind: 'data', realKey, data: Uint8Array.of(64) })).toBe(true)
    count += 1
  }
  expect(count).toBe(8_192)
  while (events.push({ kind: 'closed', realKey, reason: 'killed' })) count += 1
  expect(count).toBe(32_768)
  expect(events.poll()?.kind).toBe('data')
  expect(events.push({ kind: 'closed', realKey, reason: 'killed' })).toBe(true)
})
