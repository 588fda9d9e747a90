import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { TestProcess } from './test-process.ts'
import { startTestNode } from './test-serve.ts'

const LEFT = { code: 0, signal: null }
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ampoule-node-test-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('the first line says port and key; SIGTERM, SIGINT and SIGHUP end it cleanly; --data keeps the key, others get new ones', async () => {
  const data = join(folder, 'data')
  const first = await startTestNode(undefined, '--data', data)
  const second = await startTestNode(first.point)
  expect(first.process.lines).toHaveLength(1)
  expect(statSync(join(data, 'node.key')).mode & 0o077).toBe(0)
  expect(await Promise.all([first.process.kill('SIGTERM'), second.process.kill('SIGINT')])).toEqual([LEFT, LEFT])
  expect([first.process.stderr, second.process.stderr]).toEqual(['', ''])
  expect(readdirSync(data).filter((name) => name.startsWith('vault'))).toEqual([])

  const [again, other] = await Promise.all([startTestNode(undefined, '--data', data), startTestNode(undefined)])
  expect(again.dhtKey).toBe(first.dhtKey)
  expect([first.dhtKey, second.dhtKey]).not.toContain(other.dhtKey)

  const rival = new TestProcess(['node', '--udp-port', '0', '--no-lan', '--data', data])
  const inUse = new TestProcess(['node', '--udp-port', String(other.udpPort), '--no-lan'])
  expect(await rival.ended).toEqual({ code: 2, signal: null })
  expect(rival.stderr).toMatch(/^ampoule: the data folder .* is in use by another running node\n$/)
  expect(await inUse.ended).toEqual({ code: 2, signal: null })
  expect(inUse.stderr).toMatch(/^ampoule: [^\n]*\b\d+\b[^\n]* in use\n$/)
  expect([...rival.lines, ...inUse.lines]).toEqual([])
  expect(await Promise.all([again.process.kill('SIGHUP'), other.process.kill('SIGTERM')])).toEqual([LEFT, LEFT])
})
