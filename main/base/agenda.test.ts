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

test('what is not retained is gone, and the rest comes as it would have come', () => {
  const moments = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 200 })
  const property = fc.property(moments, (list) => {
    const [agenda, expected] = [new Agenda<number>(), new Agenda<number>()]
    const isKept = (at: number, item: number) => (at + item) % 3 !== 0
    list.forEach((at, index) => agenda.add(at, index))
    agenda.retain(isKept)
    list.forEach((at, index) => isKept(at, index) && expected.add(at, index))
    expect(agenda.count).toBe(expected.count)
    for (const subject of [agenda, expected]) subject.add(10, -1)
    for (let left = agenda.count; left > 0; left -= 1) expect(agenda.take()?.item).toBe(expected.take()?.item)
  })
  fc.assert(property, { seed: propertySeed() })
})
