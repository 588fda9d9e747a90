/**
 * What the bench of the app does inside the page. Each of these travels there alone: none may use anything from outside
 * itself.
 */

export interface Sight {
  readonly selector: string
  /** What the element says. */
  readonly text: string
  /** The name of the mark that is set. */
  readonly mark: string
}

/** Marks when the first frame is painted in which such an element is to be seen. */
export function markWhenShown({ selector, text, mark }: Sight): void {
  const isShown = (element: Element): boolean => {
    const { top, bottom } = element.getBoundingClientRect()
    return element.textContent.includes(text) && bottom > top && bottom > 0 && top < innerHeight
  }
  const look = (): void => {
    if (![...document.querySelectorAll(selector)].some(isShown)) {
      requestAnimationFrame(look)
      return
    }
    // A task that is begun before a frame is painted runs after it.
    const { port1, port2 } = new MessageChannel()
    port1.addEventListener('message', () => performance.mark(mark))
    port1.start()
    port2.postMessage(undefined)
  }
  requestAnimationFrame(look)
}

/** Marks when the person clicked, as the browser noticed it, however late the page hears of it. */
export function markNextClick(mark: string): void {
  addEventListener('click', ({ timeStamp }) => performance.mark(mark, { startTime: timeStamp }), {
    capture: true,
    once: true,
  })
}

/** Measures from each key that changes a field, as the browser noticed it, to the end of the frame that shows the change. */
export function measureKeys(measure: string): void {
  let pressedAt = 0
  addEventListener('keydown', ({ timeStamp }) => (pressedAt = timeStamp), { capture: true })
  const onInput = (): void => {
    const start = pressedAt
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel()
      port1.addEventListener('message', () => performance.measure(measure, { start, end: performance.now() }))
      port1.start()
      port2.postMessage(undefined)
    })
  }
  addEventListener('input', onInput, { capture: true })
}

/** When it was marked, in milliseconds since the page was asked for; undefined as long as it was not. */
export function markedAt(mark: string): number | undefined {
  return performance.getEntriesByName(mark)[0]?.startTime
}

export function measured(measure: string): number[] {
  return performance.getEntriesByName(measure).map(({ duration }) => duration)
}

/** The addresses of all that had arrived by then, the page itself first. */
export function loadedBefore(time: number): string[] {
  const loaded = performance
    .getEntriesByType('resource')
    .filter((entry) => entry instanceof PerformanceResourceTiming && entry.responseEnd <= time)
  return [location.href, ...loaded.map(({ name }) => name)]
}
