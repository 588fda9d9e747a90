/**
 * Makes a fresh clone ready to run: installs dependencies and builds what is missing. Plain JavaScript for Node 20,
 * because it runs before anything is installed. Standard output belongs to the program: all progress goes to stderr.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BUILDS, isBuilt } from './faces.js'

export const PROJECT_ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

/** From this version on Node runs TypeScript by stripping its types, without a flag. */
const TYPE_STRIPPING_SINCE = { major: 22, minor: 18 }

const LOCK_POLL_MS = 200

/** A lock without an owner in it is being written at this moment, or its writer died in that moment. */
const LOCK_WRITE_MS_MAX = 5_000

/** What a person can put right: shown as one line, without a stack. */
export class NotReadyError extends Error {}

/**
 * Installs and builds whatever is missing under `root`, and nothing else.
 *
 * throws  NotReadyError that says in one line what is missing
 *
 * @param {string} root
 * @param {(script: string[], root: string) => void} runNpm
 * @param {readonly import('./faces.js').Face[]} faces
 */
export function prepare(root = PROJECT_ROOT, runNpm = runRealNpm, faces = []) {
  if (isPrepared(root, faces)) return
  const release = lock(root)
  try {
    if (!dependenciesInStep(root)) {
      note('installing dependencies (npm ci), once')
      runNpm(['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund'], root)
    }
    if (!solverIsBuilt(root)) {
      note('building the proof-of-work solver, once')
      runNpm(['run', '--silent', 'build:wasm'], root)
      if (!solverIsBuilt(root)) throw new NotReadyError('`npm run build:wasm` left main/pow/build without its output')
    }
    for (const face of faces) {
      if (isBuilt(root, face)) continue
      const { script, output } = BUILDS[face]
      note(`building the app (${script})`)
      runNpm(['run', '--silent', script], root)
      if (!isBuilt(root, face)) throw new NotReadyError(`\`npm run ${script}\` did not make ${output}`)
    }
  } finally {
    release()
  }
}

/**
 * @param {string} root
 * @param {readonly import('./faces.js').Face[]} faces
 */
export function isPrepared(root, faces = []) {
  return dependenciesInStep(root) && solverIsBuilt(root) && faces.every((face) => isBuilt(root, face))
}

/**
 * Whether node_modules holds what package-lock.json asks for; packages for other platforms may be absent.
 *
 * @param {string} root
 */
export function dependenciesInStep(root) {
  const wanted = packagesIn(join(root, 'package-lock.json'))
  const installed = packagesIn(join(root, 'node_modules/.package-lock.json'))
  if (!wanted) throw new NotReadyError('package-lock.json is missing or damaged: clone the repository again')
  if (!installed) return false
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true
    const there = installed[path]
    if (!there) return entry.optional === true || entry.devOptional === true
    return there.version === entry.version && there.integrity === entry.integrity
  })
}

/**
 * Whether every WebAssembly file is newer than the newest source. True where there are no sources.
 *
 * @param {string} root
 */
export function solverIsBuilt(root) {
  const sourceTimes = timesOf(join(root, 'main/pow/assembly'), '.ts')
  const builtTimes = timesOf(join(root, 'main/pow/build'), '.wasm')
  if (sourceTimes.length === 0) return true
  return builtTimes.length > 0 && Math.min(...builtTimes) >= Math.max(...sourceTimes)
}

/** @param {string} version for example `v24.21.0` */
export function runsTypeScript(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  return (
    major > TYPE_STRIPPING_SINCE.major || (major === TYPE_STRIPPING_SINCE.major && minor >= TYPE_STRIPPING_SINCE.minor)
  )
}

/** Where Node keeps what it compiled: the sources without their types. */
export function compileCache(root = PROJECT_ROOT) {
  return join(root, 'node_modules/.cache/ampoule-compiled')
}

/**
 * The project's own Node, from node_modules.
 *
 * throws  NotReadyError where the packages bring none for this platform
 *
 * @param {string} root
 */
export function projectNode(root = PROJECT_ROOT) {
  const path = join(root, 'node_modules/.bin/node')
  if (existsSync(path)) return path
  throw new NotReadyError(
    `Node 22.18 or newer is needed: this is ${process.version}, and npm brings none for ${process.platform}-${process.arch}`,
  )
}

/** @param {unknown} error */
export function exitWith(error) {
  if (!(error instanceof NotReadyError)) throw error
  note(error.message)
  process.exit(1)
}

/** @param {string} text */
function note(text) {
  process.stderr.write(`ampoule: ${text}\n`)
}

/**
 * @param {string[]} script
 * @param {string} root
 */
function runRealNpm(script, root) {
  const isWindows = process.platform === 'win32'
  // What is built is for use, also where a test asked for it: React would bring its warnings along.
  const env = script[0] === 'run' ? { ...process.env, NODE_ENV: 'production' } : process.env
  const result = spawnSync('npm', script, { cwd: root, env, stdio: ['ignore', 2, 2], shell: isWindows })
  if (result.error) throw new NotReadyError(`npm cannot be started (${result.error.message}): install it with Node`)
  if (result.status !== 0) throw new NotReadyError(`\`npm ${script.join(' ')}\` failed, as said above`)
}

/**
 * Lets one process at a time install: several nodes may be started at once from a fresh clone.
 *
 * @param {string} root
 * @returns {() => void}
 */
function lock(root) {
  const path = join(root, '.ampoule/prepare.lock')
  mkdirSync(dirname(path), { recursive: true })
  for (;;) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' })
      return () => rmSync(path, { force: true })
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
    if (ownerIsGone(path)) rmSync(path, { force: true })
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOCK_POLL_MS)
  }
}

/** @param {string} path */
function ownerIsGone(path) {
  try {
    const owner = Number(readFileSync(path, 'utf8'))
    if (!Number.isInteger(owner) || owner <= 0) return Date.now() - statSync(path).mtimeMs > LOCK_WRITE_MS_MAX
    process.kill(owner, 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, devOptional?: boolean }} LockedPackage
 * @typedef {{ packages?: Record<string, LockedPackage> }} LockFile
 *
 * @param {string} path
 */
function packagesIn(path) {
  try {
    /** @type {unknown} */
    const lockFile = JSON.parse(readFileSync(path, 'utf8'))
    return /** @type {LockFile} */ (lockFile).packages // Written by npm alone.
  } catch {
    return undefined // Absent, or cut short by an install that was interrupted.
  }
}

/**
 * @param {string} folder
 * @param {string} ending
 */
function timesOf(folder, ending) {
  if (!existsSync(folder)) return []
  const names = readdirSync(folder).filter((name) => name.endsWith(ending))
  return names.map((name) => statSync(join(folder, name)).mtimeMs)
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    prepare(PROJECT_ROOT, runRealNpm, ['renderer', 'electron'])
  } catch (error) {
    exitWith(error)
  }
}
