import { expect, test } from 'vitest'
import { imagesOf } from './pasted-images.ts'

const NOW = new Date(2026, 10, 27, 14, 5, 9)

function pasted(files: File[], types: string[]): string[] {
  return imagesOf({ files, types }, NOW, (when) => `Picture ${when}.png`).map(({ name }) => name)
}

test('names a picture of the clipboard by its time', () => {
  const picture = new File(['x'], 'image.png', { type: 'image/png' })
  expect(pasted([picture], ['Files'])).toEqual(['Picture 2026-11-27 14.05.09.png'])
})

test('keeps the name of a copied file', () => {
  expect(pasted([new File(['x'], 'map.pdf')], ['Files'])).toEqual(['map.pdf'])
})

test('takes the words where both were copied', () => {
  expect(pasted([new File(['x'], 'image.png')], ['text/plain', 'text/html', 'Files'])).toEqual([])
})
