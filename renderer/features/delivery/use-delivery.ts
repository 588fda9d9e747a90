import { useCallback, useEffect, useState } from 'react'
import type { Delivery, Message } from '../../../shared/model/message.ts'
import { useStores } from '../../app-context.tsx'

interface Found {
  readonly ofId: number
  readonly delivery: Delivery | undefined
}

/** The details of a message's delivery: asked for when it is shown, and again whenever the message changes. */
export function useDelivery(message: Message) {
  const { messages } = useStores()
  const [found, setFound] = useState<Found>()
  const [tries, setTries] = useState(0)
  const { id, state, reason, copies, expiresAt } = message
  useEffect(() => {
    let isCurrent = true
    const show = (delivery: Delivery | undefined) => {
      if (isCurrent) setFound({ ofId: id, delivery })
    }
    messages
      .getState()
      .delivery(id)
      .then(show, () => show(undefined))
    return () => {
      isCurrent = false
    }
  }, [messages, id, state, reason, copies?.held, copies?.wanted, expiresAt, tries])
  const load = useCallback(() => setTries((count) => count + 1), [])
  const isOfThis = found?.ofId === id
  return { delivery: isOfThis ? found.delivery : undefined, hasFailed: isOfThis && !found.delivery, load }
}
