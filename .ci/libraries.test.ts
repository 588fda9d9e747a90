import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { installedLibraries } from './write-libraries.ts'

test('the About page names the libraries that are installed (npm run libraries)', () => {
  const written: unknown = JSON.parse(readFileSync(resolve(import.meta.dirname, '../main/host/libraries.json'), 'utf8'))
  expect(written).toEqual(installedLibraries())
})
