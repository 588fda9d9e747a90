import { spawnSync } from 'node:child_process'

/** What the tests against libtoxcore need from the machine they run on. */
export interface InteropTools {
  readonly libtoxcore: boolean
  readonly cCompiler: boolean
  readonly bootstrapDaemon: boolean
}

export type InteropDecision = { kind: 'run' } | { kind: 'skip' | 'fail'; reason: string }

/** With what to get each; the names are Debian's. */
const REMEDIES = {
  libtoxcore: 'libtoxcore (libtoxcore-dev and pkg-config)',
  cCompiler: 'a C compiler (gcc and libc6-dev)',
  bootstrapDaemon: 'tox-bootstrapd (toxcore-utils)',
} as const

/**
 * Whether interop tests run, are skipped or fail. A person without libtoxcore may still run the other tests; where
 * CI=true a skipped interop test would hide that nothing was compared with the real network.
 */
export function decideInterop(tools: InteropTools, isCi: boolean): InteropDecision {
  const missing = (['libtoxcore', 'cCompiler', 'bootstrapDaemon'] as const).filter((tool) => !tools[tool])
  if (missing.length === 0) return { kind: 'run' }
  const reason = `interop needs ${missing.map((tool) => REMEDIES[tool]).join(', ')}`
  return { kind: isCi ? 'fail' : 'skip', reason }
}

/**
 * Skips the test that calls it, or fails it with CI=true, where the tools are missing.
 *
 * skip    of the test's context
 * throws  Error with CI=true
 */
export function requireInterop(skip: (reason: string) => void): void {
  decisionHere ??= decideInterop(findTools(), process.env['CI'] === 'true')
  if (decisionHere.kind === 'fail') throw new Error(`${decisionHere.reason}; with CI=true this is a failure`)
  if (decisionHere.kind === 'skip') skip(decisionHere.reason)
}

let decisionHere: InteropDecision | undefined

function findTools(): InteropTools {
  return {
    libtoxcore: succeeds('pkg-config', ['--exists', 'toxcore']),
    cCompiler: succeeds('cc', ['--version']),
    bootstrapDaemon: succeeds('tox-bootstrapd', ['--version']),
  }
}

function succeeds(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0
}
