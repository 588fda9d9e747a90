import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { caseCountFrom, fuzzCaseCount, lastCommit, propertySeed, seedFrom } from './test-seed.ts'

afterEach(() => void vi.unstubAllEnvs())

const commit = () => 'ffffffff00000000000000000000000000000000'

test('takes the first 31 bits of the commit hash, so that one commit means one seed', () => {
  expect(seedFrom(undefined, commit)).toBe(0x7fff_ffff)
  expect(seedFrom('', () => '0000000a'.padEnd(40, '9'))).toBe(5)
})

test('a commit of documents alone runs what the one before it ran', () => {
  // Set where tests run in a hook of git.
  for (const name of ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE']) vi.stubEnv(name, undefined)
  const folder = mkdtempSync(join(tmpdir(), 'ampoule-seed-'))
  const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).trim()
  const commitWith = (path: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), path)
    git('add', '.')
    const options = ['user.name=test', 'user.email=test@invalid', 'commit.gpgsign=false'].flatMap((one) => ['-c', one])
    git(...options, 'commit', '--quiet', '--message', path)
    return git('rev-parse', 'HEAD')
  }
  try {
    git('init', '--quiet')
    const first = commitWith('main/one.ts')
    for (const path of ['docs/results/one.txt', 'README.md', 'main/notes.md']) commitWith(path)
    expect(lastCommit(folder)).toBe(first)
    const next = commitWith('main/two.ts')
    expect(lastCommit(join(folder, 'docs'))).toBe(next)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('AMPOULE_SEED replays a seed, and nonsense in it is refused', () => {
  expect(seedFrom('17', commit)).toBe(17)
  for (const nonsense of ['-1', '1.5', 'x', '2147483648']) expect(() => seedFrom(nonsense, commit)).toThrow(nonsense)
})

test('has a constant seed outside a git checkout', () => {
  expect(seedFrom(undefined, () => undefined)).toBe(0x0a3b0c1e)
})

test('runs 2,000 fuzz cases unless told otherwise', () => {
  expect(caseCountFrom(undefined)).toBe(2_000)
  expect(caseCountFrom('100000')).toBe(100_000)
  for (const nonsense of ['0', '-5', '1e-3', 'many']) expect(() => caseCountFrom(nonsense)).toThrow(nonsense)
})

test('this run has a seed and a case count', () => {
  expect(Number.isInteger(propertySeed())).toBe(true)
  expect(fuzzCaseCount()).toBeGreaterThan(0)
})
