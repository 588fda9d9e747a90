import { expect, test } from 'vitest'
import { tongueOf } from './texts.ts'

test("follows the system's first language that there is, in its own variant", () => {
  expect(tongueOf('system', ['fr-FR', 'de-AT', 'en-GB'])).toMatchObject({ language: 'de', locale: 'de-AT' })
  expect(tongueOf('system', ['fr-FR'])).toMatchObject({ language: 'en', locale: 'en' })
})

test('a setting beats the system', () => {
  expect(tongueOf('en', ['de-DE'])).toMatchObject({ language: 'en', locale: 'en' })
  expect(tongueOf('pseudo-rtl', ['de-DE'])).toMatchObject({ direction: 'rtl' })
})

test('a system setting that is no language tag does not break dates and numbers', () => {
  const { locale } = tongueOf('system', ['en-US@posix', 'en-GB'])
  expect(locale).toBe('en-GB')
  expect(tongueOf('system', ['en-US@posix']).locale).toBe('en')
})
