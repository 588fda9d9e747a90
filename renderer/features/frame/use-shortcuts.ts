import { useEffect } from 'react'
import { useStores } from '../../app-context.tsx'
import { inListOrder } from '../../stores/friends-store.ts'
import type { Stores } from '../../stores/stores.ts'
import { focusSearch } from '../friends/search-field.tsx'

/** Keys that work everywhere in the window. Docs: README, "Keys". */
export function useShortcuts(): void {
  const stores = useStores()
  useEffect(() => {
    const handle = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return
      const action = shortcutOf(event, stores)
      if (!action) return
      event.preventDefault()
      action()
    }
    window.addEventListener('keydown', handle)
    return () => window.removeEventListener('keydown', handle)
  }, [stores])
}

function shortcutOf(event: KeyboardEvent, stores: Stores): (() => void) | undefined {
  const view = stores.view.getState()
  const hasCommand = event.ctrlKey || event.metaKey
  if (hasCommand && !event.altKey && !event.shiftKey) {
    if (event.key === 'k') return () => view.showOverlay({ kind: 'switcher' })
    if (event.key === ',') return () => view.openSettings()
    if (event.key === 'f' && view.place.kind !== 'settings') return focusSearch
  }
  if (hasCommand && event.shiftKey && event.key.toLowerCase() === 'a') {
    return () => view.showOverlay({ kind: 'addFriend' })
  }
  if (event.altKey && event.key === 'ArrowDown') return () => step(stores, 1)
  if (event.altKey && event.key === 'ArrowUp') return () => step(stores, -1)
  if (event.key === 'Escape' && view.place.kind === 'settings' && !view.overlay) return view.goHome
  return undefined
}

/** To the next or previous conversation of the list. */
function step({ view, friends }: Stores, by: 1 | -1): void {
  const { place, openConversation } = view.getState()
  const list = inListOrder(friends.getState().byKey)
  const at = place.kind === 'conversation' ? list.findIndex(({ publicKey }) => publicKey === place.friend) : -1
  const next = list[at < 0 ? 0 : Math.min(Math.max(at + by, 0), list.length - 1)]
  if (next) openConversation(next.publicKey)
}
