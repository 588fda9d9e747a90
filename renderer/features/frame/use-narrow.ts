import { useSyncExternalStore } from 'react'

/** The same width as in split-view.module.css. */
const NARROW = '(width < 45rem)'

/** Whether there is room for one column only. */
export function useNarrow(): boolean {
  return useSyncExternalStore(subscribe, isNarrow)
}

function subscribe(listener: () => void): () => void {
  const query = window.matchMedia(NARROW)
  query.addEventListener('change', listener)
  return () => query.removeEventListener('change', listener)
}

function isNarrow(): boolean {
  return window.matchMedia(NARROW).matches
}
