import { expect, test } from 'vitest'
import { identiconOf } from './identicon.ts'

const key = (seed: number) =>
  Array.from({ length: 64 }, (_, index) => ((seed * 31 + index * 7 + ((seed * index) % 13)) % 16).toString(16)).join('')

test('a key always has the same picture', () => {
  expect(identiconOf(key(5))).toEqual(identiconOf(key(5)))
})

test('each picture is its own mirror image', () => {
  for (let seed = 0; seed < 200; seed += 1) {
    const { shapes } = identiconOf(key(seed))
    const places = new Set(shapes.map(({ x, y }) => `${x},${y}`))
    for (const { x, y } of shapes) expect(places, `seed ${seed}`).toContain(`${5 - x},${y}`)
  }
})

test('different keys rarely look alike', () => {
  const pictures = new Set(Array.from({ length: 500 }, (_, seed) => JSON.stringify(identiconOf(key(seed)))))
  expect(pictures.size).toBeGreaterThan(200)
})
