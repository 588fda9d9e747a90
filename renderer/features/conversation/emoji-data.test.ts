import { expect, test } from 'vitest'
import { emojiDataOf, type SourceEmoji } from './emoji-data.ts'

const NAMES = {
  groups: [
    { key: 'people-body', message: 'people', order: 1 },
    { key: 'component', message: 'components', order: 2 },
  ],
  skinTones: [{ key: 'light', message: 'light skin tone' }],
}

function dataOf(...source: SourceEmoji[]) {
  return emojiDataOf('en', source, NAMES)
}

test('leaves out parts of emoji, letters of flags and what fonts do not have yet', () => {
  const { emojis, categories } = dataOf(
    { emoji: '👋', label: 'waving hand', version: 0.6, group: 1, tags: ['wave'] },
    { emoji: '🏻', label: 'light skin tone', version: 1, group: 2 },
    { emoji: '🇦', label: 'regional indicator A', version: 0 },
    { emoji: '🫪', label: 'distorted face', version: 17, group: 1 },
  )
  expect(emojis.map(({ emoji }) => emoji)).toEqual(['👋'])
  expect(categories).toEqual([{ index: 1, label: 'people' }])
})

test('offers skin tones only where all five exist', () => {
  const toned = ['👋🏻', '👋🏼', '👋🏽', '👋🏾', '👋🏿'].map((emoji, index) => ({ emoji, tone: index + 1 }))
  const wave = { emoji: '👋', label: 'waving hand', version: 0.6, group: 1 }
  expect(dataOf({ ...wave, skins: toned }).emojis[0]?.skins).toMatchObject({ light: '👋🏻', dark: '👋🏿' })
  expect(dataOf({ ...wave, skins: toned.slice(1) }).emojis[0]).not.toHaveProperty('skins')
  expect(dataOf({ ...wave, skins: [{ emoji: '🤝🏻', tone: [1, 2] }] }).emojis[0]).not.toHaveProperty('skins')
})

test('names skin tones in the language, where it has a name', () => {
  expect(dataOf().skinTones).toMatchObject({ light: 'light skin tone', dark: 'dark' })
})
