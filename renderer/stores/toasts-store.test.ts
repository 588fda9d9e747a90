import { expect, test } from 'vitest'
import { createToastsStore } from './toasts-store.ts'

test('the same trouble twice is said once, and the oldest goes when there are many', () => {
  const store = createToastsStore()
  const { show, dismiss } = store.getState()
  show({ kind: 'error', title: 'a' })
  show({ kind: 'error', title: 'a' })
  expect(store.getState().toasts).toHaveLength(1)
  for (const title of ['b', 'c', 'd', 'e']) show({ kind: 'note', title })
  expect(store.getState().toasts.map(({ title }) => title)).toEqual(['b', 'c', 'd', 'e'])
  dismiss(store.getState().toasts[0]?.id ?? 0)
  expect(store.getState().toasts.map(({ title }) => title)).toEqual(['c', 'd', 'e'])
})
