import fc from 'fast-check'
import { expect, test } from 'vitest'
import { propertySeed } from './test-seed.ts'
import { Agenda } from './agenda.ts'

test('gives the soonest first, and of equals the one that was added first', () => {
  const moments = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 200 })
  const property = fc.property(moments, (list) => {
    const agenda = new Agenda<number>()
    list.forEach((at, index) => agenda.add(at, index))
    const expected = list.map((at, index) => ({ at, item: index })).sort((a, b) => a.at - b.at || a.item - b.item)
    const taken = list.map(() => agenda.take())
    expect(taken).toMatchObject(expected)
    expect(agenda.take()).toBeUndefined()
  })
  fc.assert(property, { seed: propertySeed() })
})

test('keeps the order when things are added while others are taken', () => {
  const agenda = new Agenda<string>()
  agenda.add(5, 'late')
  agenda.add(1, 'first')
  expect(agenda.take()).toMatchObject({ at: 1, item: 'first' })
  agenda.add(3, 'between')
  expect(agenda.nextAt).toBe(3)
  expect([agenda.take()?.item, agenda.take()?.item]).toEqual(['between', 'late'])
  expect(agenda.count).toBe(0)
})
