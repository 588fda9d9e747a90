import { useCallback } from 'react'
import { ApiError, ApiErrorCode } from '../shared/api/errors.ts'
import { useStores } from './app-context.tsx'
import type { Texts } from './text/en.ts'
import { useTexts } from './text/voice.tsx'

/**
 * For buttons: carries out what they ask of the host, and says in a toast why it failed.
 *
 * what      the title: what did not happen, from `errors.couldNot`
 * returns   whether it was done
 */
export function useAsk(): (what: string, ask: () => Promise<unknown>) => Promise<boolean> {
  const { toasts } = useStores()
  const t = useTexts()
  return useCallback(
    async (what, ask) => {
      try {
        await ask()
        return true
      } catch (error) {
        toasts.getState().show({ kind: 'error', title: what, body: explain(error, t) })
        return false
      }
    },
    [toasts, t],
  )
}

/** What happened, what was kept and what to do, for any error. */
export function explain(error: unknown, { errors }: Texts): string {
  if (!(error instanceof ApiError)) return errors.internal
  switch (error.code) {
    case ApiErrorCode.InvalidArguments:
    case ApiErrorCode.InvalidRequest:
    case ApiErrorCode.ParseError:
      return `${errors.invalid} ${errors.details(error.message)}`
    case ApiErrorCode.UnknownMethod:
    case ApiErrorCode.Internal:
      return errors.internal
    case ApiErrorCode.NotFound:
      return errors.notFound
    case ApiErrorCode.Conflict:
      return `${errors.conflict} ${errors.details(error.message)}`
    case ApiErrorCode.Impossible:
      return `${errors.impossible} ${errors.details(error.message)}`
    case ApiErrorCode.WrongPassphrase:
      return errors.wrongPassphrase
    case ApiErrorCode.Unreadable:
      return errors.unreadable
    case ApiErrorCode.Busy:
      return errors.busy
    case ApiErrorCode.NotOpen:
      return errors.notOpen
    case ApiErrorCode.DiskFull:
      return errors.diskFull
  }
}
