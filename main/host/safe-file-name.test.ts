import { expect, test } from 'vitest'
import { utf8Length } from '../../shared/utf8-length.ts'
import { safeFileName } from './safe-file-name.ts'

test('keeps an honest name', () => {
  for (const name of [
    'map.png',
    'Straße 7 – Plan.pdf',
    '.profile',
    'a..b',
    '日本.txt',
    '👨‍👩‍👧.png',
    'what? yes: no.txt',
  ]) {
    expect(safeFileName(name, 'linux')).toBe(name)
  }
})

test('leads out of no folder', () => {
  expect(safeFileName('../../etc/passwd', 'linux')).toBe('.._.._etc_passwd')
  expect(safeFileName('..\\..\\x', 'linux')).toBe('.._.._x')
  for (const name of ['', '.', '..', '...', '   ', '\0', '\u202e']) expect(safeFileName(name, 'linux')).toBe('file')
})

test('hides no ending', () => {
  expect(safeFileName('photo\u202egnp.exe', 'linux')).toBe('photognp.exe')
  expect(safeFileName('a\nb\u0000c.txt', 'linux')).toBe('abc.txt')
})

test('means a file on Windows too', () => {
  expect(safeFileName('a<b>:c|d?e*"f".txt', 'win32')).toBe('a_b__c_d_e__f_.txt')
  expect(safeFileName('CON.txt', 'win32')).toBe('_CON.txt')
  expect(safeFileName('com1', 'win32')).toBe('_com1')
  expect(safeFileName('dots. . ', 'win32')).toBe('dots')
})

test('is not longer than a file system takes, and keeps its ending', () => {
  const name = safeFileName(`${'ü'.repeat(300)}.tar`, 'linux')
  expect(utf8Length(name)).toBeLessThanOrEqual(255)
  expect(name).toMatch(/^ü+\.tar$/)
  expect(utf8Length(safeFileName(`a.${'b'.repeat(400)}`, 'linux'))).toBe(255)
})
