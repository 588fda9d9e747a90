import { type Dispatch, type SetStateAction, useCallback, useEffect, useRef, useState } from 'react'
import type { Friend } from '../../../shared/model/friend.ts'
import { useStores } from '../../app-context.tsx'

/** What is written is kept once a person pauses for so long; never on each key. */
const REST_MS = 600

/** The words in the composer, kept for each friend until they are sent. */
export function useDraft({ publicKey, draft }: Friend): readonly [string, Dispatch<SetStateAction<string>>] {
  const { view, friends } = useStores()
  const [text, setText] = useState(() => view.getState().drafts[publicKey] ?? draft)
  const newest = useRef(text)
  const kept = useRef(text)

  const keep = useCallback(() => {
    if (newest.current === kept.current) return
    kept.current = newest.current
    view.getState().setDraft(publicKey, newest.current)
    // It stays in this window; only a restart would lose it.
    friends
      .getState()
      .saveDraft(publicKey, newest.current)
      .catch(() => undefined)
  }, [view, friends, publicKey])

  useEffect(() => {
    newest.current = text
    const timer = setTimeout(keep, REST_MS)
    return () => clearTimeout(timer)
  }, [text, keep])
  useEffect(() => {
    window.addEventListener('pagehide', keep)
    return () => {
      window.removeEventListener('pagehide', keep)
      keep()
    }
  }, [keep])
  return [text, setText]
}
