/** The part of a plot that is used here. */
export interface Plot {
  /** Does what `change` asks for, and draws it before it returns. */
  batch(change: () => void): void
  setSize(size: { readonly width: number; readonly height: number }): void
  destroy(): void
}

/** What uPlot tells windows when they come to a screen with other pixels; it would then draw where nobody could catch it. */
const PIXELS_CHANGED = 'dppxchange'

export interface ChartInput {
  readonly element: HTMLElement
  readonly height: number
  /** Makes a plot in `element` and draws it before it returns; `made` is told of it before anything can fail. */
  readonly draw: (made: (plot: Plot) => void) => void
  readonly onFailed: () => void
}

/**
 * Keeps a chart drawn while its element and the screen change, until the returned function is called. Whatever fails,
 * now or later, ends it and is told once: a chart is worth no page.
 */
export function keepDrawn({ element, height, draw, onFailed }: ChartInput): () => void {
  let plot: Plot | undefined
  const clear = (): void => {
    const former = plot
    plot = undefined
    former?.destroy()
  }
  const attempt = (work: () => void): void => {
    try {
      work()
    } catch {
      end()
      onFailed()
    }
  }
  const drawAnew = (): void => {
    clear()
    draw((made) => {
      plot = made
    })
  }
  const onPixels = (event: Event): void => {
    // The plot listens too, after this: it is another one then.
    event.stopImmediatePropagation()
    attempt(drawAnew)
  }
  const resized = new ResizeObserver(() =>
    attempt(() => plot?.batch(() => plot?.setSize({ width: element.clientWidth, height }))),
  )
  const end = (): void => {
    resized.disconnect()
    window.removeEventListener(PIXELS_CHANGED, onPixels)
    clear()
  }
  window.addEventListener(PIXELS_CHANGED, onPixels)
  resized.observe(element)
  attempt(drawAnew)
  return end
}
