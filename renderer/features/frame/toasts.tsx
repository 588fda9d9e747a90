import { useEffect } from 'react'
import { useStore } from 'zustand'
import { useAccount, useStores, useToasts } from '../../app-context.tsx'
import { explain } from '../../ask.ts'
import { useTexts } from '../../text/voice.tsx'
import { ToastList } from '../../ui/toast.tsx'

/** All toasts; the one for stores that could not be filled, and the one for a profile that gave way to a backup. */
export function Toasts() {
  const t = useTexts()
  const toasts = useToasts((state) => state.toasts)
  const show = useToasts((state) => state.show)
  const dismiss = useToasts((state) => state.dismiss)
  const { error } = useStore(useStores().loadFailure)
  useEffect(() => {
    if (error !== undefined) show({ kind: 'error', title: t.errors.couldNot.load, body: explain(error, t) })
  }, [error, show, t])
  const setAsideIn = useAccount(({ account }) => account?.setAsideIn)
  useEffect(() => {
    // It stays until it is closed: whoever looks for those files must have seen where they are.
    if (setAsideIn !== undefined) {
      show({ kind: 'lasting', title: t.onboarding.setAsideTitle, body: t.onboarding.setAsideBody(setAsideIn) })
    }
  }, [setAsideIn, show, t])
  return <ToastList toasts={toasts} onDismiss={dismiss} />
}
