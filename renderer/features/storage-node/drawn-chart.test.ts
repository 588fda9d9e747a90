import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { keepDrawn, type Plot } from './drawn-chart.ts'

/** What the browser has for it, played: nothing else of a page is needed. */
let page: EventTarget
let resize: () => void
let isObserved: boolean

beforeEach(() => {
  page = new EventTarget()
  vi.stubGlobal('window', page)
  vi.stubGlobal(
    'ResizeObserver',
    class {
      constructor(onResize: () => void) {
        resize = onResize
      }
      observe(): void {
        isObserved = true
      }
      disconnect(): void {
        isObserved = false
      }
    },
  )
})

afterEach(() => vi.unstubAllGlobals())

/** A chart whose drawings fail from the `failsFrom`th on. */
function chart(failsFrom = Infinity) {
  const done: string[] = []
  let count = 0
  const step = (name: string): void => {
    done.push(name)
    if ((count += 1) >= failsFrom) throw new Error('cannot draw')
  }
  const plot: Plot = {
    batch: (change) => change(),
    setSize: ({ width, height }) => step(`${width} x ${height}`),
    destroy: () => void done.push('destroy'),
  }
  // Nothing else of the element is asked.
  const element = { clientWidth: 300 } as HTMLElement
  const draw = (made: (plot: Plot) => void): void => {
    made(plot)
    step('draw')
  }
  const end = keepDrawn({ element, height: 160, draw, onFailed: () => void done.push('failed') })
  return { done, end }
}

test('is drawn at once, again at another size, and anew where the pixels are others', () => {
  const { done, end } = chart()
  const hers = vi.fn<() => void>()
  page.addEventListener('dppxchange', hers)
  resize()
  page.dispatchEvent(new Event('dppxchange'))
  expect(done).toEqual(['draw', '300 x 160', 'destroy', 'draw'])
  expect(hers).not.toHaveBeenCalled()
  end()
  expect([done.at(-1), isObserved]).toEqual(['destroy', false])
  page.dispatchEvent(new Event('dppxchange'))
  expect(hers).toHaveBeenCalledOnce()
})

test.each([
  ['at first', 1, []],
  ['at another size', 2, [() => resize()]],
  ['with other pixels', 2, [() => page.dispatchEvent(new Event('dppxchange'))]],
] as const)('what fails %s is told once, thrown to nobody, and ends the chart', (_when, failsFrom, changes) => {
  const { done, end } = chart(failsFrom)
  for (const change of changes) change()
  expect(done.filter((name) => name === 'failed')).toHaveLength(1)
  expect([done.at(-2), done.at(-1), isObserved]).toEqual(['destroy', 'failed', false])
  const count = done.length
  resize()
  page.dispatchEvent(new Event('dppxchange'))
  end()
  expect(done).toHaveLength(count)
})
