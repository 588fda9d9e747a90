import { gzipSync } from 'node:zlib'
import { createLogger } from 'vite'
import { beforeAll, expect, test, vi } from 'vitest'
import { BuiltRenderer } from '../e2e/support/built-renderer.ts'

/** What must have come over before the first paint (docs/adr/0013). */
const FIRST_PAINT_BYTES_MAX = 350 * 1_024

/** Vite complains about larger ones where it writes them. */
const SCRIPT_CHARS_MAX = 500_000

let renderer: BuiltRenderer
/** What the build tools complain about; a first start shows it. */
const complaints: string[] = []

beforeAll(async () => {
  // As it is built for use: what a test runs in brings React's warnings along.
  vi.stubEnv('NODE_ENV', 'production')
  const complain = (text: string) => void complaints.push(text)
  const customLogger = { ...createLogger('silent'), warn: complain, warnOnce: complain, error: complain }
  renderer = await BuiltRenderer.build({ customLogger })
})

test('the page is built without a complaint, also of scripts that are too large', () => {
  expect(complaints).toEqual([])
  const large = renderer.output.filter((part) => part.type === 'chunk' && part.code.length > SCRIPT_CHARS_MAX)
  expect(large.map(({ fileName }) => fileName)).toEqual([])
})

test('what the first paint waits for stays below its bound', () => {
  const bytes = renderer.firstFiles.map((name) => gzipSync(renderer.textOf(name)).length)
  expect(bytes.length).toBeGreaterThan(1)
  expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(FIRST_PAINT_BYTES_MAX)
})

test('emoji data, chart, QR reader and settings come later', () => {
  const early = renderer.output.flatMap((part) =>
    part.type === 'chunk' && renderer.firstFiles.includes(part.fileName) ? Object.keys(part.modules) : [],
  )
  const late = /emojibase-data|uplot|qr\/decode|features\/settings\//
  expect(early.filter((id) => late.test(id))).toEqual([])
  expect(early.some((id) => id.endsWith('renderer/app.tsx'))).toBe(true)
})

test('nothing in the page is inline, and nothing comes from elsewhere', () => {
  expect([...renderer.page.matchAll(/<script(?![^>]*\bsrc=)/g)]).toEqual([])
  expect(renderer.page).not.toMatch(/<style|\bstyle=|\bon\w+=/)
  for (const [, address = ''] of renderer.page.matchAll(/(?:src|href)="([^"]*)"/g))
    expect(address).toMatch(/^\.\/assets\//)
  const styles = renderer.output
    .filter(({ fileName }) => fileName.endsWith('.css'))
    .map(({ fileName }) => renderer.textOf(fileName))
  expect(styles.join('')).not.toMatch(/url\((?:data:|https?:|\/\/)/)
})
