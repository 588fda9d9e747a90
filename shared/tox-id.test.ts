import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatToxId, isToxId, parseToxId, TOX_ID_DIGITS } from './tox-id.ts'

/** The echo bot that the Tox wiki has printed for years. */
const PRINTED = '76518406F6A9F2217E8DC487CC783C25CC16A15EB36FF32E335A235342C48A39218F515C39A6'

/** A fixed seed: `shared` may not reach for the one of the commit. */
const seed = 38

const hex = (digits: number) =>
  fc
    .array(fc.constantFrom(...'0123456789abcdefABCDEF'.split('')), { minLength: digits, maxLength: digits })
    .map((d) => d.join(''))
const key = hex(64).map((digits) => `${digits.slice(0, 62)}${'4f'}`)

test('takes a printed Tox ID apart and puts it together again', () => {
  const parts = parseToxId(PRINTED)
  expect(parts).toEqual({ publicKey: PRINTED.slice(0, 64), nospam: '218F515C' })
  expect('problem' in parts ? parts.problem : formatToxId(parts)).toBe(PRINTED)
})

test('forgives case, spaces and the scheme of a link', () => {
  const spaced = `  tox:${PRINTED.toLowerCase().slice(0, 40)}\n ${PRINTED.slice(40)} `
  expect(parseToxId(spaced)).toEqual(parseToxId(PRINTED))
})

test('names what is wrong', () => {
  const problem = (text: string) => parseToxId(text)
  expect(problem('')).toEqual({ problem: 'wrongLength' })
  expect(problem(PRINTED.slice(1))).toEqual({ problem: 'wrongLength' })
  expect(problem(`${PRINTED}00`)).toEqual({ problem: 'wrongLength' })
  expect(problem(PRINTED.replace('7', 'g'))).toEqual({ problem: 'notHex' })
  expect(problem(`${PRINTED.slice(0, -1)}7`)).toEqual({ problem: 'badChecksum' })
  const notAKey = formatToxId({ publicKey: 'F'.repeat(64), nospam: '00000000' })
  expect(problem(notAKey)).toEqual({ problem: 'notAKey' })
  expect(isToxId(PRINTED)).toBe(true)
  expect(isToxId(notAKey)).toBe(false)
})

test('refuses to write what is no key or nospam', () => {
  expect(() => formatToxId({ publicKey: 'AB', nospam: '00000000' })).toThrow(RangeError)
  expect(() => formatToxId({ publicKey: 'A'.repeat(64), nospam: '0000000' })).toThrow(RangeError)
})

test('every key and nospam survive the way through text, and any one wrong digit is noticed', () => {
  const digit = fc.constantFrom(...'0123456789ABCDEF'.split(''))
  const place = fc.nat({ max: TOX_ID_DIGITS - 1 })
  fc.assert(
    fc.property(key, hex(8), place, digit, (publicKey, nospam, at, other) => {
      const text = formatToxId({ publicKey, nospam })
      expect(parseToxId(text)).toEqual({ publicKey: publicKey.toUpperCase(), nospam: nospam.toUpperCase() })
      const changed = text.slice(0, at) + other + text.slice(at + 1)
      expect(isToxId(changed)).toBe(changed === text)
    }),
    { seed },
  )
})

test('never throws, whatever a person types', () => {
  const anything = fc.oneof(fc.string({ maxLength: 100 }), fc.string({ unit: 'grapheme', maxLength: 80 }))
  fc.assert(
    fc.property(anything, (text) => typeof isToxId(text) === 'boolean'),
    { seed },
  )
})
