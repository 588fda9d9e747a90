import { afterAll, expect, test } from 'vitest'
import { CRYPTO_LIBRARY, FORBIDDEN_TO_ALL, LAYERS, type Layer, ownedPackages, pathOf } from './layers.ts'
import { type Finding, PlantedTree, projectFiles } from './planted-tree.ts'

/**
 * Goal: every fence bites.
 * Method: one tree with the project's own settings and one planted sin per line; each tool runs over it once.
 */

const IMPORT_FENCE = 'eslint(no-restricted-imports)'
const MACHINES = LAYERS.filter((layer) => layer.isMachine)

/** One import per line, in a file two folders deep in the layer, with what the fence has to say about it. */
interface ImportSample {
  readonly file: string
  readonly specifier: string
  readonly isForbidden: boolean
}

const importSamples: readonly ImportSample[] = LAYERS.flatMap((layer) => [
  ...LAYERS.filter((other) => other !== layer).map((other) =>
    sample(layer, pathOf(other.folder), mayImport(layer, other)),
  ),
  ...ownedPackages().map((name) => packageSample(layer, name, layer.owns?.includes(name) === true)),
  ...FORBIDDEN_TO_ALL.map((name) => packageSample(layer, name, false)),
])

const MACHINE_SINS: readonly (readonly [line: string, rule: string])[] = [
  [`export const timer = () => setTimeout(() => undefined, 1)`, 'eslint(no-restricted-globals)'],
  [`export const hiddenTimer = () => globalThis.setInterval(() => undefined, 1)`, 'eslint(no-restricted-globals)'],
  [`export const clock = () => Date.now()`, 'eslint(no-restricted-globals)'],
  [`export const smoothClock = () => performance.now()`, 'eslint(no-restricted-globals)'],
  [`export const output = () => console.log('x')`, 'eslint(no-restricted-globals)'],
  [`export const promise = () => Promise.resolve(1)`, 'eslint(no-restricted-globals)'],
  [`export const text = () => new TextEncoder()`, 'eslint(no-restricted-globals)'],
  [`export const environment = () => process.env`, 'eslint(no-restricted-globals)'],
  [`export const dice = () => Math.random()`, 'eslint(no-restricted-properties)'],
  [`export type Later = Promise<number>`, 'typescript(no-restricted-types)'],
  [`export const loaded = () => import('node:fs')`, IMPORT_FENCE],
  [`export * from 'node:path'`, IMPORT_FENCE],
]

const TYPE_SINS: readonly (readonly [line: string, rule: string])[] = [
  [`export const first = (bytes: Uint8Array): number => bytes[0]`, 'TS2322'],
  [`export const socket = import('node:dgram')`, 'TS2591'],
  [`export const later = () => setTimeout(() => undefined, 1)`, 'TS2304'],
  [`export const absent: { ttlSeconds?: number } = { ttlSeconds: undefined }`, 'TS2375'],
  [`export const key = (record: Record<string, number>) => record.ttl`, 'TS4111'],
  [`export enum Kind { Insert }`, 'TS1294'],
  [`export class Point { constructor(readonly x: number) {} }`, 'TS1294'],
  [`export { helper } from './neighbour'`, 'TS2835'],
  [`export const implicit = (value) => value`, 'TS7006'],
]

const STYLE_SINS: readonly (readonly [line: string, rule: string])[] = [
  [`export const loose = (value: any) => value`, 'typescript(no-explicit-any)'],
  [`export const sure = (list: string[]) => list[0]!`, 'typescript(no-non-null-assertion)'],
  [`const send = async () => 1; export const forget = () => { send() }`, 'typescript(no-floating-promises)'],
  [
    `export const odd = (n: 'a' | 'b') => { switch (n) { case 'a': return 1 } }`,
    'typescript(switch-exhaustiveness-check)',
  ],
  [`export const parsed: { a: number } = JSON.parse('{}')`, 'typescript(no-unsafe-assignment)'],
  [`// @ts-ignore`, 'typescript(ban-ts-comment)'],
  [`export default 1`, 'import(no-default-export)'],
  [`export namespace Old { export const x = 1 }`, 'typescript(no-namespace)'],
  [`export const shadow = (odd: number) => { const f = (odd: number) => odd; return f(odd) }`, 'eslint(no-shadow)'],
  [`export const noisy = () => console.error('x')`, 'eslint(no-console)'],
]

const files = new Map<string, string>()
for (const { file, specifier } of importSamples) {
  files.set(file, `${files.get(file) ?? ''}import '${specifier}'\n`)
}
files.set('main/ring/sins.ts', lines(MACHINE_SINS))
files.set('main/host/sins.ts', lines(STYLE_SINS))
files.set('main/base/cycle-a.ts', `import { b } from './cycle-b.ts'\nexport const a = () => b\n`)
files.set('main/base/cycle-b.ts', `import { a } from './cycle-a.ts'\nexport const b = () => a\n`)
files.set('main/base/barrel.ts', `export * from './cycle-a.ts'\n`)
files.set('main/base/CamelCase.ts', 'export const camel = 1\n')
files.set('main/base/used.ts', 'export const used = 1\nexport const unused = 2\n')
files.set('main/base/forgotten.ts', 'export const forgotten = 1\n')
files.set('main/cli/main.ts', `import { used } from '../base/used.ts'\nprocess.exitCode = used\n`)
files.set(
  'main/base/skipped.test.ts',
  `import { expect, test } from 'vitest'\ntest.skip('a', () => { expect(1).toBe(1) })\n`,
)
files.set(
  'main/base/focused.test.ts',
  `import { expect, test } from 'vitest'\ntest.only('a', () => { expect(1).toBe(1) })\n`,
)
files.set('main/base/untidy.ts', 'export const untidy = "x";\n')
files.set('main/crypto/sodium.ts', [...CRYPTO_LIBRARY.packages, 'zod'].map((name) => `import '${name}'\n`).join(''))
files.set('main/crypto/other.ts', CRYPTO_LIBRARY.packages.map((name) => `import '${name}'\n`).join(''))
files.set('main/pow/solver-pool.ts', `import 'node:worker_threads'\nimport 'node:dgram'\nimport '../wire/x.ts'\n`)
files.set('main/storage/solver.ts', `import '../pow/proof.ts'\nimport '../pow/solver-pool.ts'\n`)
files.set('main/driver/ready.ts', `import '../crypto/sodium.ts'\nimport '../crypto/box.ts'\n`)
files.set('main/ring/ring.test.ts', `import 'node:fs'\nimport '../engine/engine.ts'\nsetTimeout(() => undefined, 1)\n`)
files.set('main/host/built.ts', `import './built.js'\nimport '/main/base/used.ts'\n`)

const tree = new PlantedTree(files)

/** By itself: an import of Node anywhere in a project brings Node's types to all its files. */
const typeTree = new PlantedTree(
  new Map([
    ['main/wire/sins.ts', lines(TYPE_SINS)],
    ['main/wire/neighbour.ts', 'export const helper = 1\n'],
  ]),
)

afterAll(() => {
  tree.remove()
  typeTree.remove()
})

const lintFindings = tree.lint()

test.each(LAYERS)('$folder: each import that its row forbids is refused, and each that it allows is not', (layer) => {
  const samples = importSamples.filter(({ file }) => file === sampleFile(layer))
  const refused = found(lintFindings, sampleFile(layer), IMPORT_FENCE)
  expect(samples.filter((_, index) => refused.has(index + 1))).toEqual(samples.filter(({ isForbidden }) => isForbidden))
  expect(samples.some(({ isForbidden }) => isForbidden)).toBe(true)
})

test('the refusal of an import names the row, so that nobody has to guess', () => {
  const [finding] = lintFindings.filter(
    ({ file, rule }) => file === sampleFile(layerOf('ring')) && rule === IMPORT_FENCE,
  )
  expect(finding?.text).toMatch(/main\/ring may import base, crypto, wire: see "Who may import whom"/)
})

/** The table itself could be emptied by mistake: these rows are written out. */
test.each([
  ['ring', 'main/engine'],
  ['ring', 'main/storage'],
  ['tox', 'main/ring'],
  ['storage', 'main/tox'],
  ['base', 'main/crypto'],
  ['engine', 'main/driver'],
  ['engine', 'main/db'],
  ['host', 'main/tox'],
  ['db', 'main/engine'],
  ['sim', 'main/driver'],
  ['cli', 'main/engine'],
  ['shared', 'main/base'],
  ['renderer', 'main/host'],
])('%s may not import %s', (folder, path) => {
  const samples = importSamples.filter(({ file }) => file === sampleFile(layerOf(folder)))
  const line = samples.findIndex(({ specifier }) => specifier.endsWith(`${path.replace(/^main\//, '')}/planted.ts`)) + 1
  expect(line).toBeGreaterThan(0)
  expect(found(lintFindings, sampleFile(layerOf(folder)), IMPORT_FENCE)).toContain(line)
})

test.each(MACHINES)('$folder: no Node core in protocol code', (layer) => {
  const nodeLines = importSamples
    .filter(({ file }) => file === sampleFile(layer))
    .flatMap(({ specifier }, index) => (specifier.startsWith('node:') ? [index + 1] : []))
  expect([...found(lintFindings, sampleFile(layer), IMPORT_FENCE)]).toEqual(expect.arrayContaining(nodeLines))
  expect(nodeLines.length).toBeGreaterThan(FORBIDDEN_TO_ALL.length)
})

test('single files open the fence for themselves and for nothing else', () => {
  expect([...found(lintFindings, 'main/crypto/sodium.ts', IMPORT_FENCE)]).toEqual([3])
  expect([...found(lintFindings, 'main/crypto/other.ts', IMPORT_FENCE)]).toEqual([1, 2])
  expect([...found(lintFindings, 'main/pow/solver-pool.ts', IMPORT_FENCE)]).toEqual([2, 3])
  expect([...found(lintFindings, 'main/storage/solver.ts', IMPORT_FENCE)]).toEqual([2])
  expect([...found(lintFindings, 'main/driver/ready.ts', IMPORT_FENCE)]).toEqual([2])
})

test('imports are relative and name the .ts file', () => {
  expect([...found(lintFindings, 'main/host/built.ts', IMPORT_FENCE)]).toEqual([1, 2])
})

test('tests may read files, but keep to the layers and have no timers', () => {
  expect([...found(lintFindings, 'main/ring/ring.test.ts', IMPORT_FENCE)]).toEqual([2])
  expect([...found(lintFindings, 'main/ring/ring.test.ts', 'eslint(no-restricted-globals)')]).toEqual([3])
})

test.each(numbered(MACHINE_SINS))('in protocol code, `%s` breaks %s', (_sin, rule, line) => {
  expect(found(lintFindings, 'main/ring/sins.ts', rule)).toContain(line)
})

test.each(numbered(STYLE_SINS))('anywhere, `%s` breaks %s', (_sin, rule, line) => {
  expect(found(lintFindings, 'main/host/sins.ts', rule)).toContain(line)
})

test('import cycles, barrels, default names and switched-off tests are refused', () => {
  const at = (file: string) => lintFindings.filter((finding) => finding.file === file).map(({ rule }) => rule)
  expect(at('main/base/cycle-a.ts')).toContain('import(no-cycle)')
  expect(at('main/base/cycle-b.ts')).toContain('import(no-cycle)')
  expect(at('main/base/barrel.ts')).toContain('oxc(no-barrel-file)')
  expect(at('main/base/CamelCase.ts')).toContain('unicorn(filename-case)')
  expect(at('main/base/skipped.test.ts')).toContain('vitest(no-disabled-tests)')
  expect(at('main/base/focused.test.ts')).toContain('vitest(no-focused-tests)')
})

test.each(numbered(TYPE_SINS))('the machines project refuses `%s` with %s', (_sin, rule, line) => {
  expect(found(machineTypes(), 'main/wire/sins.ts', rule)).toContain(line)
})

test('the Node project checks strictly too', () => {
  const findings = typeTree.types('tsconfig.node.json')
  expect(found(findings, 'main/wire/sins.ts', 'TS2322')).toContain(1)
  expect([...found(findings, 'main/wire/sins.ts', 'TS2304')]).toEqual([])
})

test('no machine brings the types of Node or of a browser in by the back door', () => {
  const libraries = projectFiles('tsconfig.machines.json').filter((path) => !path.startsWith('main/'))
  expect(libraries.filter((path) => /@types\/|undici|lib\.dom/.test(path))).toEqual([])
  expect(libraries.some((path) => path.endsWith('lib.es2023.d.ts'))).toBe(true)
})

test('dead files and dead exports are found, live ones are not', () => {
  const report = tree.deadCode()
  expect(report).toMatch(/main\/base\/forgotten\.ts/)
  expect(report).toMatch(/main\/base\/used\.ts: unused/)
  expect(report).not.toMatch(/main\/base\/used\.ts: .*\bused\b/)
})

test('badly formatted files are found', () => {
  expect(tree.unformatted('main/base/untidy.ts')).toContain('main/base/untidy.ts')
  expect(tree.unformatted('main/base/CamelCase.ts')).not.toContain('main/base/CamelCase.ts')
})

let machineTypeFindings: Finding[] | undefined
function machineTypes(): Finding[] {
  machineTypeFindings ??= typeTree.types('tsconfig.machines.json')
  return machineTypeFindings
}

function found(findings: readonly Finding[], file: string, rule: string): Set<number> {
  return new Set(findings.filter((finding) => finding.file === file && finding.rule === rule).map(({ line }) => line))
}

function sampleFile(layer: Layer): string {
  return `${pathOf(layer.folder)}/deep/planted.ts`
}

function sample(layer: Layer, otherPath: string, isAllowed: boolean): ImportSample {
  const up = '../'.repeat(pathOf(layer.folder).split('/').length + 1)
  // Written the way people write it: a neighbour below main/ without going up to the root.
  const path =
    pathOf(layer.folder).startsWith('main/') && otherPath.startsWith('main/') ? otherPath.slice(5) : otherPath
  const prefix = path === otherPath ? up : up.slice(3)
  return { file: sampleFile(layer), specifier: `${prefix}${path}/planted.ts`, isForbidden: !isAllowed }
}

function packageSample(layer: Layer, name: string, isAllowed: boolean): ImportSample {
  return { file: sampleFile(layer), specifier: name, isForbidden: !isAllowed }
}

function mayImport(layer: Layer, other: Layer): boolean {
  return layer.mayImport.includes(other.folder)
}

function layerOf(folder: string): Layer {
  const layer = LAYERS.find((candidate) => candidate.folder === folder)
  if (!layer) throw new Error(`no layer ${folder}`)
  return layer
}

function lines(sins: readonly (readonly [string, string])[]): string {
  return `${sins.map(([line]) => line).join('\n')}\n`
}

function numbered(sins: readonly (readonly [string, string])[]): [string, string, number][] {
  return sins.map(([sin, rule], index) => [sin, rule, index + 1])
}
