import { execFileSync } from 'node:child_process'

/** Cases per fuzzed codec or handler in `npm test`; `npm run fuzz` sets AMPOULE_FUZZ_CASES to 100,000. */
const FUZZ_CASES_DEFAULT = 2_000

/** Used where the sources are not a git checkout (a release archive). */
const SEED_WITHOUT_COMMIT = 0x0a3b0c1e

/** What is written about a run must not change the run. */
const ALL_BUT_DOCUMENTS = [':(top)', ':(top,exclude)docs', ':(top,exclude,glob)**/*.md']

/**
 * The seed of every property, fuzz and simulation test of this run: the same for one commit, another for the next that
 * changes more than documents.
 *
 * returns  a whole number from 0 to 2^31 - 1
 * throws   Error if AMPOULE_SEED is set and is not such a number
 */
export function propertySeed(): number {
  return seedFrom(process.env['AMPOULE_SEED'], lastCommit)
}

/** How many cases a fuzz test runs. Throws Error if AMPOULE_FUZZ_CASES is set and is not a positive whole number. */
export function fuzzCaseCount(): number {
  return caseCountFrom(process.env['AMPOULE_FUZZ_CASES'])
}

/** `override` wins; otherwise the first 31 bits of the commit hash (40 hex digits). */
export function seedFrom(override: string | undefined, commit: () => string | undefined): number {
  if (override !== undefined && override !== '') {
    const seed = Number(override)
    if (!Number.isInteger(seed) || seed < 0 || seed > 0x7fff_ffff) {
      throw new Error(`AMPOULE_SEED must be a whole number from 0 to 2147483647, not "${override}"`)
    }
    return seed
  }
  const hash = commit()
  return hash === undefined ? SEED_WITHOUT_COMMIT : Number.parseInt(hash.slice(0, 8), 16) >>> 1
}

export function caseCountFrom(setting: string | undefined): number {
  if (setting === undefined || setting === '') return FUZZ_CASES_DEFAULT
  const count = Number(setting)
  if (!Number.isInteger(count) || count < 1) {
    throw new Error(`AMPOULE_FUZZ_CASES must be a positive whole number, not "${setting}"`)
  }
  return count
}

/** Hash of the newest commit that changed more than documents; undefined where there is no git checkout. */
export function lastCommit(folder: string = process.cwd()): string | undefined {
  try {
    const hash = execFileSync('git', ['log', '-1', '--format=%H', '--', ...ALL_BUT_DOCUMENTS], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return hash.trim() || undefined
  } catch {
    return undefined // Not a git checkout, or no git: the constant seed serves.
  }
}
