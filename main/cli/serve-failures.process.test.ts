import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TestProcess } from './test-process.ts'
import { TestServe } from './test-serve.ts'

const KEY = 'AB'.repeat(32)
const FAILED = { code: 2, signal: null }
let folder = ''
/** A profile that has been used, and one with a passphrase. */
let plain = ''
let sealed = ''
let passphraseFile = ''

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ampoule-failures-'))
  plain = join(folder, 'plain')
  sealed = join(folder, 'sealed')
  passphraseFile = join(folder, 'passphrase')
  writeFileSync(passphraseFile, 'correct horse\n')
  writeFileSync(join(folder, 'wrong'), 'battery staple\n')
  writeFileSync(join(folder, 'empty'), '')
  await Promise.all([used(plain), used(sealed, '--passphrase-file', passphraseFile)])
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function used(profile: string, ...options: string[]): Promise<void> {
  const serve = new TestServe(profile, options)
  await serve.call('profile.set', { name: 'Lena', statusMessage: 'away' })
  await serve.call('settings.set', { ttlSeconds: 86_400 })
  await serve.leave()
}

function bytesOf(path: string): Record<string, string> {
  return Object.fromEntries(readdirSync(path).map((name) => [name, readFileSync(join(path, name), 'hex')]))
}

/** A copy that one test may damage. */
function copyOf(profile: string, name: string): string {
  const copy = join(folder, name)
  cpSync(profile, copy, { recursive: true })
  return copy
}

async function failure(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<string> {
  const process = new TestProcess(args, environment)
  expect(await process.ended, `${args.join(' ')}: ${process.stderr}`).toEqual(FAILED)
  expect(process.lines).toEqual([])
  expect(process.stderr).toMatch(/^ampoule: [^\n]+\n$/)
  return process.stderr
}

const serveArgs = (profile: string, ...more: string[]): string[] => ['serve', '--stdio', '--profile', profile, ...more]

test('what cannot be understood is one line and exit code 2, and touches no profile', async () => {
  const before = bytesOf(plain)
  const cases: [args: string[], reason: RegExp][] = [
    [serveArgs(plain, '--dato'), /--dato/],
    [serveArgs(plain, 'stray'), /stray/],
    [serveArgs(plain, '--udp-port', '65536'), /"65536" is no UDP port/],
    [serveArgs(plain, '--storage', '1MB'), /"1MB" is no size/],
    [serveArgs(plain, '--bootstrap', '127.0.0.1:1:AB'), /is no bootstrap node/],
    [serveArgs(plain, '--bootstrap', `127.0.0.1:0:${KEY}`), /is no bootstrap node/],
    [serveArgs(plain, '--passphrase-file', join(folder, 'none')), /passphrase file .* cannot be read/],
    [serveArgs(plain, '--passphrase-file', join(folder, 'empty')), /passphrase file .* cannot be read/],
    [['serve', '--stdio'], /--profile DIR is needed/],
    [['serve', '--profile', plain], /--stdio is needed/],
    [['node', '--data'], /--data/],
    [['node', '--storage', '-1'], /--storage|no size/],
    [['demo', '--times', '0'], /--times/],
    [['sing'], /no command "sing"/],
  ]
  // A few at a time: each is a process.
  for (let at = 0; at < cases.length; at += 4) {
    const some = cases.slice(at, at + 4)
    const reasons = await Promise.all(some.map(([args]) => failure(args)))
    some.forEach(([, reason], index) => expect(reasons[index]).toMatch(reason))
  }
  expect(await failure(serveArgs(plain), { AMPOULE_NETWORK_SCOPE: 'lopback' })).toMatch(/lopback/)
  expect(bytesOf(plain)).toEqual(before)
})

test('help is no failure, nothing is', async () => {
  const [help, nothing] = [new TestProcess(['--help']), new TestProcess([])]
  expect(await help.ended).toEqual({ code: 0, signal: null })
  expect(await nothing.ended).toEqual(FAILED)
  expect(help.lines.join('\n')).toContain('ampoule serve  --profile DIR')
})

test('passphrases that are missing or wrong, and damaged files, are told apart and change nothing', async () => {
  const database = copyOf(plain, 'bad-database')
  writeFileSync(join(database, 'ampoule.db'), 'no database'.repeat(1_000))
  const savefile = copyOf(plain, 'bad-savefile')
  truncateSync(join(savefile, 'profile.tox'), statSync(join(savefile, 'profile.tox')).size - 5)
  const lostSavefile = copyOf(plain, 'lost-savefile')
  rmSync(join(lostSavefile, 'profile.tox'))
  const lostKey = copyOf(plain, 'lost-key')
  rmSync(join(lostKey, 'data.key'))
  const otherKey = copyOf(plain, 'other-key')
  writeFileSync(join(otherKey, 'data.key'), Buffer.concat([Buffer.from('AMPKEY0\n'), Buffer.alloc(32, 7)]))
  const cutKey = copyOf(plain, 'cut-key')
  truncateSync(join(cutKey, 'data.key'), 12)
  const cases: [profile: string, options: string[], reason: RegExp][] = [
    [sealed, [], /passphrase/],
    [sealed, ['--passphrase-file', join(folder, 'wrong')], /wrong passphrase/i],
    [database, [], /database cannot be opened .* left as it is/],
    [savefile, [], /ampoule: /],
    [lostSavefile, [], /profile\.tox is missing/],
    [lostKey, [], /data\.key is missing/],
    [otherKey, [], /not this database's/],
    [cutKey, [], /data\.key is damaged/],
    [join(passphraseFile, 'profile'), [], /cannot be made or opened/],
  ]
  // One after another: a start looks into a profile only while nobody else does.
  for (const [profile, options, reason] of cases) {
    const isThere = profile !== join(passphraseFile, 'profile')
    const before = isThere ? bytesOf(profile) : {}
    expect(await failure(serveArgs(profile, ...options))).toMatch(reason)
    if (isThere) expect(bytesOf(profile)).toEqual(before)
  }
})

test('a profile in use and a port in use are refused, and the profile stays as it was', async () => {
  const other = copyOf(plain, 'port')
  const before = bytesOf(other)
  const serve = new TestServe(plain)
  const { udpPort } = await serve.call<{ udpPort: number }>('network.get')
  const [locked, taken] = await Promise.all([
    failure(serveArgs(plain)),
    failure(serveArgs(other, '--udp-port', String(udpPort), '--storage', '1GiB', '--no-lan')),
  ])
  expect(locked).toMatch(/in use by another running instance/)
  expect(taken).toMatch(new RegExp(`UDP port ${udpPort} cannot be opened: it is in use`))
  expect(bytesOf(other)).toEqual(before)
  expect(await serve.call('profile.get')).toMatchObject({ name: 'Lena', statusMessage: 'away' })
  await serve.leave()
})

test('the end of standard input, app.quit, SIGTERM and SIGINT end it with 0, and what was set is found again', async () => {
  const profiles = ['eof', 'quit', 'term', 'int'].map((name) => copyOf(plain, `end-${name}`))
  const ends: ((serve: TestServe) => void)[] = [
    (serve) => serve.child.stdin?.end(),
    (serve) => serve.write('{"jsonrpc":"2.0","id":99,"method":"app.quit"}\n'),
    (serve) => serve.child.kill('SIGTERM'),
    (serve) => serve.child.kill('SIGINT'),
  ]
  await Promise.all(
    ends.map(async (end, at) => {
      const profile = profiles[at] ?? ''
      const first = new TestServe(profile)
      await first.call('profile.set', { name: `Nora ${at}` })
      end(first)
      expect(await first.ended, first.stderr).toEqual({ code: 0, signal: null })
      expect(first.stderr).toBe('')
      if (at === 1)
        expect(first.lines.map((line) => JSON.parse(line) as unknown)).toContainEqual({
          jsonrpc: '2.0',
          id: 99,
          result: {},
        })
      expect(readdirSync(profile).toSorted()).toEqual(['ampoule.db', 'data.key', 'lock', 'profile.tox'])
      const again = new TestServe(profile)
      expect(await again.call('profile.get')).toMatchObject({ name: `Nora ${at}` })
      await again.leave()
    }),
  )
})

test('kill -9 and a reader that is gone leave a profile that opens again', async () => {
  const profile = copyOf(plain, 'killed')
  const serve = new TestServe(profile)
  await serve.call('profile.set', { name: 'Nora' })
  await serve.kill('SIGKILL')
  const deaf = new TestServe(profile)
  await deaf.call('profile.set', { statusMessage: 'still here' })
  deaf.child.stdout?.destroy()
  deaf.write('{"jsonrpc":"2.0","id":1,"method":"profile.get"}\n'.repeat(100))
  expect(await deaf.ended, deaf.stderr).toEqual({ code: 0, signal: null })
  expect(deaf.stderr).toBe('')
  const again = new TestServe(profile)
  expect(await again.call('profile.get')).toMatchObject({ name: 'Nora', statusMessage: 'still here' })
  await again.leave()
})

test('lines that are no request get the errors of JSON-RPC, and the next request is answered all the same', async () => {
  const serve = new TestServe(copyOf(plain, 'garbage'), ['--storage', '0'])
  const parse = { id: null, error: { code: -32_700 } }
  const invalid = { id: null, error: { code: -32_600 } }
  const unknown = { error: { code: -32_601 } }
  for (const line of ['{', '}'.repeat(500), 'ä'.repeat(500), '\u0000\u0001', `"${'x'.repeat(5 * 2 ** 20)}"`]) {
    expect(await serve.raw(line)).toMatchObject(parse)
  }
  for (const line of [
    '[]',
    '7',
    '"profile.get"',
    'null',
    '{}',
    '{"jsonrpc":"1.0","method":"profile.get"}',
    '['.repeat(1_000) + ']'.repeat(1_000),
  ]) {
    expect(await serve.raw(line)).toMatchObject(invalid)
  }
  for (const name of [
    'profile',
    'profile.none',
    'none.get',
    'profile.get.x',
    'messages.changed',
    '__proto__.get',
    'profile.constructor',
  ]) {
    expect(await serve.raw(JSON.stringify({ jsonrpc: '2.0', id: name, method: name }), name)).toMatchObject(unknown)
  }
  serve.write('\n \r\n{"jsonrpc":"2.0","method":"profile.none"}\r\n')
  expect(await serve.raw('{"jsonrpc":"2.0","id":"crlf","method":"profile.get"}\r', 'crlf')).toMatchObject({
    result: { name: 'Lena' },
  })
  expect(await serve.call('storage.get')).toMatchObject({ allocationBytes: 0, usedBytes: 0, records: 0 })
  await serve.leave()
})

test('10,000 requests at once are all answered, each once', async () => {
  const serve = new TestServe(copyOf(plain, 'many'))
  const count = 10_000
  const text = Array.from({ length: count }, (_, at) => `{"jsonrpc":"2.0","id":${at + 1},"method":"settings.get"}\n`)
  serve.write(text.join(''))
  await serve.until('all replies', () =>
    serve.lines.filter((line) => line.includes('"ttlSeconds":86400')).length >= count ? true : undefined,
  )
  const ids = serve.lines.map((line) => (JSON.parse(line) as { id?: number }).id).filter((id) => id !== undefined)
  expect(new Set(ids).size).toBe(count)
  expect(ids).toHaveLength(count)
  await serve.leave()
})
