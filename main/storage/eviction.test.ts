import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { propertySeed } from '../base/test-seed.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { victims } from './eviction.ts'
import { VaultIndex } from './vault-index.ts'

beforeAll(() => sodiumReady)

const NOW = 1_000

interface Item {
  readonly prefix: string | undefined
  readonly kind: 'deposit' | 'repair'
  readonly price: number
  readonly lifeMs: number
  readonly sizeBytes: number
}

function indexOf(items: readonly Item[]): VaultIndex {
  const index = new VaultIndex(1)
  for (const [slot, { prefix, kind, price, lifeMs, sizeBytes }] of items.entries()) {
    index.add({
      recordId: new Uint8Array(32),
      mailbox: new Uint8Array(32),
      slot,
      revision: 0,
      kind: 'record',
      counter: 0,
      notAfter: NOW + lifeMs,
      endsAt: NOW + lifeMs,
      sizeBytes,
      lengthBytes: sizeBytes,
      copiesPerRing: 2,
      price,
      origin: { kind, prefix },
      places: [slot],
    })
  }
  return index
}

test('repair goes before deposits, then the heaviest prefix pays with what has the least paid time left', () => {
  const item = (kind: Item['kind'], prefix: string, price: number, lifeMs: number, sizeBytes = 100): Item => {
    return { kind, prefix, price, lifeMs, sizeBytes }
  }
  const index = indexOf([
    item('deposit', 'a', 1, 500),
    item('deposit', 'a', 9, 100),
    item('deposit', 'a', 2, 100),
    item('deposit', 'b', 1, 1, 250),
    item('repair', 'c', 100, 9_000),
  ])
  const order = [...victims(index, NOW)]
  expect(order.map(({ row }) => row)).toEqual([4, 2, 3, 0, 1])
  expect(order[0]?.isRepair).toBe(true)
  expect(order[1]?.worth).toBe(200)
})

test('yields every row once, each by the rule after those before it are gone', () => {
  const items: fc.Arbitrary<Item> = fc.record({
    prefix: fc.constantFrom('a', 'b', 'c', undefined),
    kind: fc.constantFrom('deposit', 'repair'),
    price: fc.nat(5),
    lifeMs: fc.integer({ min: 1, max: 5 }),
    sizeBytes: fc.integer({ min: 1, max: 9 }),
  })
  fc.assert(
    fc.property(fc.array(items, { maxLength: 40 }), (list) => {
      const index = indexOf(list)
      const left = new Set(list.keys())
      for (const { row } of victims(index, NOW)) {
        const chosen = list[row] as Item
        const rivals = [...left].map((other) => list[other] as Item)
        const isRepairLeft = rivals.some(({ kind }) => kind === 'repair')
        expect(chosen.kind).toBe(isRepairLeft ? 'repair' : 'deposit')
        const same = rivals.filter(({ kind }) => kind === chosen.kind)
        const weight = (prefix: string | undefined) =>
          same.filter((other) => other.prefix === prefix).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
        for (const { prefix } of same) expect(weight(chosen.prefix)).toBeGreaterThanOrEqual(weight(prefix))
        const worth = ({ price, lifeMs }: Item) => price * lifeMs
        for (const other of same.filter(({ prefix }) => prefix === chosen.prefix)) {
          expect(worth(chosen)).toBeLessThanOrEqual(worth(other))
        }
        left.delete(row)
      }
      expect(left.size).toBe(0)
    }),
    { seed: propertySeed() },
  )
})
