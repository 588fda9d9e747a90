import { existsSync, readFileSync, statSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { stripTypeScriptTypes } from 'node:module'
import { join, posix, resolve } from 'node:path'
import { CRYPTO_LIBRARY, LAYERS, pathOf } from './layers.ts'

/** One tracked text file; `path` is relative to the root, with `/`. */
export interface SourceFile {
  readonly path: string
  readonly text: string
}

const ROOT = resolve(import.meta.dirname, '..')

/** These two name what they look for. */
const OWN_FILES = ['.ci/tidy.ts', '.ci/tidy.test.ts']

const MACHINE_FOLDERS = LAYERS.filter((layer) => layer.isMachine).map((layer) => `${pathOf(layer.folder)}/`)

/** Every text file of the project, also those not yet committed. */
export function projectFiles(): SourceFile[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  return listed
    .split('\0')
    .filter((path) => path !== '' && statSync(join(ROOT, path), { throwIfNoEntry: false })?.isFile() === true)
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }))
    .filter(({ text }) => !text.includes('\0'))
}

/** Machine files with something to run that no test stands beside. Types alone need none. */
export function machinesWithoutTest(files: readonly SourceFile[]): string[] {
  const paths = new Set(files.map(({ path }) => path))
  const endings = ['.test.ts', '.fuzz.test.ts', '.interop.test.ts', '.sim.test.ts', '.contract.ts']
  return files
    .filter(({ path, text }) => isMachine(path) && hasCode(text))
    .map(({ path }) => path)
    .filter((path) => !endings.some((ending) => paths.has(path.replace(/\.ts$/, ending))))
}

/** Names that say nothing about what is inside. */
export function vagueNames(files: readonly SourceFile[]): string[] {
  const vague = /^(?:(?:.+-)?(?:utils?|helpers?|common|managers?|misc)|types|index)$/
  // The one page of the renderer: what a browser looks for.
  const others = files.map(({ path }) => path).filter((path) => path !== 'renderer/index.html')
  return others.filter((path) => vague.test(path.replace(/^.*\//, '').replace(/\..*$/, '')))
}

export function openEnds(files: readonly SourceFile[]): string[] {
  return matches(files, /\b(?:TODO|FIXME|XXX|HACK)\b(?!\(#\d+\))/g)
}

/** Tests that are switched off or alone: only missing libtoxcore may skip one, in one place. */
export function switchedOffTests(files: readonly SourceFile[]): string[] {
  const tests = files.filter(({ path }) => /\.(?:test|contract)\.ts$/.test(path) || /\/test-[^/]+$/.test(path))
  return matches(
    tests,
    /\b(?:test|it|describe|suite|bench|\w+Test)(?:\.\w+)*\.(?:skip|only|todo|skipIf|runIf|fails)\b|\bskip\(/g,
  )
}

/** Code that somebody left in a comment. */
export function commentedOutCode(files: readonly SourceFile[]): string[] {
  const code = files.filter(({ path }) => /\.(?:ts|tsx|js)$/.test(path))
  const statement = [
    String.raw`(?:const|let|var)\s+[\w{[].*=`,
    String.raw`(?:import|export)\s.*\s(?:from|=)\s`,
    String.raw`(?:if|for|while|switch)\s*\(.*\)\s*\{?$`,
    String.raw`return\b.*[([{]$`,
    String.raw`[\w.#]+\(.*\)$`,
    String.raw`[}\])]+$`,
  ]
  return matches(code, new RegExp(String.raw`^\s*//\s*(?:${statement.join('|')})`, 'gm'))
}

/** `async` and `await` in protocol code, which the linter cannot forbid by folder. */
export function asyncMachines(files: readonly SourceFile[]): string[] {
  const machines = files.filter(({ path }) => isMachine(path) && path !== CRYPTO_LIBRARY.file)
  const code = machines.map(({ path, text }) => ({ path, text: withoutComments(text) }))
  return matches(code, /\b(?:async|await)\b(?!['"\w:-])/g)
}

/** Citations such as `PROTOCOL.md §6.3` whose section does not exist. Nothing while there is no PROTOCOL.md. */
export function brokenCitations(files: readonly SourceFile[]): string[] {
  const protocol = files.find(({ path }) => path === 'docs/PROTOCOL.md')
  if (!protocol) return []
  const sections = new Set([...protocol.text.matchAll(/^#+\s+§?(\d+(?:\.\d+)*)\.?\s/gm)].map(([, number]) => number))
  const citation = /PROTOCOL(?:\.md)?,? (?:§+ ?|sections? )(\d+(?:\.\d+)*)/g
  return files.flatMap((file) =>
    [...file.text.matchAll(citation)]
      .filter(([, number]) => !sections.has(number))
      .map((match) => `${place(file, match.index)}: no section ${match[1]} in docs/PROTOCOL.md`),
  )
}

/** Paths of somebody's machine, and where somebody's packages came from. */
export function tracesOfMachines(files: readonly SourceFile[]): string[] {
  const home = /(?<![\w.~$}-])\/(?:home|Users|work|root)\/[\w.-]+|\b[A-Z]:\\Users\\/g
  const registry = /\bregistry\.[a-z0-9-]+\.[a-z]+(?!\.ts\b|[a-z])|\bnpm\.pkg\.|\/artifactory\/|"resolved":|_authToken/g
  const others = files.filter(({ path }) => !OWN_FILES.includes(path))
  return [...matches(others, home), ...matches(others, registry)]
}

/** What docs/TESTING.md says about each numbered line of the first issue: its number and the test files in its row. */
export function testingTable(files: readonly SourceFile[]): Map<number, string[]> {
  return new Map([...testingRows(files, /^\d+$/)].map(([number, tests]) => [Number(number), tests]))
}

/** What it says about each item of the app's design, `D1` and so on. */
export function desktopTable(files: readonly SourceFile[]): Map<string, string[]> {
  return testingRows(files, /^D\d+$/)
}

function testingRows(files: readonly SourceFile[], name: RegExp): Map<string, string[]> {
  const text = files.find(({ path }) => path === 'docs/TESTING.md')?.text ?? ''
  const rows = [...text.matchAll(/^\|\s*(\w+)\s*\|.*$/gm)].filter(([, first]) => name.test(first ?? ''))
  return new Map(
    rows.map(([row, first]) => [
      first ?? '',
      [...row.matchAll(/`([^`]+\.(?:test|spec)\.ts)`/g)].map(([, path]) => path ?? ''),
    ]),
  )
}

/** Class names of CSS Modules that a component asks for and the stylesheet lacks, and those that nobody asks for. */
export function strayClasses(files: readonly SourceFile[]): string[] {
  const sheets = new Map(files.filter(({ path }) => path.endsWith('.module.css')).map((file) => [file.path, file]))
  const asked = new Map([...sheets.keys()].map((path) => [path, new Set<string>()]))
  const missing: string[] = []
  for (const file of files.filter(({ path }) => /^renderer\/.*\.tsx?$/.test(path))) {
    for (const [, name = '', specifier = ''] of file.text.matchAll(/^import (\w+) from '(.+\.module\.css)'/gm)) {
      const path = posix.join(posix.dirname(file.path), specifier)
      const defined = classesOf(sheets.get(path)?.text ?? '')
      // `styles[kind]` may ask for any of them.
      const code = file.text.replace(/^import .*$/gm, '')
      const isOpen = code.includes(`${name}[`)
      const used = [...code.matchAll(new RegExp(String.raw`\b${name}\.(\w+)`, 'g'))].map(([, word = '']) => word)
      for (const word of isOpen ? [...used, ...defined] : used) asked.get(path)?.add(word)
      missing.push(
        ...used.filter((word) => !defined.has(word)).map((word) => `${file.path}: no .${word} in ${specifier}`),
      )
    }
  }
  for (const { path, text } of sheets.values()) {
    for (const [, words = '', specifier = ''] of text.matchAll(/composes: ([\w ]+) from "(.+)"/g)) {
      for (const word of words.split(' ')) asked.get(posix.join(posix.dirname(path), specifier))?.add(word)
    }
  }
  const unused = [...sheets.values()].flatMap(({ path, text }) =>
    [...classesOf(text)].filter((word) => !asked.get(path)?.has(word)).map((word) => `${path}: nobody uses .${word}`),
  )
  return [...missing, ...unused].toSorted()
}

function classesOf(css: string): Set<string> {
  const bare = css.replace(/\/\*[\s\S]*?\*\//g, '').replace(/"[^"]*"/g, '""')
  return new Set([...bare.matchAll(/\.([a-zA-Z]\w*)/g)].map(([, word = '']) => word))
}

/** Every name that a vector file in main/wire/vectors has as a key or as a value. */
export function vectorNames(files: readonly SourceFile[]): Set<string> {
  const names = new Set<string>()
  const queue: unknown[] = files
    .filter(({ path }) => /^main\/wire\/vectors\/.*\.json$/.test(path))
    .map(({ text }): unknown => JSON.parse(text))
  for (let value = queue.pop(); value !== undefined; value = queue.pop()) {
    if (typeof value === 'string') names.add(value)
    if (typeof value !== 'object' || value === null) continue
    if (!Array.isArray(value)) for (const key of Object.keys(value)) names.add(key)
    const members: unknown[] = Object.values(value)
    queue.push(...members)
  }
  return names
}

/**
 * The names of all codecs: main/wire/registry.ts exports `codecs`, a list of `{ name }` with more in each.
 *
 * returns  undefined while there is no registry
 */
export async function codecNames(): Promise<string[] | undefined> {
  const path = join(ROOT, 'main/wire/registry.ts')
  if (!existsSync(path)) return undefined
  const registry: unknown = await import(path)
  if (!isObject(registry) || !Array.isArray(registry['codecs']))
    throw new Error('main/wire/registry.ts exports no list `codecs`')
  return registry['codecs'].map((entry: unknown) => {
    if (isObject(entry) && typeof entry['name'] === 'string') return entry['name']
    throw new Error('an entry of `codecs` in main/wire/registry.ts has no `name`')
  })
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isMachine(path: string): boolean {
  if (!path.endsWith('.ts') || !MACHINE_FOLDERS.some((folder) => path.startsWith(folder))) return false
  const name = path.replace(/^.*\//, '')
  if (/\.(?:test|contract)\.ts$/.test(name) || name.startsWith('test-')) return false
  return !/^main\/pow\/(?:assembly\/|build\/|solver-)/.test(path)
}

function hasCode(text: string): boolean {
  const code = withoutComments(stripTypeScriptTypes(text)).replace(/^\s*(?:import\b.*|export\s*\{\s*\}\s*)$/gm, '')
  return code.trim() !== ''
}

function withoutComments(text: string): string {
  // Line breaks stay, so that findings keep their line. A comment sign inside a string only hides, never invents.
  return text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, '')).replace(/(?<!:)\/\/.*$/gm, '')
}

function matches(files: readonly SourceFile[], pattern: RegExp): string[] {
  return files.flatMap((file) =>
    [...file.text.matchAll(pattern)].map((match) => `${place(file, match.index)}: ${match[0].trim()}`),
  )
}

function place(file: SourceFile, offset: number): string {
  return `${file.path}:${file.text.slice(0, offset).split('\n').length}`
}
