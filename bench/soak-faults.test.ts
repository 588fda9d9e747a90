import { expect, test } from 'vitest'
import { type Exchange, faultsOf } from './soak-faults.ts'

const ONE = { text: 'one', state: 'collected' } as const
const TWO = { text: 'two', state: 'read' } as const
const GOOD: Exchange = {
  taken: ['one', 'two'],
  sent: [ONE, TWO],
  received: ['one', 'two'],
}

test('nothing is wrong where all came once, in order, and is said to have come', () => {
  expect(faultsOf(GOOD)).toEqual([])
})

test.each<[string, Partial<Exchange>, string]>([
  ['lost by the sender', { taken: ['none', 'one', 'two'] }, '"none" was taken and is not in the history'],
  ['lost on the way', { received: ['one'] }, '"two" did not come'],
  ['doubled', { received: ['one', 'two', 'two'] }, '"two" came again'],
  ['invented', { received: ['one', 'two', 'three'] }, '"three" came and was never written'],
  ['out of order', { received: ['two', 'one'] }, 'it came as two, one'],
  ['not known to have come', { sent: [{ ...ONE, state: 'stored' }, TWO] }, '"one" is said to be stored'],
])('what is %s is told', (_what, change, words) => {
  expect(faultsOf({ ...GOOD, ...change })).toEqual([words])
})
