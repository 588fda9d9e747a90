import { expect, test } from 'vitest'
import { defaultProfileFolder, webFolderOf } from './profile-folder.ts'

test('a profile lies where the platform keeps such things', () => {
  expect(defaultProfileFolder('linux', {}, '/h')).toBe('/h/.local/share/ampoule')
  expect(defaultProfileFolder('linux', { XDG_DATA_HOME: '/data' }, '/h')).toBe('/data/ampoule')
  expect(defaultProfileFolder('linux', { XDG_DATA_HOME: 'data' }, '/h')).toBe('/h/.local/share/ampoule')
  expect(defaultProfileFolder('darwin', {}, '/h')).toBe('/h/Library/Application Support/Ampoule')
  expect(defaultProfileFolder('win32', { APPDATA: '/r' }, '/h')).toBe('/r/Ampoule')
})

test('what the web shell keeps lies beside the profile, not in it', () => {
  expect(webFolderOf('/h/ampoule')).toBe('/h/ampoule.web')
  expect(webFolderOf('/h/ampoule/')).toBe('/h/ampoule.web')
})
