/** Which parts of the app have to be built before it can be shown. Plain JavaScript for Node 20. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/**
 * @typedef {'renderer' | 'electron'} Face
 * @typedef {{ script: string, sources: readonly string[], output: string }} Build
 */

/** @type {Readonly<Record<Face, Build>>} */
export const BUILDS = {
  renderer: {
    script: 'build:renderer',
    sources: ['renderer', 'shared', 'vite.config.ts'],
    output: 'dist/renderer/index.html',
  },
  electron: {
    script: 'build:electron',
    sources: ['main', 'preload', 'shared', 'packaging/bundled-files.ts', 'electron.vite.config.ts'],
    output: 'dist/main/main.js',
  },
}

/**
 * What a command line shows.
 *
 * @param {readonly string[]} args
 * @returns {Face[]}
 */
export function facesOf(args) {
  const [command] = args
  if (asksForHelp(args)) return []
  return command === 'web' || (command === 'demo' && args.includes('--apps')) ? ['renderer'] : []
}

/**
 * Whether somebody only wants to be told how it is used.
 *
 * @param {readonly string[]} args
 */
export function asksForHelp(args) {
  return args.includes('--help') || args.includes('-h')
}

/**
 * Whether what was built is newer than everything it is made of. True where there is nothing to build it from.
 *
 * @param {string} root
 * @param {Face} face
 */
export function isBuilt(root, face) {
  const { sources, output } = BUILDS[face]
  const newest = Math.max(...sources.map((source) => newestIn(join(root, source))))
  if (newest === -Infinity) return true
  const built = statSync(join(root, output), { throwIfNoEntry: false })
  return built !== undefined && built.mtimeMs >= newest
}

/**
 * @param {string} path
 * @returns {number}
 */
function newestIn(path) {
  if (!existsSync(path)) return -Infinity
  const found = statSync(path)
  if (!found.isDirectory()) return found.mtimeMs
  // Not `recursive`: the entries of early Node 20 do not say where they lie.
  return Math.max(-Infinity, ...readdirSync(path).map((name) => newestIn(join(path, name))))
}
