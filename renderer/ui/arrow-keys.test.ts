import type { KeyboardEvent } from 'react'
import { afterEach, expect, test, vi } from 'vitest'
import { walkWithArrows } from './arrow-keys.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

/** Items with these names, in lists one inside the other, and the name of the one that has the focus after each key. */
function walk(inner: readonly string[], outer: readonly string[], from: string, keys: readonly string[]): string[] {
  const page = { activeElement: {} as unknown }
  vi.stubGlobal('document', page)
  const items = outer.map((name) => {
    const item = { name, focus: () => (page.activeElement = item) }
    return item
  })
  const focused = () => items.find((item) => item === page.activeElement)?.name ?? ''
  items.find(({ name }) => name === from)?.focus()
  const lists = [items.filter(({ name }) => inner.includes(name)), items].map((held) => ({
    querySelectorAll: () => held,
  }))
  return keys.map((key) => {
    const event = { key, defaultPrevented: false, preventDefault: () => (event.defaultPrevented = true) }
    // As a key goes up the page: the inner list hears of it first.
    for (const currentTarget of lists) {
      walkWithArrows(Object.assign(event, { currentTarget }) as unknown as KeyboardEvent<HTMLElement>)
    }
    return focused()
  })
}

test('the arrow keys walk over a list and stop at its ends', () => {
  const names = ['a', 'b', 'c']
  const keys = ['ArrowDown', 'ArrowDown', 'ArrowDown', 'Home', 'ArrowUp', 'End', 'x']
  expect(walk([], names, 'a', keys)).toEqual(['b', 'c', 'c', 'a', 'a', 'c', 'c'])
})

test('in a list inside another they skip nothing, and lead out of it at its end', () => {
  const names = ['friend 1', 'friend 2', 'friend 3', 'message']
  const keys = ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowUp', 'ArrowUp']
  expect(walk(names.slice(0, 3), names, 'friend 1', keys)).toEqual([
    'friend 2',
    'friend 3',
    'message',
    'friend 3',
    'friend 2',
  ])
})
