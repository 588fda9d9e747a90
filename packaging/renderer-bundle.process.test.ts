import { resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type Rolldown, build, createLogger } from 'vite'
import { beforeAll, expect, test, vi } from 'vitest'

const ROOT = resolve(import.meta.dirname, '..')
/** What must have come over before the first paint (docs/adr/0013). */
const FIRST_PAINT_BYTES_MAX = 350 * 1_024

/** Vite complains about larger ones where it writes them. */
const SCRIPT_CHARS_MAX = 500_000

let output: Rolldown.RolldownOutput['output']
let page: string
/** What the build tools complain about; a first start shows it. */
const complaints: string[] = []

beforeAll(async () => {
  // As it is built for use: what a test runs in brings React's warnings along.
  vi.stubEnv('NODE_ENV', 'production')
  const complain = (text: string) => void complaints.push(text)
  const built = await build({
    configFile: resolve(ROOT, 'vite.config.ts'),
    customLogger: { ...createLogger('silent'), warn: complain, warnOnce: complain, error: complain },
    build: { write: false },
  })
  if (Array.isArray(built) || !('output' in built)) throw new Error('the renderer is built once, for one place')
  output = built.output
  page = textOf('index.html')
})

test('the page is built without a complaint, also of scripts that are too large', () => {
  expect(complaints).toEqual([])
  const large = output.filter((part) => part.type === 'chunk' && part.code.length > SCRIPT_CHARS_MAX)
  expect(large.map(({ fileName }) => fileName)).toEqual([])
})

test('what the first paint waits for stays below its bound', () => {
  const bytes = firstFiles().map((name) => gzipSync(textOf(name)).length)
  expect(bytes.length).toBeGreaterThan(1)
  expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(FIRST_PAINT_BYTES_MAX)
})

test('emoji data, chart, QR reader and settings come later', () => {
  const early = output.flatMap((part) =>
    part.type === 'chunk' && firstFiles().includes(part.fileName) ? Object.keys(part.modules) : [],
  )
  const late = /emojibase-data|uplot|qr\/decode|features\/settings\//
  expect(early.filter((id) => late.test(id))).toEqual([])
  expect(early.some((id) => id.endsWith('renderer/app.tsx'))).toBe(true)
})

test('nothing in the page is inline, and nothing comes from elsewhere', () => {
  expect([...page.matchAll(/<script(?![^>]*\bsrc=)/g)]).toEqual([])
  expect(page).not.toMatch(/<style|\bstyle=|\bon\w+=/)
  for (const [, address = ''] of page.matchAll(/(?:src|href)="([^"]*)"/g)) expect(address).toMatch(/^\.\/assets\//)
  const styles = output.filter(({ fileName }) => fileName.endsWith('.css')).map(({ fileName }) => textOf(fileName))
  expect(styles.join('')).not.toMatch(/url\((?:data:|https?:|\/\/)/)
})

/** The page's own scripts and styles, and what those load at once. */
function firstFiles(): string[] {
  const names = [...page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.(?:js|css))"/g)].map(([, name = '']) => name)
  const known = new Set(names)
  for (const name of known) {
    const part = output.find(({ fileName }) => fileName === name)
    if (part?.type === 'chunk') for (const imported of part.imports) known.add(imported)
  }
  return [...known]
}

function textOf(fileName: string): string {
  const part = output.find((candidate) => candidate.fileName === fileName)
  if (!part) throw new Error(`the build has no ${fileName}`)
  if (part.type === 'chunk') return part.code
  return typeof part.source === 'string' ? part.source : Buffer.from(part.source).toString('utf8')
}
