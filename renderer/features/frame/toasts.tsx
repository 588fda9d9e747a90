import { useEffect } from 'react'
import { useStore } from 'zustand'
import { useStores, useToasts } from '../../app-context.tsx'
import { explain } from '../../ask.ts'
import { useTexts } from '../../text/voice.tsx'
import { ToastList } from '../../ui/toast.tsx'

/** All toasts, and the one for stores that could not be filled. */
export function Toasts() {
  const t = useTexts()
  const toasts = useToasts((state) => state.toasts)
  const show = useToasts((state) => state.show)
  const dismiss = useToasts((state) => state.dismiss)
  const { error } = useStore(useStores().loadFailure)
  useEffect(() => {
    if (error !== undefined) show({ kind: 'error', title: t.errors.couldNot.load, body: explain(error, t) })
  }, [error, show, t])
  return <ToastList toasts={toasts} onDismiss={dismiss} />
}
