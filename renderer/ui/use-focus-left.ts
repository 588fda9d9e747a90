import { type RefObject, useLayoutEffect, useRef } from 'react'

/**
 * Where something goes away that has the focus, the focus would fall to the top of the window: it goes on to what a person
 * would expect instead.
 *
 * next  asked once the thing is gone; focuses something
 */
export function useFocusLeft(area: RefObject<HTMLElement | null>, next: () => void): void {
  const newest = useRef(next)
  useLayoutEffect(() => {
    newest.current = next
  })
  useLayoutEffect(() => {
    const element = area.current
    return () => {
      if (element?.contains(document.activeElement)) queueMicrotask(() => newest.current())
    }
  }, [area])
}
