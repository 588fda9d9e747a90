import { beforeAll, expect, test } from 'vitest'
import { SeededRandom, randomBelow, randomBytes } from '../base/random.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { type IndexRow, VaultIndex } from './vault-index.ts'

beforeAll(() => sodiumReady)

function rowOf(random: SeededRandom, mailbox: Uint8Array, slot: number): IndexRow {
  return {
    recordId: randomBytes(random, 32),
    mailbox,
    slot,
    revision: randomBelow(random, 2 ** 32),
    kind: (['record', 'cancelled', 'collected'] as const)[randomBelow(random, 3)] ?? 'record',
    counter: randomBelow(random, 2 ** 32),
    notAfter: randomBelow(random, 2 ** 41),
    endsAt: 1 + randomBelow(random, 2 ** 41),
    sizeBytes: randomBelow(random, 70_000),
    lengthBytes: randomBelow(random, 65_537),
    copiesPerRing: randomBelow(random, 2) === 0 ? 2 : 3,
    price: randomBelow(random, 1_000) / 7,
    origin: { kind: 'deposit', prefix: `203.0.${randomBelow(random, 5)}` },
    places: [0, 1, 2].map(() => randomBelow(random, 2 ** 48)),
  }
}

test('gives back each row as it was, through growth, removal and reuse', () => {
  const random = new SeededRandom(5)
  const index = new VaultIndex(3)
  const mailboxes = Array.from({ length: 40 }, () => randomBytes(random, 32))
  const held = new Map<number, IndexRow>()
  for (let step = 0; step < 3_000; step += 1) {
    const [row] = [...held.keys()].slice(randomBelow(random, Math.max(1, held.size)))
    if (row !== undefined && randomBelow(random, 3) === 0) {
      index.remove(row)
      held.delete(row)
      continue
    }
    const value = rowOf(random, mailboxes[randomBelow(random, 40)] ?? new Uint8Array(32), step)
    held.set(index.add(value), value)
  }
  expect(index.count).toBe(held.size)
  expect(index.count).toBeGreaterThan(800)
  for (const [row, value] of held) {
    expect(index.at(row)).toEqual(value)
    expect(index.find(value.mailbox, value.slot)).toBe(row)
  }
  const values = [...held.values()]
  expect(index.usedBytes).toBe(values.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0))
  expect(index.tombstoneCount).toBe(values.filter(({ kind }) => kind !== 'record').length)
  for (const mailbox of mailboxes) {
    const expected = values.filter((value) => value.mailbox === mailbox)
    expect(index.mailboxUsage(mailbox).count).toBe(expected.length)
    const slots = index.rowsOf(mailbox).map((row) => index.at(row).slot)
    expect(new Set(slots)).toEqual(new Set(expected.map(({ slot }) => slot)))
  }
  expect(index.rowsIn(2, 0, 0, 1e6)).toHaveLength(held.size)
  for (const row of held.keys()) index.remove(row)
  expect([index.count, index.usedBytes, index.tombstoneCount]).toEqual([0, 0, 0])
})
