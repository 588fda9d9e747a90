import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const PACKAGES = JSON.stringify({ packages: { '': {}, 'node_modules/zod': { version: '4.0.0' } } })

let root = ''

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ampoule-entry-'))
  mkdirSync(join(root, 'main/cli'), { recursive: true })
  mkdirSync(join(root, 'node_modules'))
  writeFileSync(join(root, 'package.json'), '{"type": "module"}')
  for (const name of ['ampoule.js', 'faces.js', 'prepare.js', 'run-program.js', 'restart.js', 'follow-parent.js']) {
    cpSync(join(import.meta.dirname, name), join(root, 'main/cli', name))
  }
})

afterEach(() => {
  rmSync(root, { recursive: true, force: true })
})

test('runs the TypeScript program with the arguments, and adds nothing to its output', () => {
  writeFileSync(join(root, 'package-lock.json'), PACKAGES)
  writeFileSync(join(root, 'node_modules/.package-lock.json'), PACKAGES)
  program(`const words: string[] = process.argv.slice(2)\nconsole.log(words.join('|'))\nprocess.exitCode = 4`)
  expect(start('node', '--storage', '1 MiB')).toEqual({ status: 4, stdout: 'node|--storage|1 MiB\n', stderr: '' })
})

test('says in one line on standard error what is missing', () => {
  program(`console.log('never')`)
  const { status, stdout, stderr } = start('demo')
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(stderr).toMatch(/^ampoule: package-lock\.json is missing or damaged[^\n]*\n$/)
})

test('an error of the program itself keeps its stack', () => {
  writeFileSync(join(root, 'package-lock.json'), PACKAGES)
  writeFileSync(join(root, 'node_modules/.package-lock.json'), PACKAGES)
  program(`throw new Error('broken inside')`)
  const { status, stderr } = start()
  expect(status).toBe(1)
  expect(stderr).toMatch(/Error: broken inside\n\s+at .*main\.ts/)
})

function program(text: string): void {
  writeFileSync(join(root, 'main/cli/main.ts'), text)
}

function start(...args: string[]) {
  const entry = join(root, 'main/cli/ampoule.js')
  const { status, stdout, stderr } = spawnSync(process.execPath, [entry, ...args], { encoding: 'utf8' })
  return { status, stdout, stderr }
}
