import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { defaultProfileFolder, type Surroundings } from './profile-place.ts'

let home = ''

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'ampoule-place-'))
})

afterEach(() => rmSync(home, { recursive: true }))

function place(platform: NodeJS.Platform, environment: Surroundings['environment'] = {}): string {
  return defaultProfileFolder({ platform, environment, home }).replace(home, '~')
}

/** Somebody has a profile there. */
function inhabit(path: string): void {
  const file = join(home, path, 'profile.tox')
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, '')
}

test('a profile lies where the platform keeps such things, whichever shell asks', () => {
  expect(place('linux')).toBe('~/.local/share/ampoule')
  expect(place('linux', { XDG_DATA_HOME: `${home}/data` })).toBe('~/data/ampoule')
  expect(place('linux', { XDG_DATA_HOME: 'data' })).toBe('~/.local/share/ampoule')
  expect(place('darwin')).toBe('~/Library/Application Support/Ampoule/profile')
  expect(place('win32', { APPDATA: `${home}/r` })).toBe('~/r/Ampoule/profile')
})

test.each([
  ['linux', '.config/Ampoule/profile', '.local/share/ampoule'],
  ['linux', '.config/ampoule/profile', '.local/share/ampoule'],
  ['darwin', 'Library/Application Support/Ampoule', 'Library/Application Support/Ampoule/profile'],
  ['win32', 'AppData/Roaming/Ampoule', 'AppData/Roaming/Ampoule/profile'],
] as const)(
  'on %s a profile of an earlier version in %s is found, until there is one in the common place',
  (platform, former, common) => {
    inhabit(former)
    expect(place(platform)).toBe(`~/${former}`)
    inhabit(common)
    expect(place(platform)).toBe(`~/${common}`)
  },
)
