import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  dependenciesInStep,
  isPrepared,
  NotReadyError,
  prepare,
  projectNode,
  runsTypeScript,
  solverIsBuilt,
} from './prepare.js'

const LOCKED = { 'node_modules/zod': { version: '4.0.0', integrity: 'sha512-a' } }

let root = ''

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ampoule-prepare-'))
})

afterEach(() => {
  rmSync(root, { recursive: true, force: true })
})

test('installs once, and does nothing when everything is there', () => {
  lockFile(LOCKED)
  const calls: string[] = []
  const npm = (script: string[]) => {
    calls.push(script.join(' '))
    installed(LOCKED)
  }
  prepare(root, npm)
  prepare(root, npm)
  expect(calls).toEqual(['ci --include=dev --include=optional --no-audit --no-fund'])
})

test('installs again when a version, a hash or a package differs from the lock file', () => {
  lockFile(LOCKED)
  installed(LOCKED)
  expect(dependenciesInStep(root)).toBe(true)
  installed({ 'node_modules/zod': { version: '4.0.1', integrity: 'sha512-a' } })
  expect(dependenciesInStep(root)).toBe(false)
  installed({ 'node_modules/zod': { version: '4.0.0', integrity: 'sha512-b' } })
  expect(dependenciesInStep(root)).toBe(false)
  installed({})
  expect(dependenciesInStep(root)).toBe(false)
})

test('does not miss the packages of other platforms', () => {
  lockFile({ ...LOCKED, 'node_modules/node-other': { version: '24.0.0', optional: true } })
  installed(LOCKED)
  expect(dependenciesInStep(root)).toBe(true)
})

test('an install that was cut short counts as none', () => {
  lockFile(LOCKED)
  write('node_modules/.package-lock.json', '{"packages": {')
  expect(dependenciesInStep(root)).toBe(false)
})

test('builds the solver when it is missing or older than its source', () => {
  lockFile(LOCKED)
  installed(LOCKED)
  expect(solverIsBuilt(root)).toBe(true)
  write('main/pow/assembly/sha512d.ts', 'source', 2_000)
  expect(solverIsBuilt(root)).toBe(false)
  write('main/pow/build/sha512d.wasm', 'old', 1_000)
  expect(solverIsBuilt(root)).toBe(false)

  const calls: string[] = []
  prepare(root, (script) => {
    calls.push(script.join(' '))
    write('main/pow/build/sha512d.wasm', 'new', 3_000)
  })
  expect(calls).toEqual(['run --silent build:wasm'])
  expect(isPrepared(root)).toBe(true)
})

test('builds what is to be shown when it is missing or older than what it is made of, and nothing else', () => {
  lockFile(LOCKED)
  installed(LOCKED)
  expect(isPrepared(root, ['renderer', 'electron'])).toBe(true)
  write('renderer/features/a/b.tsx', 'source', 2_000)
  write('shared/x.ts', 'source', 1_000)
  expect(isPrepared(root)).toBe(true)
  expect(isPrepared(root, ['renderer'])).toBe(false)

  const calls: string[] = []
  const npm = (script: string[]) => {
    calls.push(script.join(' '))
    write('dist/renderer/index.html', 'page', 3_000)
  }
  prepare(root, npm, ['renderer'])
  prepare(root, npm, ['renderer'])
  expect(calls).toEqual(['run --silent build:renderer'])
  write('shared/x.ts', 'source', 4_000)
  expect(isPrepared(root, ['renderer'])).toBe(false)
  expect(() => prepare(root, () => undefined, ['renderer'])).toThrow(/did not make dist\/renderer\/index\.html/)
})

test('says in one line what is missing', () => {
  expect(() => prepare(root, () => undefined)).toThrow(NotReadyError)
  lockFile(LOCKED)
  installed(LOCKED)
  write('main/pow/assembly/sha512d.ts', 'source', 2_000)
  expect(() => prepare(root, () => undefined)).toThrow(/build:wasm.* left main\/pow\/build without/)
  expect(() => projectNode(root)).toThrow(/Node 22\.18 or newer is needed/)
})

test('a failed install leaves no lock behind that would stop the next', () => {
  lockFile(LOCKED)
  const failing = () => {
    throw new NotReadyError('no network')
  }
  expect(() => prepare(root, failing)).toThrow('no network')
  prepare(root, () => installed(LOCKED))
  expect(isPrepared(root)).toBe(true)
})

test('takes over the lock of a process that was killed while it installed', async () => {
  lockFile(LOCKED)
  const { stdout } = await promisify(execFile)(process.execPath, ['-p', 'process.pid'])
  write('.ampoule/prepare.lock', stdout.trim())
  prepare(root, () => installed(LOCKED))
  expect(isPrepared(root)).toBe(true)
})

test('two processes that start at once install once', async () => {
  lockFile(LOCKED)
  const run = promisify(execFile)
  const script = join(root, 'install.mjs')
  const source = `
    import { appendFileSync, writeFileSync } from 'node:fs'
    import { prepare } from ${JSON.stringify(join(dirname(fileURLToPath(import.meta.url)), 'prepare.js'))}
    prepare(${JSON.stringify(root)}, () => {
      appendFileSync(${JSON.stringify(join(root, 'installs'))}, 'x')
      writeFileSync(${JSON.stringify(join(root, 'node_modules/.package-lock.json'))}, ${JSON.stringify(JSON.stringify({ packages: LOCKED }))})
    })
    process.stdout.write('ready')`
  writeFileSync(script, source)
  mkdirSync(join(root, 'node_modules'))
  const results = await Promise.all([1, 2, 3].map(() => run(process.execPath, [script])))
  expect(results.map(({ stdout }) => stdout)).toEqual(['ready', 'ready', 'ready'])
  expect(readFileSync(join(root, 'installs'), 'utf8')).toBe('x')
})

test('TypeScript runs from Node 22.18 on', () => {
  expect(['v20.20.2', 'v22.17.1', 'v18.0.0'].map(runsTypeScript)).toEqual([false, false, false])
  expect(['v22.18.0', 'v24.21.0', 'v23.6.0'].map(runsTypeScript)).toEqual([true, true, true])
})

function lockFile(packages: Record<string, object>): void {
  write('package-lock.json', JSON.stringify({ packages: { '': {}, ...packages } }))
}

function installed(packages: Record<string, object>): void {
  write('node_modules/.package-lock.json', JSON.stringify({ packages }))
}

function write(path: string, text: string, modifiedAtSeconds?: number): void {
  const absolute = join(root, path)
  mkdirSync(dirname(absolute), { recursive: true })
  writeFileSync(absolute, text)
  if (modifiedAtSeconds !== undefined) utimesSync(absolute, modifiedAtSeconds, modifiedAtSeconds)
}
