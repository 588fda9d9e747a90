import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Exchange, ExchangeError } from './exchange.ts'

const DAY_S = 86_400

let folder = ''

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'ampoule-exchange-')), 'exchange')
})

afterEach(() => rmSync(dirname(folder), { recursive: true, force: true }))

function entries(): string[] {
  return ['uploads', 'saves'].flatMap((part) => readdirSync(join(folder, part)))
}

function makeOld(path: string, seconds: number): void {
  const then = Date.now() / 1_000 - seconds
  for (const aged of [path, dirname(path)]) if (existsSync(aged)) utimesSync(aged, then, then)
}

test('an upload lies in a private folder under its own name, for the host to read', async () => {
  const exchange = await Exchange.open({ folder })
  const path = await exchange.receive('plan.pdf', Readable.from([Buffer.from('one '), Buffer.from('two')]), undefined)
  expect(readFileSync(path, 'utf8')).toBe('one two')
  expect(basename(path)).toBe('plan.pdf')
  expect([exchange.isUpload(path), exchange.isSave(path)]).toEqual([true, false])
  if (process.platform === 'win32') return
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(statSync(dirname(path)).mode & 0o777).toBe(0o700)
})

test('two files of one name do not meet, and a name leads nowhere else', async () => {
  const exchange = await Exchange.open({ folder })
  const paths = [
    await exchange.receive('a', Readable.from(['1']), 1),
    await exchange.receive('a', Readable.from(['2']), 1),
    await exchange.receive('../../../a', Readable.from(['3']), 1),
  ]
  expect(new Set(paths).size).toBe(3)
  for (const path of paths) expect(path.startsWith(join(folder, 'uploads'))).toBe(true)
})

test('what is too large is refused, announced or not, and nothing is left of it', async () => {
  const exchange = await Exchange.open({ folder, uploadBytesMax: 8 })
  const refusal = { problem: 'tooLarge' }
  await expect(exchange.receive('a', Readable.from(['123456789']), 9)).rejects.toMatchObject(refusal)
  await expect(exchange.receive('a', Readable.from(['12345', '6789']), undefined)).rejects.toMatchObject(refusal)
  await expect(exchange.receive('a', Readable.from(['12345678']), 8)).resolves.toContain('a')
  expect(entries()).toHaveLength(1)
})

test('what does not fit on the disk is refused', async () => {
  const exchange = await Exchange.open({ folder, uploadBytesMax: Number.MAX_SAFE_INTEGER })
  const refused = exchange.receive('a', Readable.from(['1']), Number.MAX_SAFE_INTEGER - 1)
  await expect(refused).rejects.toMatchObject({ problem: 'noRoom' })
  expect(entries()).toEqual([])
})

test('an upload that breaks off leaves nothing', async () => {
  const exchange = await Exchange.open({ folder })
  const body = new Readable({ read() {} })
  body.push('the first part')
  const received = exchange.receive('a', body, undefined)
  body.destroy(new Error('gone'))
  await expect(received).rejects.toThrow('gone')
  expect(entries()).toEqual([])
})

test('a place to save to is empty; what the host writes there is handed over, then forgotten', async () => {
  const exchange = await Exchange.open({ folder })
  const path = await exchange.reserve('alice.tox')
  expect([existsSync(path), exchange.isSave(path), exchange.isUpload(path)]).toEqual([false, true, false])
  await expect(exchange.read(path)).rejects.toMatchObject({ problem: 'gone' })
  writeFileSync(path, 'saved')
  const { name, sizeBytes, body } = await exchange.read(path)
  expect([name, sizeBytes, (await buffer(body)).toString()]).toEqual(['alice.tox', 5, 'saved'])
  await exchange.forget(path)
  expect([existsSync(path), exchange.isSave(path)]).toEqual([false, false])
  await expect(exchange.read(path)).rejects.toBeInstanceOf(ExchangeError)
})

test('hands over nothing that it did not name itself', async () => {
  const exchange = await Exchange.open({ folder })
  const path = await exchange.reserve('a')
  writeFileSync(path, 'x')
  const upload = await exchange.receive('a', Readable.from(['x']), 1)
  for (const other of ['/etc/passwd', `${path}/../a`, join(path, '..', 'b'), dirname(path), '', upload]) {
    await expect(exchange.read(other === path ? '' : `${other}`)).rejects.toMatchObject({ problem: 'gone' })
  }
})

test('old files go: uploads after an hour, what nobody fetched after a week', async () => {
  const exchange = await Exchange.open({ folder })
  const upload = await exchange.receive('a', Readable.from(['x']), 1)
  const [fresh, old] = [await exchange.reserve('a'), await exchange.reserve('a')]
  makeOld(upload, 3_700)
  makeOld(fresh, 6 * DAY_S)
  makeOld(old, 8 * DAY_S)
  await exchange.sweep()
  expect([exchange.isUpload(upload), exchange.isSave(fresh), exchange.isSave(old)]).toEqual([false, true, false])
  expect([existsSync(dirname(upload)), existsSync(dirname(fresh)), existsSync(dirname(old))]).toEqual([
    false,
    true,
    false,
  ])
})

test('what is still being written is as young as its last byte', async () => {
  const exchange = await Exchange.open({ folder })
  const path = await exchange.reserve('film.mkv')
  writeFileSync(path, 'begun')
  makeOld(path, 8 * DAY_S)
  appendFileSync(path, ' and gone on with')
  await exchange.sweep()
  expect([exchange.isSave(path), existsSync(path)]).toEqual([true, true])
})

test('the end, and a start after a crash, leave no upload; what waits for the person stays', async () => {
  const first = await Exchange.open({ folder })
  await first.receive('a', Readable.from(['x']), 1)
  const waiting = await first.reserve('from-bob.png')
  writeFileSync(waiting, 'x')
  await first.reserve('never written')
  await first.close()
  expect(entries()).toEqual([basename(dirname(waiting))])
  const second = await Exchange.open({ folder })
  const { name, body } = await second.read(waiting)
  expect([name, (await buffer(body)).toString()]).toEqual(['from-bob.png', 'x'])
  await second.receive('a', Readable.from(['x']), 1)
  await Exchange.open({ folder })
  expect(readdirSync(join(folder, 'uploads'))).toEqual([])
  expect(existsSync(waiting)).toBe(true)
})
