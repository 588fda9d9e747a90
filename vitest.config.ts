import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { ClosingLineReporter } from './.ci/closing-line-reporter.ts'

const MINUTE_MS = 60_000
/** Vitest's own is a second. */
const POLL_MS = 3 * MINUTE_MS
const CORES = availableParallelism()
const CODE = ['main', 'shared', 'preload', 'renderer', 'packaging', 'bench']
const OTHER_KINDS = [
  '**/*.fuzz.test.ts',
  '**/*.sim.test.ts',
  '**/*.process.test.ts',
  '**/*.interop.test.ts',
  '**/node_modules/**',
]

/** The kind of a test is its suffix. Time limits only end what hangs: no test's verdict may depend on them. */
export default defineConfig({
  test: {
    env: { AMPOULE_NETWORK_SCOPE: 'loopback' },
    expect: { poll: { timeout: POLL_MS } },
    globalSetup: ['./.ci/announce-seed.ts'],
    reporters: ['default', new ClosingLineReporter()],
    projects: [
      // Busy all the time: a worker for every core, where Vitest's own choice leaves one idle.
      kind('checks', ['.ci/**/*.test.ts'], 15 * MINUTE_MS, 0, [], CORES),
      kind('unit', suffix('.test.ts'), 10 * MINUTE_MS, 0, OTHER_KINDS, CORES),
      kind('fuzz', suffix('.fuzz.test.ts'), 120 * MINUTE_MS, 0, [], CORES),
      kind('sim', suffix('.sim.test.ts'), 60 * MINUTE_MS, 0, [], CORES),
      // After the busy ones: real programs of ours, which mostly wait for each other.
      kind('process', suffix('.process.test.ts'), 15 * MINUTE_MS, 1, [], 2),
      // Last and by themselves: the other side is a program with real timers, which a busy machine would disturb.
      // They mostly wait for those timers: two files at once disturb nobody.
      kind('interop', suffix('.interop.test.ts'), 30 * MINUTE_MS, 2, [], 2),
    ],
  },
})

function suffix(ending: string): string[] {
  return CODE.map((folder) => `${folder}/**/*${ending}`)
}

function kind(
  name: string,
  include: string[],
  hangMs: number,
  groupOrder: number,
  exclude: string[],
  maxWorkers: number,
) {
  return {
    extends: true as const,
    test: {
      name,
      include,
      exclude,
      testTimeout: hangMs,
      hookTimeout: hangMs,
      sequence: { groupOrder },
      maxWorkers,
    },
  }
}
