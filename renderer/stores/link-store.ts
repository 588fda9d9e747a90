import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Link, LinkState } from '../api/connection.ts'

/** Whether the way to the host stands. */
export function createLinkStore(link: Link): StoreApi<LinkState> {
  const store = createStore<LinkState>()(() => link.state)
  // zustand merges objects and replaces all else, which a state that is one word is.
  link.onChange((state) => store.setState(state, true))
  return store
}
