import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { TestProcess } from './test-process.ts'

const PERSON_AND_NODE_COUNT = 12
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ampoule-demo-test-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('the story runs with real processes, ends 0 and leaves nothing behind', async () => {
  const demo = new TestProcess(['demo'], { TMPDIR: folder })
  let cast: Child[] = []
  // All are there from before the request, which takes its time through the onion, until the two have met.
  await expect.poll(() => (cast = childrenOf(demo.child.pid)), { interval: 50 }).toHaveLength(PERSON_AND_NODE_COUNT)
  expect(await demo.ended, demo.lines.join('\n') + demo.stderr).toEqual({ code: 0, signal: null })
  expect(demo.lines.join('\n')).toContain('TTL 1 day')
  expect(demo.lines.at(-1)).toContain('Both have what they should have, once and in order.')
  expect(cast.filter(({ pid }) => isAlive(pid))).toEqual([])
  expect(readdirSync(folder)).toEqual([])
})

test('when somebody is killed from outside, the story ends non-zero at once and leaves nothing behind', async () => {
  const demo = new TestProcess(['demo'], { TMPDIR: folder })
  await demo.line(/asks him to be her friend/)
  const cast = childrenOf(demo.child.pid)
  const bob = cast.find(({ command }) => command.includes('/bob'))
  if (!bob) throw new Error('Bob is not there')
  process.kill(bob.pid, 'SIGKILL')
  expect(await demo.ended).toEqual({ code: 1, signal: null })
  expect(demo.lines.at(-1)).toContain('FAILED: bob ended in the middle (SIGKILL)')
  expect(cast.filter(({ pid }) => isAlive(pid))).toEqual([])
  expect(readdirSync(folder)).toEqual([])
})

interface Child {
  readonly pid: number
  readonly command: string
}

function childrenOf(parent: number | undefined): Child[] {
  if (existsSync('/proc/self/stat')) return readdirSync('/proc').flatMap((name) => childIn(name, parent))
  const rows = execFileSync('ps', ['-axo', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n')
  return rows.flatMap((row) => {
    const [, pid, ppid, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(row) ?? []
    return Number(ppid) === parent ? [{ pid: Number(pid), command: command ?? '' }] : []
  })
}

function childIn(name: string, parent: number | undefined): Child[] {
  if (!/^\d+$/.test(name)) return []
  try {
    const ppid = Number(
      readFileSync(`/proc/${name}/stat`, 'latin1')
        .replace(/^.*\) \S /, '')
        .split(' ')[0],
    )
    return ppid === parent ? [{ pid: Number(name), command: readFileSync(`/proc/${name}/cmdline`, 'latin1') }] : []
  } catch {
    // It ended while we looked.
    return []
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
