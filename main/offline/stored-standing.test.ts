import { expect, test } from 'vitest'
import { utf8Encode } from '../base/bytes.ts'
import { HOUR_MS } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { longTermSecret } from './agreement.ts'
import { NetworkClock } from './network-clock.ts'
import { Outbox } from './outbox.ts'
import { sealEntry } from './seal-entry.ts'
import { copiesNeeded, StoredStanding } from './stored-standing.ts'
import { TestFriend } from './test-friends.ts'

await sodiumReady

function desk(bytes = 10) {
  const world = new TestFriend(1)
  const { epoch } = world.meet(0)
  const outbox = new Outbox({ journal: world.journal, random: world.random })
  const content = { kind: 'file' as const, name: utf8Encode('f'), bytes: new Uint8Array(bytes) }
  const id = outbox.add(world.friend.publicKey, { content, sentAtMs: 1, ttlSeconds: 36_000 }, undefined)
  const entry = outbox.get(id)
  const longTerm = longTermSecret(world.own, world.peer.publicKey)
  if (!entry || !longTerm) throw new Error('no entry')
  sealEntry(entry, { epoch, longTerm, random: world.random, networkNow: 0 })
  const standing = new StoredStanding(outbox, new NetworkClock())
  const shown = (): string => (entry.reason ? `${entry.state} (${entry.reason})` : entry.state)
  const hold = (held: number, wanted: number, part = 0): string => {
    Object.assign(entry.parts[part] ?? {}, { held, wanted })
    standing.showDeposited(entry, 0)
    return shown()
  }
  return { entry, standing, shown, hold }
}

test('two thirds of the copies, rounded up, and never none', () => {
  expect([0, 1, 2, 3, 4, 5, 6, 9].map(copiesNeeded)).toEqual([1, 1, 2, 2, 3, 4, 4, 6])
})

test('storing until two thirds gave receipts, then stored; thin below four nodes', () => {
  const { hold } = desk()
  expect([hold(1, 6), hold(3, 6), hold(4, 6), hold(6, 6)]).toEqual(['storing', 'storing', 'stored', 'stored'])
  const thin = desk()
  expect([thin.hold(1, 3), thin.hold(2, 3)]).toEqual(['storing', 'stored (thin)'])
  expect(desk().hold(1, 1)).toBe('stored (thin)')
  expect(desk().hold(0, 0)).toBe('queued')
})

test('a message in parts is stored when its last part is', () => {
  const { hold } = desk(70_000)
  expect([hold(6, 6, 0), hold(3, 6, 1), hold(4, 6, 1)]).toEqual(['queued', 'storing', 'stored'])
})

test('at risk before about to end before thin', () => {
  const { entry, standing, shown, hold } = desk()
  hold(3, 3)
  expect(shown()).toBe('stored (thin)')
  standing.showStored(entry, 9.5 * HOUR_MS)
  expect(shown()).toBe('stored (expiring)')
  entry.isAtRisk = true
  standing.showStored(entry, 9.5 * HOUR_MS)
  expect(shown()).toBe('stored (at-risk)')
  standing.showStored(entry, 9.5 * HOUR_MS, 30 * HOUR_MS)
  entry.isAtRisk = false
  standing.showStored(entry, 9.5 * HOUR_MS)
  expect(shown()).toBe('stored (thin)')
})
