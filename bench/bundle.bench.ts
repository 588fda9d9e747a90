/**
 * What each package weighs in the page, before the first paint and later.
 *
 * Run: npm run bench:bundle
 */
import { gzipSync } from 'node:zlib'
import { minify } from 'vite'
import { BuiltRenderer } from '../e2e/support/built-renderer.ts'
import { type Figure, writeReport } from './report.ts'

const KIB = 1_024

/** Nothing in a part says which of it others use. */
const KEEPING_ALL = { module: true, compress: { unused: false }, mangle: { toplevel: true } } as const

interface Weight {
  first: number
  later: number
}

const renderer = await BuiltRenderer.build({ logLevel: 'warn' })
const firstFiles = new Set(renderer.firstFiles)
const weights = await weightsOfPackages()
const heaviestFirst = [...weights].toSorted(([, left], [, right]) => total(right) - total(left))
writeReport({
  name: 'bundle',
  title: 'What each package weighs in the page',
  method:
    'The renderer as it is built for use; of each package what tree shaking leaves, minified and compressed by gzip apart from the rest, chunk by chunk. ' +
    'What the page loads before the first paint is measured as a whole too, where packages share what they have in common.',
  figures: [
    ...heaviestFirst.map(([name, weight]) => figureOf(name, weight)),
    { name: 'before the first paint, scripts', value: kib(bytesOf('.js')), unit: '' },
    { name: 'before the first paint, styles', value: kib(bytesOf('.css')), unit: '' },
    { name: 'before the first paint, all', value: kib(bytesOf('')), unit: '', reach: 'under 350 KB' },
  ],
})

async function weightsOfPackages(): Promise<Map<string, Weight>> {
  const found = new Map<string, Weight>()
  for (const part of renderer.output) {
    if (part.type !== 'chunk') continue
    const when = firstFiles.has(part.fileName) ? 'first' : 'later'
    for (const [name, code] of codeByPackage(part.modules)) {
      const weight = found.get(name) ?? { first: 0, later: 0 }
      weight[when] += gzipSync((await minify('part.js', code, KEEPING_ALL)).code).length
      found.set(name, weight)
    }
  }
  return found
}

function codeByPackage(modules: Readonly<Record<string, { readonly code: string | null }>>): Map<string, string> {
  const found = new Map<string, string>()
  for (const [id, { code }] of Object.entries(modules)) {
    if (code === null) continue
    const name = packageOf(id)
    found.set(name, `${found.get(name) ?? ''}${code}\n`)
  }
  return found
}

/** The package that a module belongs to, by the innermost folder of packages on its path. */
function packageOf(id: string): string {
  if (id.startsWith('\0')) return 'the build tool'
  const [, name] = /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/s.exec(id) ?? []
  return name ?? 'ours'
}

function figureOf(name: string, { first, later }: Weight): Figure {
  const parts = [first > 0 ? `${kib(first)} before the first paint` : '', later > 0 ? `${kib(later)} later` : '']
  return { name, value: parts.filter((part) => part !== '').join(', '), unit: '' }
}

function total({ first, later }: Weight): number {
  return first + later
}

function bytesOf(ending: string): number {
  const files = renderer.firstFiles.filter((name) => name.endsWith(ending))
  return files.reduce((sum, name) => sum + gzipSync(renderer.textOf(name)).length, 0)
}

function kib(bytes: number): string {
  return `${(bytes / KIB).toFixed(1)} KB`
}
