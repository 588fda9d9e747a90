import { expect, test } from 'vitest'
import { webFolderOf } from './web-folder.ts'

test('what the web shell keeps lies beside the profile, not in it', () => {
  expect(webFolderOf('/h/ampoule')).toBe('/h/ampoule.web')
  expect(webFolderOf('/h/ampoule/')).toBe('/h/ampoule.web')
})
