import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

const RESTART = fileURLToPath(new URL('./restart.js', import.meta.url))

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ampoule-restart-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

test('passes arguments, standard streams and the exit code through', async () => {
  const launcher = launch(`
    process.stdin.on('data', (line) => process.stdout.write(process.argv.slice(2).join('|') + ' ' + line))
    process.stdin.on('end', () => { process.stderr.write('bye'); process.exitCode = 7 })`)
  launcher.process.stdin?.end('hello')
  expect(await launcher.ended).toEqual({ code: 7, signal: null })
  expect(launcher.output()).toEqual({ stdout: '--udp-port|a b hello', stderr: 'bye' })
})

test('passes a signal on, and lets the program decide what to make of it', async () => {
  const launcher = launch(`
    process.on('SIGTERM', () => { process.stdout.write(' left'); process.exit(0) })
    process.stdin.resume()
    process.stdout.write('up')`)
  await launcher.printed('up')
  launcher.process.kill('SIGTERM')
  expect(await launcher.ended).toEqual({ code: 0, signal: null })
  expect(launcher.output().stdout).toBe('up left')
})

test('ends by the signal that ended the program', async () => {
  const launcher = launch(`process.kill(process.pid, 'SIGKILL')`)
  expect(await launcher.ended).toEqual({ code: null, signal: 'SIGKILL' })
})

test('kill -9 of the launcher takes the program with it', async () => {
  const launcher = launch(`process.stdin.resume(); process.stdout.write('up')`)
  await launcher.printed('up')
  launcher.process.kill('SIGKILL')
  // The program shares our end of the pipe: `close` comes only when it is gone too.
  await once(launcher.process, 'close')
  expect(launcher.process.signalCode).toBe('SIGKILL')
})

test('a program that has nothing left to do ends, although it is watched', async () => {
  const launcher = launch(`process.stdout.write('done')`)
  expect(await launcher.ended).toEqual({ code: 0, signal: null })
})

function launch(program: string) {
  const programPath = join(folder, 'program.mjs')
  writeFileSync(programPath, program)
  const launcherPath = join(folder, 'launcher.mjs')
  const args = ['--udp-port', 'a b']
  const call = `restartUnder(process.execPath, ${JSON.stringify(programPath)}, ${JSON.stringify(args)})`
  writeFileSync(launcherPath, `import { restartUnder } from ${JSON.stringify(RESTART)}\n${call}`)
  const launcher: ChildProcess = spawn(process.execPath, [launcherPath], { stdio: 'pipe' })
  const output = { stdout: '', stderr: '' }
  launcher.stdout?.on('data', (chunk: Buffer) => {
    output.stdout += chunk.toString()
  })
  launcher.stderr?.on('data', (chunk: Buffer) => {
    output.stderr += chunk.toString()
  })
  return {
    process: launcher,
    output: () => output,
    ended: once(launcher, 'close').then(() => ({ code: launcher.exitCode, signal: launcher.signalCode })),
    async printed(text: string): Promise<void> {
      while (!output.stdout.includes(text)) {
        if (!launcher.stdout) throw new Error('no standard output')
        await once(launcher.stdout, 'data')
      }
    },
  }
}
