import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

/**
 * Goal: text can be read in both themes (WCAG 2.2 AA), whatever colours are tried next.
 * Method: reads the tokens themselves and computes the contrast of each pair that components put together.
 */

const TOKENS = readFileSync(join(import.meta.dirname, '../renderer/styles/tokens.css'), 'utf8')

const SURFACES = ['surface', 'surface-side', 'surface-raised', 'surface-sunken', 'surface-hover', 'surface-selected']
const TEXTS = ['text', 'text-muted', 'accent-text', 'danger']

const TEXT_PAIRS: readonly (readonly [text: string, surface: string])[] = [
  ...SURFACES.flatMap((surface) => TEXTS.map((text): [string, string] => [text, surface])),
  ['text', 'surface-pressed'],
  ['text-muted', 'surface-pressed'],
  ['text-faint', 'surface'],
  ['text-faint', 'surface-side'],
  ['text-faint', 'surface-raised'],
  ['on-accent', 'accent'],
  ['on-accent', 'accent-hover'],
  ['on-danger', 'danger'],
  ['on-danger', 'danger-hover'],
  ['bubble-own-text', 'bubble-own'],
  ['bubble-own-muted', 'bubble-own'],
  ['text', 'bubble-other'],
  ['text-muted', 'bubble-other'],
  ['text', 'accent-soft'],
  ['text', 'warning-soft'],
  ['text', 'danger-soft'],
  ['warning', 'surface'],
  ['warning', 'surface-raised'],
]

/** What is no text but must be seen: edges of fields, dots, the focus. */
const SHAPE_PAIRS: readonly (readonly [shape: string, surface: string])[] = [
  ...['border-strong', 'focus', 'online', 'away', 'busy', 'offline'].flatMap((shape): [string, string][] => [
    [shape, 'surface'],
    [shape, 'surface-side'],
  ]),
  ['border-strong', 'surface-raised'],
  ['warning', 'warning-soft'],
  ['danger', 'danger-soft'],
]

test.each(TEXT_PAIRS)('%s on %s has at least 4.5 : 1 in both themes', (text, surface) => {
  expect(contrastsOf(text, surface)).toEqual([expect.toSatisfy(atLeast(4.5)), expect.toSatisfy(atLeast(4.5))])
})

test.each(SHAPE_PAIRS)('%s on %s has at least 3 : 1 in both themes', (shape, surface) => {
  expect(contrastsOf(shape, surface)).toEqual([expect.toSatisfy(atLeast(3)), expect.toSatisfy(atLeast(3))])
})

test('the formula knows black on white', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21)
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2)
})

function atLeast(ratio: number) {
  return (value: unknown) => typeof value === 'number' && value >= ratio
}

function contrastsOf(first: string, second: string): number[] {
  const [light, dark] = themesOf(first)
  const [otherLight, otherDark] = themesOf(second)
  return [contrast(light, otherLight), contrast(dark, otherDark)]
}

function themesOf(name: string): [light: string, dark: string] {
  const match = new RegExp(String.raw`--${name}: light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)`).exec(TOKENS)
  if (!match?.[1] || !match[2]) throw new Error(`tokens.css has no colour --${name}`)
  return [match[1], match[2]]
}

/** WCAG 2.2, "contrast ratio". */
function contrast(first: string, second: string): number {
  const [dark = 0, light = 0] = [luminance(first), luminance(second)].toSorted((left, right) => left - right)
  return (light + 0.05) / (dark + 0.05)
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
