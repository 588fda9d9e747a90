import { useCallback, useEffect } from 'react'
import type { Friend } from '../../../shared/model/friend.ts'
import { useDrafts, useStores } from '../../app-context.tsx'

/** The words in the composer, kept for each friend until they are sent. */
export function useDraft({ publicKey, draft }: Friend): readonly [string, (text: string) => void] {
  const { drafts } = useStores()
  const unkept = useDrafts((state) => state.unkept[publicKey])
  useEffect(() => {
    const keep = () => drafts.getState().keep(publicKey)
    window.addEventListener('pagehide', keep)
    return () => {
      window.removeEventListener('pagehide', keep)
      keep()
    }
  }, [drafts, publicKey])
  const write = useCallback((text: string) => drafts.getState().write(publicKey, text), [drafts, publicKey])
  return [unkept ?? draft, write]
}
