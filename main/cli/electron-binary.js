/** Where Electron's binary lies once it has been installed. Plain JavaScript for Node 20. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** @type {Readonly<Record<string, string>>} */
const BINARIES = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' }

/**
 * The package comes without its binary, and loading it would download one: only its folder is looked at.
 *
 * @param {string} root
 * @param {NodeJS.Platform} platform
 */
export function electronBinary(root, platform) {
  const path = join(root, 'node_modules/electron/dist', BINARIES[platform] ?? 'electron')
  return existsSync(path) ? path : undefined
}
