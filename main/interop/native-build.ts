import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'

const CACHE = join(import.meta.dirname, '../../node_modules/.cache/ampoule-interop')
const SOURCES = join(import.meta.dirname, 'peer')
const WARNINGS = ['-Wall', '-Wextra', '-Wno-unused-parameter']

/** The libtoxcore peer, compiled once per state of its sources. Returns its path. */
export function buildPeer(): string {
  const sources = readdirSync(SOURCES)
    .filter((name) => name.endsWith('.c'))
    .map((name) => join(SOURCES, name))
  return build('peer', sources, [
    '-std=c11',
    '-D_DEFAULT_SOURCE',
    ...run('pkg-config', ['--cflags', '--libs', 'toxcore']),
  ])
}

/** The preloadable guard that keeps a foreign program on 127.0.0.1. Returns its path. */
export function buildLoopbackGuard(): string {
  return build('loopback-guard.so', [join(SOURCES, 'loopback-guard.c')], ['-shared', '-fPIC'])
}

function build(name: string, sources: readonly string[], flags: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(flags))
  for (const source of [...sources, join(SOURCES, 'peer.h')]) hash.update(readFileSync(source))
  const target = join(CACHE, `${hash.digest('hex').slice(0, 16)}-${name}`)
  if (existsSync(target)) return target
  mkdirSync(CACHE, { recursive: true })
  // Several test files may build at once: each writes its own file, and the rename is atomic.
  const unfinished = `${target}.${process.pid}`
  run('cc', ['-O1', ...WARNINGS, '-o', unfinished, ...sources, ...flags])
  renameSync(unfinished, target)
  return target
}

function run(command: string, args: readonly string[]): string[] {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' })
  if (error || status !== 0) throw new Error(`${command} failed: ${error?.message ?? stderr}`)
  return stdout.split(/\s+/).filter((word) => word !== '')
}
