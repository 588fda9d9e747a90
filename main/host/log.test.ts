import { expect, test } from 'vitest'
import type { LogLevel } from '../base/log.ts'
import { createLog } from './log.ts'

const KEY = 'F0A1'.repeat(16)
const TOX_ID = 'F0A1'.repeat(19)

function createRecorder(level: LogLevel | 'silent') {
  const lines: string[] = []
  const log = createLog({ level, stream: { write: (line) => void lines.push(line) } })
  return { log, lines }
}

test('writes one JSON object a line, from the level on that was asked for', () => {
  const { log, lines } = createRecorder('info')
  log.write('debug', 'not this')
  log.write('info', 'connected', { nodeCount: 3, isFirst: true })
  log.write('error', 'the disk is full')
  expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
    { level: 30, msg: 'connected', nodeCount: 3, isFirst: true },
    { level: 50, msg: 'the disk is full' },
  ])
  expect(JSON.parse(lines[0] ?? '')).not.toHaveProperty('hostname')
})

test('a silent log writes nothing', () => {
  const { log, lines } = createRecorder('silent')
  log.write('error', 'lost')
  expect(lines).toEqual([])
})

test.each(['info', 'warn', 'error'] as const)('keys, addresses and texts never get through at %s', (level) => {
  const { log, lines } = createRecorder('trace')
  const addresses = [
    '203.0.113.77:33445',
    '203.0.113.77',
    '[2001:db8::77]:33445',
    '2001:db8::77',
    'fe80::77',
    '2001:db8:0:0:0:0:0:77',
  ]
  for (const secret of [KEY, KEY.toLowerCase(), TOX_ID, ...addresses]) {
    log.write(level, `from ${secret}, dropped`, { peer: secret, note: `(${secret})` })
  }
  log.write(level, 'kept', {
    text: 'dear Bob',
    message: 'dear Bob',
    name: 'Bob',
    statusMessage: 'Bob',
    fileName: 'Bob',
  })
  const all = lines.join('')
  expect(lines).toHaveLength(10)
  for (const secret of ['F0A1F0A1', 'f0a1f0a1', '203.0.113', '2001:db8', 'fe80', '::77', 'Bob']) {
    expect(all).not.toContain(secret)
  }
  expect(all).toContain('dropped')
})

test.each(['debug', 'trace'] as const)('at %s they are there for whoever looks for a fault', (level) => {
  const { log, lines } = createRecorder('trace')
  log.write(level, `from 203.0.113.77:33445`, { key: KEY, text: 'dear Bob' })
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ msg: 'from 203.0.113.77:33445', key: KEY, text: 'dear Bob' })
})

test('times, counts and words stay readable', () => {
  const { log, lines } = createRecorder('info')
  log.write('info', 'started at 12:30:59 in 1.5 s, ring::lookup', { at: '2026-08-01T12:30:00.000Z', version: '0.1.0' })
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    msg: 'started at 12:30:59 in 1.5 s, ring::lookup',
    at: '2026-08-01T12:30:00.000Z',
    version: '0.1.0',
  })
})

test('the newest lines from info up are kept to be shown, without secrets, whatever is written elsewhere', () => {
  const { log, lines } = createRecorder('silent')
  log.write('debug', 'not this')
  log.write('warn', `key ${KEY}`, { port: 7, name: 'Lena' })
  const [line] = log.lines()
  expect(line).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z warn key \[hidden\] \{"port":7,"name":"\[hidden\]"\}$/)
  for (let count = 0; count < 600; count += 1) log.write('info', `line ${count} ${'x'.repeat(3_000)}`)
  expect(log.lines()).toHaveLength(500)
  expect(log.lines().at(-1)).toContain('line 599')
  expect(log.lines().at(-1)).toHaveLength(2_000)
  expect(lines).toEqual([])
})
