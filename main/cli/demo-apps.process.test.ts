import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { prepare } from './prepare.js'
import { TestProcess } from './test-process.ts'

let folder = ''

beforeAll(() => prepare(undefined, undefined, ['renderer']))

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ampoule-demo-apps-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('Alice and Bob can be closed and opened again, and nothing is left behind in the end', async () => {
  const demo = new TestProcess(['demo', '--apps', '--no-open'], { TMPDIR: folder })
  const linksOf = (name: string) =>
    demo.lines.flatMap((line) => new RegExp(`${name} is at (http:\\S+)$`).exec(line)?.slice(1) ?? [])
  await demo.until('both links', () => (linksOf('Alice').length + linksOf('Bob').length === 2 ? true : undefined))
  expect(demo.lines.join('\n')).toContain('They have met')
  for (const link of [...linksOf('Alice'), ...linksOf('Bob')]) expect((await fetch(link)).status).toBe(200)

  demo.write('b\n')
  await demo.line(/Bob has left/)
  demo.write('b\n')
  const [first, second] = await demo.until('a new link', () =>
    linksOf('Bob').length === 2 ? linksOf('Bob') : undefined,
  )
  expect(second).not.toBe(first)
  demo.write('q\n')
  expect(await demo.ended, demo.lines.join('\n') + demo.stderr).toEqual({ code: 0, signal: null })
  expect(readdirSync(folder)).toEqual([])
})
