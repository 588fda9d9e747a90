import { expect, test } from 'vitest'
import {
  asyncMachines,
  brokenCitations,
  codecNames,
  commentedOutCode,
  desktopTable,
  machinesWithoutTest,
  openEnds,
  projectFiles,
  type SourceFile,
  strayClasses,
  switchedOffTests,
  testingTable,
  tracesOfMachines,
  vagueNames,
  vectorNames,
} from './tidy.ts'

/** Machine files without a test beside them, each with its reason. This list only gets shorter. */
const WITHOUT_TEST: ReadonlyMap<string, string> = new Map([
  ['main/pow/argon2id.ts', 'main/pow/proof.test.ts'],
  ['main/pow/sha512d.ts', 'main/pow/proof.test.ts'],
  [
    'main/storage/client-context.ts',
    'main/storage/storage-client.test.ts and main/sim/scenarios/storage-*.sim.test.ts',
  ],
  ['main/storage/deposit-desk.ts', 'main/storage/storage-node.test.ts'],
  [
    'main/storage/deposit-operation.ts',
    'main/storage/storage-client.test.ts and main/sim/scenarios/storage-*.sim.test.ts',
  ],
  ['main/storage/deposit-plan.ts', 'main/storage/storage-client.test.ts and main/sim/scenarios/storage-*.sim.test.ts'],
  [
    'main/storage/fetch-operation.ts',
    'main/storage/storage-client.test.ts and main/sim/scenarios/storage-*.sim.test.ts',
  ],
  [
    'main/storage/holder-deposit.ts',
    'main/storage/storage-client.test.ts and main/sim/scenarios/storage-*.sim.test.ts',
  ],
  ['main/storage/listed-slot.ts', 'main/storage/storage-node.test.ts'],
  ['main/storage/listing-pages.ts', 'main/storage/storage-client.test.ts and main/sim/scenarios/storage-*.sim.test.ts'],
  ['main/storage/node-answers.ts', 'main/storage/storage-node.test.ts'],
  [
    'main/storage/owner-requests.ts',
    'main/storage/storage-client.test.ts and main/sim/scenarios/storage-*.sim.test.ts',
  ],
  [
    'main/storage/record-collector.ts',
    'main/storage/storage-client.test.ts and main/sim/scenarios/storage-*.sim.test.ts',
  ],
  [
    'main/storage/remove-operation.ts',
    'main/storage/storage-client.test.ts and main/sim/scenarios/storage-*.sim.test.ts',
  ],
  ['main/storage/ring-finder.ts', 'main/storage/storage-client.test.ts and main/sim/scenarios/storage-*.sim.test.ts'],
  ['main/storage/segmented-deposits.ts', 'main/storage/storage-node.test.ts'],
  ['main/storage/try-decode.ts', 'main/storage/storage-client.test.ts and main/sim/scenarios/storage-*.sim.test.ts'],
  ['main/tox/toxsave/tox-profile.ts', 'only types and an empty profile: main/tox/toxsave/toxsave.test.ts'],
  ['main/tox/toxsave/toxsave-error.ts', 'main/tox/toxsave/toxsave.test.ts'],
])

/** Numbered lines of the first issue that no test shows yet. This list only gets shorter. */
const NOT_YET_SHOWN: readonly number[] = []

const LINE_COUNT = 23

const ITEM_COUNT = 38

const files = projectFiles()
const sources = files.filter(({ path }) => !path.startsWith('.ci/tidy'))

test('every machine file has a test beside it', () => {
  const untested = machinesWithoutTest(files)
  expect(
    untested.filter((path) => !WITHOUT_TEST.has(path)),
    'write x.test.ts beside x.ts',
  ).toEqual([])
  const settled = [...WITHOUT_TEST.keys()].filter((path) => !untested.includes(path))
  expect(settled, 'these have a test or are gone: take them off WITHOUT_TEST').toEqual([])
})

test('no file has a name that says nothing', () => {
  expect(vagueNames(files), 'name the file after what it holds').toEqual([])
})

test('every open end has an issue number', () => {
  expect(openEnds(sources), 'write TODO(#123), or do it').toEqual([])
})

test('no test is switched off', () => {
  const others = sources.filter(({ path }) => path !== '.ci/fences.test.ts') // It plants one.
  expect(switchedOffTests(others)).toEqual([])
})

test('no code waits in comments', () => {
  expect(commentedOutCode(sources), 'delete it: git remembers').toEqual([])
})

test('protocol code is synchronous', () => {
  expect(asyncMachines(files), 'queue an event and let the owner poll it').toEqual([])
})

test('every cited section of PROTOCOL.md exists', () => {
  expect(brokenCitations(sources)).toEqual([])
})

test('no tracked file names somebody’s machine or package registry', () => {
  expect(tracesOfMachines(files)).toEqual([])
})

test('docs/TESTING.md leads from each numbered line to tests that exist', () => {
  const table = testingTable(files)
  const paths = new Set(files.map(({ path }) => path))
  const lines = Array.from({ length: LINE_COUNT }, (_, index) => index + 1)
  expect(
    lines.filter((line) => !table.has(line)),
    'lines without a row',
  ).toEqual([])
  const missing = [...table].flatMap(([line, tests]) =>
    tests.filter((path) => !paths.has(path)).map((path) => `${line}: ${path}`),
  )
  expect(missing, 'named tests that do not exist').toEqual([])
  const open = lines.filter((line) => table.get(line)?.length === 0)
  expect(open, 'lines without a test; take shown ones off NOT_YET_SHOWN').toEqual(NOT_YET_SHOWN)
})

test('docs/TESTING.md leads from each item of the app’s design to tests that exist', () => {
  const table = desktopTable(files)
  const paths = new Set(files.map(({ path }) => path))
  const items = Array.from({ length: ITEM_COUNT }, (_, index) => `D${index + 1}`)
  expect([...table.keys()], 'one row for each item, in their order').toEqual(items)
  const missing = [...table].flatMap(([item, tests]) =>
    tests.filter((path) => !paths.has(path)).map((path) => `${item}: ${path}`),
  )
  expect(missing, 'named tests that do not exist').toEqual([])
  const open = items.filter((item) => table.get(item)?.length === 0)
  expect(open, 'items without a test').toEqual([])
})

test('every codec of the registry has a test vector', async () => {
  const names = await codecNames()
  const withVector = vectorNames(files)
  const without = names?.filter((name) => !withVector.has(name))
  expect(without ?? [], 'name it in a file of main/wire/vectors, as a key or a value').toEqual([])
})

test('every class name of a component stands in its stylesheet, and none is left over', () => {
  expect(strayClasses(files)).toEqual([])
})

/** The rules themselves: each planted sin is found, and its honest neighbour is not. */

test('finds class names that are missing and left over', () => {
  const planted = [
    source(
      'renderer/ui/a.tsx',
      `import styles from './a.module.css'\nimport other from '../b.module.css'\nstyles.here + styles.gone + other[kind]\n`,
    ),
    source('renderer/ui/a.module.css', '.here:hover .left { inset: 0.5rem; /* .no */ content: ".no" }\n.shared {}\n'),
    source('renderer/b.module.css', '.any { composes: shared from "./ui/a.module.css"; }\n'),
  ]
  expect(strayClasses(planted)).toEqual([
    'renderer/ui/a.module.css: nobody uses .left',
    'renderer/ui/a.tsx: no .gone in ./a.module.css',
  ])
})

test('tells machine files with code from types, tests and worker files', () => {
  const code = 'export const x = 1\n'
  const planted = [
    source('main/ring/tested.ts', code),
    source('main/ring/tested.test.ts', code),
    source('main/ring/untested.ts', code),
    source('main/ring/shape.ts', '/** A place. */\nexport interface Shape {\n  readonly x: number\n}\n'),
    source('main/ring/outcome.ts', `import type { A } from './shape.ts'\nexport type B = A\n`),
    source('main/base/test-seed.ts', code),
    source('main/pow/solver-pool.ts', code),
    source('main/host/app-host.ts', code),
  ]
  expect(machinesWithoutTest(planted)).toEqual(['main/ring/untested.ts'])
})

test('finds vague names', () => {
  const names = [
    'main/a/utils.ts',
    'main/a/string-helpers.ts',
    'shared/index.ts',
    'main/a/types.test.ts',
    'main/a/routes.ts',
  ]
  expect(vagueNames(names.map((path) => source(path, '')))).toEqual(names.slice(0, 4))
})

test('finds open ends without an issue', () => {
  expect(openEnds([source('a.ts', '// TODO(#12): later\n// TODO: later\n/* FIXME */')])).toEqual([
    'a.ts:2: TODO',
    'a.ts:3: FIXME',
  ])
})

test('finds switched-off tests', () => {
  const off = [
    `test.skip('a')`,
    `it.only('a')`,
    `describe.concurrent.skip('a')`,
    `interopTest.todo('a')`,
    `test.skipIf(x)('a')`,
  ]
  for (const text of [...off, `skip('no time')`]) expect(switchedOffTests([source('a.test.ts', text)])).toHaveLength(1)
  expect(switchedOffTests([source('a.test.ts', `test('skips what is known')\ntest.each([1])('a')`)])).toEqual([])
})

test('finds code in comments, and leaves prose alone', () => {
  const code = ['const a = 1', `import { a } from './a.ts'`, 'if (a) {', 'ring.join(now)', '}', 'return [']
  for (const line of code) expect(commentedOutCode([source('a.ts', `  // ${line}\n`)])).toHaveLength(1)
  const prose = [
    'For each ring (design section 2).',
    'If the peer is silent, drop it.',
    'Return early: it was ours.',
    'const is not enough here',
  ]
  for (const line of prose) expect(commentedOutCode([source('a.ts', `  // ${line}\n`)])).toEqual([])
})

test('finds asynchronous protocol code, and leaves the word alone', () => {
  expect(asyncMachines([source('main/ring/a.ts', 'async function f() {\n  await g()\n}')])).toEqual([
    'main/ring/a.ts:1: async',
    'main/ring/a.ts:2: await',
  ])
  expect(asyncMachines([source('main/ring/a.ts', '// No await here.\n/** async */\nconst awaited = 1')])).toEqual([])
  expect(asyncMachines([source('main/host/a.ts', 'async () => 1')])).toEqual([])
})

test('finds citations of sections that do not exist', () => {
  const protocol = source('docs/PROTOCOL.md', '# The protocol\n\n## 6. Storage\n\n### 6.3 Put\n')
  const cited = source('a.ts', '// docs/PROTOCOL.md §6.3, PROTOCOL.md section 6 and PROTOCOL.md §6.4')
  expect(brokenCitations([protocol, cited])).toEqual(['a.ts:1: no section 6.4 in docs/PROTOCOL.md'])
})

test('finds absolute paths and registries', () => {
  const planted = ['see /home/ann/x', 'C:\\Users\\ann', 'https://registry.example.org/zod', '"resolved": "x"']
  for (const text of planted) expect(tracesOfMachines([source('a.md', text)])).toHaveLength(1)
  expect(
    tracesOfMachines([source('a.md', 'main/work/x, ~/home/x, https://example.org/home/x, registry.fuzz.test.ts')]),
  ).toEqual([])
})

test('reads the table of docs/TESTING.md', () => {
  const text =
    '| line | what | test |\n|---|---|---|\n| 1 | listed | `main/a.test.ts`, `main/b.sim.test.ts` |\n| 2 | x | |\n'
  expect([...testingTable([source('docs/TESTING.md', text)])]).toEqual([
    [1, ['main/a.test.ts', 'main/b.sim.test.ts']],
    [2, []],
  ])
  const items = '| D1 | seen | `e2e/specs/a.spec.ts` |\n| D2 | not seen | |\n| 3 | x | `main/a.test.ts` |\n'
  expect([...desktopTable([source('docs/TESTING.md', items)])]).toEqual([
    ['D1', ['e2e/specs/a.spec.ts']],
    ['D2', []],
  ])
})

test('finds codec names in vector files, as keys and as values', () => {
  const keyed = source('main/wire/vectors/a.json', '{"pingRequest": {"hex": "00"}}')
  const listed = source('main/wire/vectors/b.json', '[{"codec": "pingResponse", "bytes": 9}]')
  const elsewhere = source('main/wire/c.json', '{"nodesRequest": 1}')
  const names = vectorNames([keyed, listed, elsewhere])
  expect(names).toContain('pingRequest')
  expect(names).toContain('pingResponse')
  expect(names).not.toContain('nodesRequest')
})

function source(path: string, text: string): SourceFile {
  return { path, text }
}
