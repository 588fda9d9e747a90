import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { setLoginItem } from './login-item.ts'

const folder = mkdtempSync(join(tmpdir(), 'ampoule-login-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function options(platform: NodeJS.Platform, isPackaged: boolean) {
  const told: unknown[] = []
  const app = { isPackaged, getName: () => 'Ampoule', setLoginItemSettings: (item: object) => void told.push(item) }
  return { told, app, platform, autostartFolder: join(folder, 'autostart'), program: '/opt/My "Apps"/100%/ampoule' }
}

test('Linux: an autostart entry that names the program comes and goes', () => {
  const linux = options('linux', true)
  const path = join(linux.autostartFolder, 'ampoule.desktop')
  setLoginItem(linux, true)
  expect(readFileSync(path, 'utf8')).toContain(String.raw`Exec="/opt/My \\"Apps\\"/100%%/ampoule" --hidden` + '\n')
  setLoginItem(linux, false)
  expect(existsSync(path)).toBe(false)
  setLoginItem(linux, false)
  expect(linux.told).toEqual([])
})

test('macOS and Windows are told by Electron', () => {
  for (const platform of ['darwin', 'win32'] as const) {
    const other = options(platform, true)
    setLoginItem(other, true)
    setLoginItem(other, false)
    expect(other.told).toEqual([
      { openAtLogin: true, args: ['--hidden'] },
      { openAtLogin: false, args: ['--hidden'] },
    ])
  }
})

test('a clone is never started by itself', () => {
  for (const platform of ['linux', 'darwin'] as const) {
    const clone = options(platform, false)
    setLoginItem(clone, true)
    expect(clone.told).toEqual([])
    expect(existsSync(join(clone.autostartFolder, 'ampoule.desktop'))).toBe(false)
  }
})
