import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import process from 'node:process'

/** `npm run electron:install`: gets Electron's binary by Electron's own installer, which npm was told not to run. */
const ELECTRON = resolve(import.meta.dirname, '../node_modules/electron')

const { version } = JSON.parse(readFileSync(resolve(ELECTRON, 'package.json'), 'utf8')) as { version: string }
if (isInstalled()) {
  process.stdout.write(`Electron ${version} is installed already.\n`)
} else {
  process.stdout.write(`Downloading Electron ${version}, once. Its checksum is compared with the one in the package.\n`)
  const { status, error } = spawnSync(process.execPath, [resolve(ELECTRON, 'install.js')], { stdio: 'inherit' })
  if (error) throw error
  if (status === 0) process.stdout.write('Done: npm start opens Ampoule in a window of its own now.\n')
  process.exitCode = status ?? 1
}

/** As the installer itself sees it. */
function isInstalled(): boolean {
  const path = resolve(ELECTRON, 'dist/version')
  return existsSync(path) && readFileSync(path, 'utf8').replace(/^v/, '') === version
}
