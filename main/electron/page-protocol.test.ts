import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { PAGE_HEADERS } from '../../shared/content-policy.ts'
import { createPageResponder, isOwnPage, PAGE_URL } from './page-protocol.ts'

const folder = mkdtempSync(join(tmpdir(), 'ampoule-page-'))
const root = join(folder, 'renderer')
mkdirSync(join(root, 'assets'), { recursive: true })
writeFileSync(join(root, 'index.html'), '<title>page</title>')
writeFileSync(join(root, 'assets/main.js'), 'export {}')
writeFileSync(join(root, 'assets/notes.txt'), 'no kind of file that the page has')
writeFileSync(join(folder, 'secret.json'), '{}')
mkdirSync(join(folder, 'renderer-other'))
writeFileSync(join(folder, 'renderer-other/x.js'), '')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const respond = createPageResponder(root)

test('serves the files of the page with their type and every header of the policy', async () => {
  const page = await respond({ method: 'GET', url: PAGE_URL })
  expect([page.status, await page.text()]).toEqual([200, '<title>page</title>'])
  expect(page.headers.get('Content-Type')).toBe('text/html; charset=utf-8')
  for (const [name, value] of Object.entries(PAGE_HEADERS)) expect(page.headers.get(name), name).toBe(value)
  const script = await respond({ method: 'GET', url: 'app://ampoule/assets/main.js' })
  expect(script.headers.get('Content-Type')).toBe('text/javascript; charset=utf-8')
})

test('serves nothing else of the disk', async () => {
  const urls = [
    'app://ampoule/../secret.json',
    'app://ampoule/%2e%2e/secret.json',
    'app://ampoule/..%2fsecret.json',
    'app://ampoule/assets/..%2f..%2fsecret.json',
    'app://ampoule/..%2frenderer-other%2fx.js',
    'app://ampoule/index.html%00.js',
    'app://ampoule/%zz.js',
    'app://ampoule/absent.js',
    'app://ampoule/assets',
    'app://ampoule/assets/notes.txt',
    'app://ampoule/',
    'app://other/index.html',
    'file:///etc/passwd',
    'not an address',
  ]
  for (const url of urls) {
    const answer = await respond({ method: 'GET', url })
    expect([answer.status, await answer.text()], url).toEqual([404, 'not found'])
    expect(answer.headers.get('Content-Security-Policy')).toBe(PAGE_HEADERS['Content-Security-Policy'])
  }
  expect((await respond({ method: 'POST', url: PAGE_URL })).status).toBe(404)
})

test('knows its own pages from those that look like them', () => {
  expect(isOwnPage(PAGE_URL)).toBe(true)
  for (const url of [
    'app://ampoule.example/',
    'app://ampoule',
    'https://ampoule/',
    'xapp://ampoule/',
    'about:blank',
    '',
  ]) {
    expect(isOwnPage(url), url).toBe(false)
  }
})
