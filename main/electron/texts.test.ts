import { expect, test } from 'vitest'
import { de } from './text/de.ts'
import { en } from './text/en.ts'
import { textsOf } from './texts.ts'

test('the language of the settings holds, else that of the system, else English', () => {
  expect(textsOf('de', 'en-US')).toBe(de)
  expect(textsOf('en', 'de-DE')).toBe(en)
  expect(textsOf('system', 'de-AT')).toBe(de)
  expect(textsOf('system', 'fr')).toBe(en)
  expect(textsOf('pseudo-rtl', 'de')).toBe(en)
})

test('counts have a singular', () => {
  expect([en.unread(1), en.unread(2)]).toEqual(['1 unread message', '2 unread messages'])
  expect([de.unread(1), de.unread(2)]).toEqual(['1 ungelesene Nachricht', '2 ungelesene Nachrichten'])
})
