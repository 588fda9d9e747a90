import { expect, test } from 'vitest'
import { claimToxLinks, isToxLink, openedBy, outsideLink } from './links.ts'

const LINK = `tox:${'AB'.repeat(38)}`

test('finds links and savefiles among the switches of Electron, Chromium and the person', () => {
  const args = ['--no-sandbox', '.', LINK, 'old/qtox.tox', '--profile=x.tox', '/srv/a.TOX', 'notes.txt']
  expect(openedBy(args, '/data')).toEqual({ links: [LINK], savefiles: ['/data/old/qtox.tox', '/srv/a.TOX'] })
})

test('takes no link that is too long, empty, or holds what no link holds', () => {
  expect(isToxLink(LINK)).toBe(true)
  expect(isToxLink(LINK.replace('tox', 'TOX'))).toBe(true)
  for (const text of ['tox:', 'tox:a b', 'tox:a\nb', `tox:${'A'.repeat(600)}`, `x${LINK}`, 'https://tox.chat']) {
    expect(isToxLink(text), text).toBe(false)
  }
})

test('lets web and mail links out, written anew', () => {
  expect(outsideLink('https://example.org/a b')).toBe('https://example.org/a%20b')
  expect(outsideLink('HTTP://EXAMPLE.org')).toBe('http://example.org/')
  expect(outsideLink('mailto:bob@example.org')).toBe('mailto:bob@example.org')
})

test('lets nothing out that could start a program', () => {
  const links = [
    'file:///etc/passwd',
    'smb://x/y',
    'javascript:alert(1)',
    'ms-msdt:/id',
    'tox:ab',
    'app://ampoule/',
    'x',
    '',
  ]
  for (const link of links) expect(outsideLink(link), link).toBeUndefined()
})

test('only an installed app asks for tox links: from a clone the system would start bare Electron with them', () => {
  const claimed: string[] = []
  const app = (isPackaged: boolean) => ({
    isPackaged,
    setAsDefaultProtocolClient: (scheme: string) => claimed.push(scheme) > 0,
  })
  claimToxLinks(app(false))
  expect(claimed).toEqual([])
  claimToxLinks(app(true))
  expect(claimed).toEqual(['tox'])
})
