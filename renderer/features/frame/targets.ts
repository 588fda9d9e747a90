import type { Notice } from '../../../shared/model/app.ts'
import type { ViewState } from '../../stores/view-store.ts'

/** Where a click on a notification leads: a text that goes out to the shell and comes back. */
export function targetOf({ kind, publicKey, messageId }: Notice): string {
  if (kind === 'request') return `request:${publicKey}`
  return messageId === undefined ? `friend:${publicKey}` : `friend:${publicKey}:${messageId}`
}

/** Goes there. What it does not understand it leaves alone. */
export function openTarget(target: string, view: ViewState): void {
  const [kind, publicKey, messageId] = target.split(':')
  if (kind === 'request') view.goHome()
  if (kind !== 'friend' || publicKey === undefined) return
  if (messageId === undefined) view.openConversation(publicKey)
  else view.openConversation(publicKey, { messageId: Number(messageId) })
}
