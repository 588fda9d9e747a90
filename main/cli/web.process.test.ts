import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { prepare } from './prepare.js'
import { TestProcess } from './test-process.ts'

let folder = ''
const running: TestProcess[] = []

// Building the page may have something to say, which is not what is looked at here.
beforeAll(() => prepare(undefined, undefined, ['renderer']))

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ampoule-web-test-'))
})

afterEach(async () => {
  await Promise.all(running.splice(0).map((process) => process.kill()))
  rmSync(folder, { recursive: true, force: true })
})

function start(...options: string[]): TestProcess {
  const own = ['--profile', join(folder, 'alice'), '--http-port', '0', '--udp-port', '0', '--no-lan', '--no-open']
  const process = new TestProcess(['web', ...own, ...options])
  running.push(process)
  return process
}

async function linkOf(process: TestProcess): Promise<string> {
  const [link = ''] = /http:\S+/.exec(await process.line(/^Ampoule is at /)) ?? []
  return link
}

test('prints the link, serves the built page to whoever has it, and leaves cleanly when it is asked to', async () => {
  const app = start()
  const link = await linkOf(app)
  expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/)
  const entered = await fetch(link)
  const [cookie = ''] = (entered.headers.get('set-cookie') ?? '').split(';')
  const page = await fetch(new URL('/', link), { headers: { cookie } })
  expect(page.status).toBe(200)
  expect(await page.text()).toContain('<script type="module"')
  expect(await app.kill('SIGTERM')).toEqual({ code: 0, signal: null })
  expect(app.stderr).toBe('')
  expect(readdirSync(join(folder, 'alice.web')).toSorted()).toEqual(['lock', 'saves', 'uploads'])
})

test('started a second time it shows the link of the one that runs, and ends', async () => {
  const link = await linkOf(start())
  const second = start()
  expect(await linkOf(second)).toBe(link)
  expect(await second.ended).toEqual({ code: 0, signal: null })
})

test('two that are started at the same moment are one app: both show the one link, and it works', async () => {
  const [link, other] = await Promise.all([start(), start()].map(linkOf))
  expect(other).toBe(link)
  expect((await fetch(link ?? '')).status).toBe(200)
})

test('says in one line what is wrong with what was asked', async () => {
  const taken = new URL(await linkOf(start())).port
  for (const [options, words] of [
    [['--http-port', taken, '--profile', join(folder, 'bob')], /EADDRINUSE/],
    [['--http-port', '70000'], /is no UDP port|is no port/],
    [['--profil', 'x'], /--profil/],
  ] as const) {
    const process = start(...options)
    expect((await process.ended).code).toBe(2)
    expect(process.stderr).toMatch(/^ampoule: [^\n]+\n$/)
    expect(process.stderr).toMatch(words)
  }
})

test('each command tells how it is used when it is asked to, and does nothing else', async () => {
  for (const args of [
    ['web', '--help'],
    ['node', '-h'],
    ['serve', '--stdio', '--help'],
    ['demo', '--apps', '--help'],
  ]) {
    const asked = new TestProcess(args)
    running.push(asked)
    expect(await asked.ended).toEqual({ code: 0, signal: null })
    expect(asked.lines.join('\n')).toContain(`  ampoule ${args[0]}`)
    expect(asked.stderr).toBe('')
  }
})
