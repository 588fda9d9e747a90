import { expect, test } from 'vitest'
import { plainLine } from './plain-line.ts'

test('a name stays as it is, in any script, with its accents and emoji', () => {
  for (const name of ['Lena', 'שרה', 'محمد\u200f', 'Zoë 👩\u200d🔬', 'नेहा', '']) expect(plainLine(name)).toBe(name)
})

test('nothing in a name turns the words round that stand beside it, or breaks their line', () => {
  expect(plainLine('invoice\u202egpj.exe')).toBe('invoicegpj.exe')
  expect(plainLine('\u2067Lena\u2069\r\n\u0000\u2028is online')).toBe('Lenais online')
})
