import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { electronBinary } from './electron-binary.js'
import { facesOf, isBuilt } from './faces.js'

let root = ''

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ampoule-faces-'))
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

function write(path: string, seconds: number): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), '')
  utimesSync(join(root, path), seconds, seconds)
}

test('only what shows the app needs it built', () => {
  expect(facesOf(['web', '--no-open'])).toEqual(['renderer'])
  expect(facesOf(['demo', '--apps'])).toEqual(['renderer'])
  const others = [[], ['node'], ['serve', '--stdio'], ['demo'], ['node', '--apps'], ['web', '--help'], ['web', '-h']]
  for (const args of others) expect(facesOf(args)).toEqual([])
})

test('each part of the app is as new as all it is made of', () => {
  write('main/electron/main.ts', 100)
  write('preload/preload.ts', 300)
  expect(isBuilt(root, 'electron')).toBe(false)
  write('dist/main/main.js', 200)
  expect(isBuilt(root, 'electron')).toBe(false)
  write('dist/main/main.js', 300)
  expect(isBuilt(root, 'electron')).toBe(true)
  expect(isBuilt(root, 'renderer')).toBe(true)
})

test('Electron is there once its binary lies in the package', () => {
  write('node_modules/electron/index.js', 1)
  expect(electronBinary(root, 'linux')).toBeUndefined()
  write('node_modules/electron/dist/electron', 1)
  expect(electronBinary(root, 'linux')).toBe(join(root, 'node_modules/electron/dist/electron'))
  expect(electronBinary(root, 'win32')).toBeUndefined()
})
