import { defineConfig } from 'oxlint'
import {
  CRYPTO_LIBRARY,
  FORBIDDEN_TO_ALL,
  forbiddenLayers,
  forTests,
  LAYERS,
  type Layer,
  ownedPackages,
  pathOf,
  SOLVER,
} from './.ci/layers.ts'

const WHERE = 'see "Who may import whom" in docs/ARCHITECTURE.md'
const TEST_FILES = ['*.test.ts', '*.contract.ts', 'test-*.ts']
const MACHINE_LAYERS = LAYERS.filter((layer) => layer.isMachine)
const MACHINE_FOLDERS = MACHINE_LAYERS.map((layer) => `${pathOf(layer.folder)}/**`)

const CLOCK = 'Protocol code has no clock: take `now: Instant` as an argument.'
const TIMER = 'Protocol code has no timers: report the moment from nextTimeout() and act in handleTimeout(now).'
const CHANCE = 'Protocol code has no chance of its own: take a `Random` at construction.'
const PROMISE = 'Protocol code is synchronous: queue an event and let the owner poll it.'
const OUTSIDE = 'Protocol code does no IO: queue what shall leave, and let the driver or the host do it.'
const TEXT = 'UTF-8 comes from main/base/bytes.ts.'

const CLOCK_AND_TIMERS = {
  Date: CLOCK,
  performance: CLOCK,
  setTimeout: TIMER,
  setInterval: TIMER,
  setImmediate: TIMER,
  queueMicrotask: TIMER,
}

const FORBIDDEN_IN_MACHINES = {
  ...CLOCK_AND_TIMERS,
  Promise: PROMISE,
  crypto: CHANCE,
  console: 'Protocol code logs through the Log it was given (main/base/log.ts).',
  process: OUTSIDE,
  fetch: OUTSIDE,
  WebSocket: OUTSIDE,
  Worker: OUTSIDE,
  WebAssembly: 'WebAssembly lives in main/pow/solver-worker.ts.',
  Buffer: 'Bytes are Uint8Array here: see main/base/bytes.ts.',
  TextEncoder: TEXT,
  TextDecoder: TEXT,
}

const NO_DICE = deny({ object: 'Math', property: 'random', message: CHANCE })

export default defineConfig({
  plugins: ['eslint', 'typescript', 'unicorn', 'oxc', 'import', 'promise', 'vitest', 'react', 'jsx-a11y'],
  categories: { correctness: 'error' },
  options: { typeAware: true, denyWarnings: true, reportUnusedDisableDirectives: 'error' },
  ignorePatterns: ['main/pow/assembly/**', 'main/pow/build/**'],
  rules: {
    'import/no-cycle': ['error', { ignoreTypes: false }],
    'import/no-default-export': 'error',
    'import/no-namespace': 'off',
    'oxc/no-barrel-file': ['error', { threshold: 0 }],
    'unicorn/filename-case': ['error', { case: 'kebabCase' }],
    'unicorn/prefer-node-protocol': 'error',
    'eslint/no-shadow': 'error',
    'eslint/no-console': 'error',
    'eslint/no-var': 'error',
    'eslint/prefer-const': 'error',
    'eslint/eqeqeq': 'error',
    'eslint/no-restricted-properties': NO_DICE,
    'typescript/no-explicit-any': 'error',
    'typescript/no-non-null-assertion': 'error',
    'typescript/no-namespace': 'error',
    'typescript/no-require-imports': 'error',
    'typescript/ban-ts-comment': 'error',
    'typescript/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/await-thenable': 'error',
    'typescript/only-throw-error': 'error',
    'typescript/return-await': ['error', 'error-handling-correctness-only'],
    'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: false }],
    'typescript/no-unsafe-argument': 'error',
    'typescript/no-unsafe-assignment': 'error',
    'typescript/no-unsafe-call': 'error',
    'typescript/no-unsafe-member-access': 'error',
    'typescript/no-unsafe-return': 'error',
    'vitest/no-focused-tests': 'error',
    'vitest/no-disabled-tests': 'error',
    'vitest/expect-expect': [
      'error',
      { assertFunctionNames: ['expect*', 'fc.assert', 'assert*'], additionalTestBlockFunctions: ['interopTest'] },
    ],
    // Fuzz tests look at the error that a decoder may throw.
    'vitest/no-conditional-expect': 'off',
    // The second argument says which seed or case failed.
    'vitest/valid-expect': ['error', { maxArgs: 2 }],
  },
  overrides: [
    ...LAYERS.map((layer) => ({
      files: [`${pathOf(layer.folder)}/**`],
      rules: { 'eslint/no-restricted-imports': importFence(layer) },
    })),
    ...LAYERS.map((layer) => ({
      files: TEST_FILES.map((name) => `${pathOf(layer.folder)}/**/${name}`),
      rules: { 'eslint/no-restricted-imports': testImportFence(layer) },
    })),
    {
      files: MACHINE_FOLDERS,
      rules: {
        'eslint/no-restricted-globals': restrictedGlobals(FORBIDDEN_IN_MACHINES),
        'typescript/no-restricted-types': restrictedTypes({ Promise: PROMISE, PromiseLike: PROMISE, Date: CLOCK }),
      },
    },
    {
      files: MACHINE_FOLDERS.flatMap((folder) => TEST_FILES.map((name) => `${folder}/${name}`)),
      rules: {
        'eslint/no-restricted-globals': restrictedGlobals(CLOCK_AND_TIMERS),
        'typescript/no-restricted-types': 'off',
      },
    },
    {
      files: [CRYPTO_LIBRARY.file],
      rules: {
        'eslint/no-restricted-imports': importFence(machineLayer('crypto'), CRYPTO_LIBRARY.packages),
        // The library loads its WebAssembly once, before the first machine exists; the driver awaits that.
        'typescript/no-restricted-types': 'off',
      },
    },
    {
      files: [SOLVER.files],
      rules: {
        'eslint/no-restricted-imports': importFence({
          folder: 'pow',
          mayImport: machineLayer('pow').mayImport,
          owns: SOLVER.owns,
        }),
        'eslint/no-restricted-globals': 'off',
        'typescript/no-restricted-types': 'off',
      },
    },
    {
      files: ['renderer/**'],
      rules: {
        'react/rules-of-hooks': 'error',
        'react/exhaustive-deps': 'error',
        // The first field of a form that one has just asked for takes the cursor.
        'jsx-a11y/no-autofocus': 'off',
        // A drawn picture, a listbox under a field and a status line have no element of their own.
        'jsx-a11y/prefer-tag-over-role': 'off',
        // Lists listen to the arrow keys of the buttons in them, forms to what is dropped or pasted; a listbox is worked
        // from its field. That all of it works by keyboard is shown in e2e.
        'jsx-a11y/no-noninteractive-element-interactions': 'off',
        'jsx-a11y/no-static-element-interactions': 'off',
        'jsx-a11y/click-events-have-key-events': 'off',
      },
    },
    {
      // Programs whose output is text.
      files: ['main/cli/**', 'main/sim/main.ts', 'bench/**', '.ci/**'],
      rules: { 'eslint/no-console': 'off' },
    },
    {
      // Tools that read their configuration from a default export.
      files: ['*.config.ts', 'e2e/support/closing-line-reporter.ts'],
      rules: { 'import/no-default-export': 'off' },
    },
    {
      // Playwright reads from the pattern of its first argument what a fixture needs: `{}` is nothing.
      files: ['e2e/support/**/fixtures.ts', 'e2e/specs/**'],
      rules: { 'eslint/no-empty-pattern': 'off' },
    },
  ],
})

/** The import rule of product code in one layer. `libraries` are the packages that this machine file may load. */
function importFence(layer: Layer, libraries: readonly string[] = []) {
  const patterns = [...layerPatterns(layer), ...specifierPatterns(layer)]
  return restrictedImports(
    layer.isMachine ? [...patterns, packagePattern(libraries)] : [...patterns, ownerPattern(layer)],
  )
}

/** Tests may reach everything that their layer rests on, load test libraries, and read files. */
function testImportFence(layer: Layer) {
  return restrictedImports([...layerPatterns(forTests(layer)), ...specifierPatterns(layer)])
}

type Pattern = { message: string } & ({ regex: string } | { group: string[] })

function layerPatterns(layer: Layer): Pattern[] {
  const path = pathOf(layer.folder)
  const message = `${path} may import ${layer.mayImport.join(', ') || 'no other layer'}: ${WHERE}.`
  // A regular expression with look-ahead matches nothing here, without a warning: hence groups for the exceptions.
  const patterns: Pattern[] = [
    { regex: String.raw`^\.{1,2}/(?:.*/)?(?:${forbiddenLayers(layer).join('|')})/`, message },
  ]
  for (const folder of new Set(
    layer.mayImport.filter((entry) => entry.includes('/')).map((entry) => entry.split('/')[0]),
  )) {
    const files = layer.mayImport.filter((entry) => entry.startsWith(`${folder}/`))
    patterns.push({ group: [`**/${folder}/**`, ...files.map((file) => `!**/${file}`)], message })
  }
  if (layer.isMachine && layer.folder !== 'pow') {
    patterns.push({ regex: SOLVER.specifier, message: `Worker threads are started by main/driver: ${WHERE}.` })
  }
  return patterns
}

function packagePattern(libraries: readonly string[]): Pattern {
  const message = `Protocol code imports neither packages nor Node: ${WHERE}.`
  return libraries.length === 0
    ? { regex: '^[^./]', message }
    : { group: ['*', '*/**', '!./**', '!../**', ...libraries.map((library) => `!${library}`)], message }
}

function ownerPattern(layer: Layer): Pattern {
  const owns = layer.owns ?? []
  const foreign = [...FORBIDDEN_TO_ALL, ...ownedPackages()].filter((name) => !owns.includes(name))
  return {
    regex: `^(?:${foreign.join('|')})(?:/.*)?$`,
    message: `${pathOf(layer.folder)} owns ${owns.join(', ') || 'no package'}; this one belongs to another layer: ${WHERE}.`,
  }
}

function specifierPatterns(layer: Layer): Pattern[] {
  const rooted = { regex: '^(?:/|#|file:|main/|shared/)', message: 'Imports inside the project are relative.' }
  if (layer.folder === 'cli') return [rooted] // Its entry is JavaScript, for a Node that strips no types.
  const message = 'Imports name the .ts file: nothing is built before it runs.'
  return [rooted, { regex: String.raw`^\.{1,2}/.*\.js$`, message }]
}

function restrictedImports(patterns: Pattern[]) {
  return deny({ patterns })
}

function restrictedGlobals(messages: Record<string, string>) {
  const globals = Object.entries(messages).map(([name, message]) => ({ name, message }))
  return deny({ globals, checkGlobalObject: true })
}

function restrictedTypes(messages: Record<string, string>) {
  const types = Object.fromEntries(Object.entries(messages).map(([name, message]) => [name, { message }]))
  return deny({ types })
}

function deny<Options>(options: Options): ['error', Options] {
  return ['error', options]
}

function machineLayer(folder: string): Layer {
  const layer = MACHINE_LAYERS.find((machine) => machine.folder === folder)
  if (!layer) throw new Error(`no machine layer ${folder}`)
  return layer
}
