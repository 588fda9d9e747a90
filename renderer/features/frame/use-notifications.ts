import { useEffect } from 'react'
import type { Notice } from '../../../shared/model/app.ts'
import type { ShownNotice } from '../../../shared/api/shell.ts'
import { useShell, useStores } from '../../app-context.tsx'
import type { Texts } from '../../text/en.ts'
import { useTexts } from '../../text/voice.tsx'
import { targetOf } from './targets.ts'

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

function shownNotice(notice: Notice, { notices }: Texts): ShownNotice {
  const { kind, publicKey, text } = notice
  const name = notice.name.trim() === '' ? publicKey.slice(0, 8) : notice.name
  const target = targetOf(notice)
  switch (kind) {
    case 'message':
      return { target, title: notices.messageTitle(name), body: text ?? notices.messageBody }
    case 'request':
      return { target, title: notices.requestTitle, body: text ?? notices.requestBody(publicKey.slice(0, 8)) }
    case 'stored':
      return { target, title: notices.storedTitle(name), body: notices.storedBody }
    case 'collected':
      return { target, title: notices.collectedTitle(name), body: notices.collectedBody }
  }
}
