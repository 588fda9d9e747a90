import { useCallback, useState } from 'react'
import { useStores } from '../../app-context.tsx'
import { useAsk } from '../../ask.ts'

/**
 * For a button that works on something: knows while it does, and tells in a toast that it failed or, if there is something
 * to say, that it is done.
 */
export function useAttempt() {
  const ask = useAsk()
  const { toasts } = useStores()
  const [isBusy, setBusy] = useState(false)
  const attempt = useCallback(
    (failure: string, work: () => Promise<unknown>, done?: string): void => {
      setBusy(true)
      void ask(failure, work).then((isDone) => {
        setBusy(false)
        if (isDone && done !== undefined) toasts.getState().show({ kind: 'note', title: done })
      })
    },
    [ask, toasts],
  )
  return { attempt, isBusy }
}
