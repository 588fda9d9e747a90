import type { KeyboardEvent } from 'react'

/**
 * Lets the arrow keys, Home and End walk over the items of a list: the elements inside that carry `data-item`. They stay
 * ordinary buttons, each reachable by Tab as well. A list inside another gives the key on only where it ends itself.
 */
export function walkWithArrows(event: KeyboardEvent<HTMLElement>): void {
  if (event.defaultPrevented) return
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-item]')]
  const at = items.findIndex((item) => item === document.activeElement)
  if (at < 0) return
  const next = nextIndex(event.key, at, items.length)
  if (next === undefined || next === at) return
  event.preventDefault()
  items[next]?.focus()
}

function nextIndex(key: string, at: number, count: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return Math.min(at + 1, count - 1)
    case 'ArrowUp':
      return Math.max(at - 1, 0)
    case 'Home':
      return 0
    case 'End':
      return count - 1
    default:
      return undefined
  }
}
