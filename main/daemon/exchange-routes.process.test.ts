import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { contentDisposition } from './exchange-routes.ts'
import { TestDaemon } from './test-daemon.ts'

let shell: TestDaemon
let headers: { readonly cookie: string; readonly origin: string }

beforeEach(async () => {
  shell = await TestDaemon.start()
  headers = await shell.enter()
})

afterEach(async () => {
  await shell.end()
})

async function pathFrom(path: string, body: string | Buffer): Promise<string> {
  const { status, text } = await shell.ask(path, { method: 'POST', headers, body })
  expect(status, text).toBe(200)
  return (JSON.parse(text) as { path: string }).path
}

test('an uploaded file can be named to the host, byte for byte', async () => {
  const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, at) => at % 251))
  const path = await pathFrom(`/exchange/upload?name=${encodeURIComponent('Straße 7.bin')}`, bytes)
  expect(basename(path)).toBe('Straße 7.bin')
  expect(readFileSync(path).equals(bytes)).toBe(true)
  const tab = await shell.connect(headers)
  const request = { id: 1, method: 'files.send', params: { friend: 'x', path } }
  expect(await tab.echo(request)).toMatchObject(request)
})

test('a file that was not uploaded is refused before the host hears of it', async () => {
  const tab = await shell.connect(headers)
  const path = join(shell.folder, 'secret.txt')
  const refusal = await tab.echo({ id: 1, method: 'files.send', params: { friend: 'x', path } })
  expect(refusal).toMatchObject({ id: 1, error: { code: -32_602 } })
  const other = { id: 2, method: 'friends.list', params: {} }
  expect(await tab.echo(other)).toMatchObject(other)
})

test('what the host saved is downloaded under its name, once', async () => {
  const path = await pathFrom('/exchange/save-path', JSON.stringify({ name: 'alice.tox' }))
  expect(existsSync(path)).toBe(false)
  writeFileSync(path, 'a savefile')
  const url = `/exchange/file?path=${encodeURIComponent(path)}`
  const reply = await shell.ask(url, { headers })
  expect(reply).toMatchObject({ status: 200, text: 'a savefile' })
  expect(reply.headers['content-disposition']).toBe(contentDisposition('alice.tox'))
  expect(reply.headers['content-type']).toBe('application/octet-stream')
  await expect.poll(() => existsSync(path)).toBe(false)
  expect((await shell.ask(url, { headers })).status).toBe(404)
})

test('no other file is downloaded', async () => {
  for (const path of [join(shell.folder, 'secret.txt'), '/etc/passwd', '', '../secret.txt']) {
    const reply = await shell.ask(`/exchange/file?path=${encodeURIComponent(path)}`, { headers })
    expect(reply.status).toBe(404)
  }
})

test('an upload that announces too much is refused and leaves nothing', async () => {
  const reply = await shell.ask('/exchange/upload?name=x', {
    method: 'POST',
    headers: { ...headers, 'content-length': String(5 * 1_024 ** 3) },
  })
  expect(reply.status).toBe(413)
  expect(JSON.parse(reply.text)).toMatchObject({ message: expect.stringContaining('larger') as string })
  expect(readdirSync(join(shell.folder, 'profile.web/uploads'))).toEqual([])
})

test('a wish for a place that is none is refused', async () => {
  for (const body of ['', '{', '{"name":1}', '{"name":"x","more":1}', 'x'.repeat(5_000)]) {
    expect((await shell.ask('/exchange/save-path', { method: 'POST', headers, body })).status).toBe(400)
  }
})

test('a name stays what it is on its way to the browser, and breaks no header', () => {
  expect(contentDisposition('a b.txt')).toBe(`attachment; filename="a b.txt"; filename*=UTF-8''a%20b.txt`)
  const wild = contentDisposition('ü"\r\n;(1)\'*.txt')
  expect(wild).toBe(`attachment; filename="____;(1)'*.txt"; filename*=UTF-8''%C3%BC%22%0D%0A%3B%281%29%27%2a.txt`)
})
