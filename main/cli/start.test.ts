import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const PACKAGES = '{"packages":{}}'
/** Where the three platforms have Electron's program. */
const ELECTRON = ['electron', 'electron.exe', 'Electron.app/Contents/MacOS/Electron']

let root = ''

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ampoule start '))
  put('package.json', '{"type": "module"}')
  put('package-lock.json', PACKAGES)
  put('node_modules/.package-lock.json', PACKAGES)
  for (const name of readdirSync(import.meta.dirname).filter((file) => file.endsWith('.js'))) {
    cpSync(join(import.meta.dirname, name), join(root, 'main/cli', name))
  }
  put('dist/main/main.js', '')
})

afterEach(() => {
  rmSync(root, { recursive: true, force: true })
})

test('opens the clone in Electron, and ends as that ends', async () => {
  const run = start(`console.log(JSON.stringify(process.argv.slice(2))); process.exit(3)`, [
    '--udp-port',
    '0',
    'tox:AB',
  ])
  expect(await run.ended).toEqual({ code: 3, signal: null })
  expect(JSON.parse(run.said())).toEqual([root, '--udp-port', '0', 'tox:AB'])
})

test('a signal reaches the app, which takes its time to leave', async () => {
  const run = start(`
    process.on('SIGTERM', () => setTimeout(() => { console.log('left'); process.exit(0) }, 50))
    setTimeout(() => process.exit(9), 10_000)
    console.log('up')`)
  while (!run.said().includes('up')) await once(run.stdout, 'data')
  run.kill('SIGTERM')
  expect(await run.ended).toEqual({ code: 0, signal: null })
  expect(run.said()).toBe('up\nleft\n')
})

/** `npm start` in a clone where Electron is this program. */
function start(electron: string, args: readonly string[] = []) {
  for (const name of ELECTRON) put(`node_modules/electron/dist/${name}`, `#!${process.execPath}\n${electron}`, 0o755)
  put('node_modules/electron/package.json', '{"type": "commonjs"}')
  const child = spawn(process.execPath, [join(root, 'main/cli/start.js'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  return {
    stdout: child.stdout,
    said: () => text,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    ended: once(child, 'close').then(() => ({ code: child.exitCode, signal: child.signalCode })),
  }
}

function put(name: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(join(root, name)), { recursive: true })
  writeFileSync(join(root, name), text, { mode })
}
