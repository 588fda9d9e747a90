import { useState } from 'react'
import { useAsk } from '../../ask.ts'

/** `useAsk` for a button that shows that it works on it. */
export function useBusyAsk(): {
  isBusy: boolean
  ask: (what: string, ask: () => Promise<unknown>) => Promise<boolean>
} {
  const ask = useAsk()
  const [isBusy, setBusy] = useState(false)
  return {
    isBusy,
    async ask(what, action) {
      setBusy(true)
      try {
        return await ask(what, action)
      } finally {
        setBusy(false)
      }
    },
  }
}
