import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runningLink } from './link-file.ts'
import { PAGE, SCRIPT, TestDaemon } from './test-daemon.ts'

const REQUEST = { id: 1, method: 'friends.list' }

let shell: TestDaemon

beforeEach(async () => {
  shell = await TestDaemon.start()
})

afterEach(async () => {
  await shell.end()
})

/** Still serves an honest tab. */
async function expectAlive(): Promise<void> {
  const tab = await shell.connect(await shell.enter())
  expect(await tab.echo(REQUEST)).toMatchObject(REQUEST)
  tab.socket.terminate()
}

test('the link lets a browser in, which then gets the page and talks to the host', async () => {
  const headers = await shell.enter()
  expect(await shell.ask('/', { headers })).toMatchObject({ status: 200, text: PAGE })
  expect((await shell.ask('/session', { headers })).status).toBe(204)
  const tab = await shell.connect(headers)
  expect(await tab.echo(REQUEST)).toMatchObject(REQUEST)
})

test('the link is good for one use; the same browser may open it again, another one gets a new one', async () => {
  const path = shell.daemon.link.slice(shell.origin.length)
  const first = await shell.ask(path)
  expect(first.status).toBe(200)
  expect(first.headers['set-cookie']?.[0]).toMatch(/^ampoule-\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/)
  const again = await shell.ask(path)
  expect(again.status).toBe(401)
  expect(again.headers['set-cookie']).toBeUndefined()
  expect(again.text).toContain('has been used')
  const [cookie = ''] = (first.headers['set-cookie']?.[0] ?? '').split(';')
  expect(await shell.ask(path, { headers: { cookie } })).toMatchObject({ status: 303, headers: { location: '/' } })
  expect(shell.daemon.link).not.toContain(path)
  await expectAlive()
})

test('without a session there is nothing to see', async () => {
  for (const path of ['/', '/assets/main-Ab3_x9Zq.js', '/session', '/exchange/file?path=x', '/nothing', '/?token=']) {
    const reply = await shell.ask(path)
    expect(reply.status, path).toBe(401)
    expect(reply.text).not.toContain(SCRIPT)
  }
  const headers = { cookie: `ampoule-${shell.port}=guessed`, origin: shell.origin }
  expect((await shell.ask('/', { headers })).status).toBe(401)
  expect((await shell.ask('/exchange/upload?name=x', { method: 'POST', headers, body: 'x' })).status).toBe(401)
})

test('a WebSocket without a session, from a foreign page, or under another name is refused', async () => {
  const { cookie, origin } = await shell.enter()
  await expect(shell.connect({ origin })).rejects.toThrow('401')
  await expect(shell.connect({ origin, cookie: 'ampoule=x' })).rejects.toThrow('401')
  await expect(shell.connect({ cookie })).rejects.toThrow('403')
  for (const foreign of ['http://evil.example', `http://localhost:${shell.port}`, 'http://127.0.0.1', 'null']) {
    await expect(shell.connect({ cookie, origin: foreign })).rejects.toThrow('403')
  }
  for (const host of [`rebound.example:${shell.port}`, `localhost:${shell.port}`, 'rebound.example']) {
    await expect(shell.connect({ cookie, origin, host })).rejects.toThrow('403')
    await expect(shell.connect({ cookie, origin: `http://${host}`, host })).rejects.toThrow('403')
  }
  await expect(shell.connect({ cookie, origin }, '/other')).rejects.toThrow('404')
  expect(shell.pipes.size).toBe(0)
  await expectAlive()
})

test('a request under another name, from a foreign page, or with a strange method is refused', async () => {
  const { cookie, origin } = await shell.enter()
  const host = `rebound.example:${shell.port}`
  expect((await shell.ask('/', { headers: { cookie, host } })).status).toBe(403)
  expect((await shell.ask(shell.daemon.link.slice(shell.origin.length), { headers: { host } })).status).toBe(403)
  expect((await shell.ask('/', { headers: { cookie, origin: 'http://evil.example' } })).status).toBe(403)
  const body = '{"name":"x"}'
  for (const headers of [{ cookie }, { cookie, origin: 'http://evil.example' }]) {
    expect((await shell.ask('/exchange/save-path', { method: 'POST', headers, body })).status).toBe(403)
  }
  for (const method of ['PUT', 'DELETE', 'OPTIONS']) {
    expect((await shell.ask('/', { method, headers: { cookie, origin } })).status).toBe(405)
  }
  await expectAlive()
})

test('garbage is answered and ends the connection', async () => {
  const headers = await shell.enter()
  for (const [garbage, code] of [
    ['{', -32_700],
    ['\0\u0007\uFFFF', -32_700],
    ['[]', -32_600],
    ['{"id":1}', -32_600],
    ['', -32_700],
  ] as const) {
    const tab = await shell.connect(headers)
    tab.socket.send(garbage)
    expect(JSON.parse((await tab.frame()) ?? '')).toMatchObject({ jsonrpc: '2.0', error: { code } })
    expect(await tab.closed).toBe(1008)
  }
  const binary = await shell.connect(headers)
  binary.socket.send(Buffer.from([1, 2, 3]))
  expect(await binary.closed).toBe(1003)
  await expectAlive()
})

test('10,000 frames a second end the connection, and nobody else notices', async () => {
  const headers = await shell.enter()
  const [flood, calm] = [await shell.connect(headers), await shell.connect(headers)]
  for (let id = 1; id <= 10_000; id += 1) flood.socket.send(JSON.stringify({ jsonrpc: '2.0', ...REQUEST, id }))
  expect(await flood.closed).toBe(1008)
  expect(await calm.echo(REQUEST)).toMatchObject(REQUEST)
  await expect.poll(() => shell.pipes.size).toBe(1)
  await expectAlive()
})

test('an oversized frame ends the connection before it is taken in', async () => {
  const headers = await shell.enter()
  const tab = await shell.connect(headers)
  tab.socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'x', params: 'a'.repeat(512 * 1_024) }))
  expect(await tab.frame()).toBeUndefined()
  expect(await tab.closed).toBe(1009)
  await expectAlive()
})

test('several tabs talk at once, and no more than sixteen', async () => {
  const headers = await shell.enter()
  const tabs = await Promise.all(Array.from({ length: 16 }, () => shell.connect(headers)))
  for (const tab of tabs) expect(await tab.echo(REQUEST)).toMatchObject(REQUEST)
  const extra = await shell.connect(headers)
  expect(await extra.closed).toBe(1013)
  tabs[0]?.socket.terminate()
  await expect.poll(() => shell.pipes.size).toBe(15)
  await expectAlive()
})

test('no path leads out of the page’s folder', async () => {
  const headers = await shell.enter()
  const ways = [
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/assets/../../secret.txt',
    '/..\\secret.txt',
  ]
  const absolute = [
    '//etc/passwd',
    '/%2fetc%2fpasswd',
    'http://127.0.0.1/secret.txt',
    '*',
    '/secret.txt',
    '/index.html%00',
  ]
  for (const path of [...ways, ...absolute, '/__proto__', '/assets', '/assets/']) {
    const { status, text } = await shell.ask(path, { headers })
    expect([400, 404], path).toContain(status)
    expect(text).not.toContain('a file of the person')
  }
})

test('hashed files are kept for good, the page is asked for each time, and every reply is fenced', async () => {
  const headers = await shell.enter()
  const script = await shell.ask('/assets/main-Ab3_x9Zq.js', { headers })
  expect(script.text).toBe(SCRIPT)
  expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8')
  expect(script.headers['cache-control']).toContain('immutable')
  const page = await shell.ask('/', { headers })
  expect(page.headers['cache-control']).toBe('no-cache')
  for (const reply of [script, page, await shell.ask('/nothing', { headers }), await shell.ask('/')]) {
    expect(reply.headers['content-security-policy']).toContain("default-src 'none'")
    expect(reply.headers['x-content-type-options']).toBe('nosniff')
    expect(reply.headers['cross-origin-resource-policy']).toBe('same-origin')
    expect(reply.headers['referrer-policy']).toBe('no-referrer')
  }
  expect(await shell.ask('/', { method: 'HEAD', headers })).toMatchObject({ status: 200, text: '' })
})

test('a second start finds the link in a file that only the user can read; the end takes it away', async () => {
  const folder = join(shell.folder, 'profile.web')
  const path = join(folder, 'link')
  expect(await runningLink(folder)).toBe(shell.daemon.link)
  await shell.enter()
  expect(readFileSync(path, 'utf8')).toBe(shell.daemon.link)
  if (process.platform !== 'win32') {
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
  }
  await shell.daemon.stop()
  expect(await runningLink(folder)).toBeUndefined()
})

test('the end tells every tab', async () => {
  const tab = await shell.connect(await shell.enter())
  await shell.daemon.stop()
  expect(await tab.closed).toBe(1001)
})
