import { useEffect } from 'react'
import { useShell, useStores } from '../../app-context.tsx'
import { useTexts } from '../../text/voice.tsx'
import { shownNotice } from './shown-notice.ts'

/** Turns what the host tells into desktop notifications, except of what the person is looking at. */
export function useNotifications(): void {
  const { notices, view } = useStores()
  const shell = useShell()
  const t = useTexts()
  useEffect(
    () =>
      notices.subscribe(({ latest }) => {
        if (!latest) return
        const { place } = view.getState()
        const isSeen = document.hasFocus() && place.kind === 'conversation' && place.friend === latest.publicKey
        if (!isSeen) void shell.notify(shownNotice(latest, t))
      }),
    [notices, view, shell, t],
  )
}
