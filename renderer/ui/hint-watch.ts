/** Where the pointer must rest before a word appears; from one such element to the next it needs no rest. */
const REST_MS = 500
/** So long the pointer may be on its way from an element to its word, to read it there. */
const LEAVE_MS = 100

export interface HintWatch {
  /** Takes the word away: somebody pressed Escape. */
  close(): void
  stop(): void
}

/**
 * Tells which element with `data-tooltip` the pointer rests on or the keyboard is at, for the whole window. A press takes
 * its word away until the pointer has left: one sees then what the element does.
 */
export function watchHints(window: Window, show: (anchor: HTMLElement | undefined) => void): HintWatch {
  let shown: HTMLElement | undefined
  let pointed: Element | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const settle = (element: HTMLElement | undefined) => {
    clearTimeout(timer)
    shown = element?.isConnected === true ? element : undefined
    show(shown)
  }
  const settleIn = (ms: number, element: HTMLElement | undefined) => {
    clearTimeout(timer)
    timer = setTimeout(() => settle(element), ms)
  }
  const onPointerOver = ({ target, pointerType }: PointerEvent) => {
    if (pointerType === 'touch' || !(target instanceof Element)) return
    const element = target.closest<HTMLElement>('[data-tooltip], [data-tooltip-popup]') ?? undefined
    if (element === pointed) return
    pointed = element
    if (element === undefined) settleIn(LEAVE_MS, undefined)
    else if (element.dataset['tooltip'] === undefined) clearTimeout(timer)
    else settleIn(shown ? 0 : REST_MS, element)
  }
  const onFocusIn = ({ target }: FocusEvent) => {
    if (target instanceof HTMLElement && target.matches('[data-tooltip]:focus-visible')) settle(target)
    else settle(undefined)
  }
  const close = () => settle(undefined)
  const listening = new AbortController()
  const options = { signal: listening.signal, passive: true }
  window.addEventListener('pointerover', onPointerOver, options)
  window.addEventListener('pointerdown', close, options)
  window.addEventListener('focusin', onFocusIn, options)
  window.addEventListener('blur', close, options)
  return {
    close,
    stop() {
      clearTimeout(timer)
      listening.abort()
    },
  }
}
