import fc from 'fast-check'
import { expect, test } from 'vitest'
import { propertySeed } from '../base/test-seed.ts'
import { PlaceOrder } from './place-order.ts'

test('a range of the circle is what lies clockwise after its start, up to and with its end', () => {
  const places = [10, 20, 30, 20]
  const order = new PlaceOrder((row) => places[row] ?? 0)
  for (const row of places.keys()) order.add(row)
  expect(order.rowsIn(10, 30, 9)).toEqual([1, 3, 2])
  expect(order.rowsIn(20, 10, 9)).toEqual([2, 0])
  expect(order.rowsIn(20, 20, 9)).toEqual([2, 0, 1, 3])
  expect(order.rowsIn(10, 30, 2)).toEqual([1, 3])
  expect(order.rowsIn(10, 30, 2, (row) => row !== 1)).toEqual([3, 2])
  order.remove(1)
  expect(order.rowsIn(10, 30, 9)).toEqual([3, 2])
})

test('agrees with a plain search, whatever is added and removed', () => {
  const script = fc.array(fc.record({ place: fc.nat(40), isRemoved: fc.boolean() }), { maxLength: 400 })
  fc.assert(
    fc.property(script, fc.nat(40), fc.nat(40), (rows, from, to) => {
      const order = new PlaceOrder((row) => rows[row]?.place ?? 0)
      for (const row of rows.keys()) order.add(row)
      for (const [row, { isRemoved }] of rows.entries()) if (isRemoved) order.remove(row)
      const distance = (row: number) => ((rows[row]?.place ?? 0) - from + 41) % 41 || 41
      const span = (to - from + 41) % 41 || 41
      const expected = [...rows.keys()]
        .filter((row) => !rows[row]?.isRemoved && distance(row) <= span)
        .toSorted((left, right) => distance(left) - distance(right) || left - right)
      expect(order.rowsIn(from, to, 1_000)).toEqual(expected)
    }),
    { seed: propertySeed() },
  )
})
