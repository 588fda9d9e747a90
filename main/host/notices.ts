import type { MessageRow } from '../db/message-row.ts'
import type { Notice } from '../../shared/model/app.ts'
import type { QuietHours, Settings } from '../../shared/model/settings.ts'
import { ownWordsOf } from '../../shared/quoting.ts'

/** What a person may want to be told of while not looking. */
export type NoticeCause =
  | { readonly kind: 'message' | 'stored' | 'collected'; readonly row: MessageRow; readonly name: string }
  | { readonly kind: 'file'; readonly friend: string; readonly name: string; readonly fileName: string }
  | { readonly kind: 'request'; readonly publicKey: string; readonly message: string }

/** More than a notification shows, and less than a window takes (shared/api/window-contract.ts). */
const TEXT_CHARS_MAX = 300

const SWITCHES = {
  message: 'notifyMessages',
  file: 'notifyMessages',
  request: 'notifyRequests',
  stored: 'notifyStored',
  collected: 'notifyCollected',
} as const

/** The notice of it, or undefined where it is switched off or the hours are quiet. at   in the computer's own zone */
export function noticeOf(cause: NoticeCause, settings: Settings, at: Date): Notice | undefined {
  if (!settings[SWITCHES[cause.kind]] || isQuiet(settings.quietHours, at)) return undefined
  if (cause.kind === 'request') {
    const { publicKey, message } = cause
    return { kind: 'request', publicKey, name: '', ...(settings.notifyText ? { text: beginningOf(message) } : {}) }
  }
  if (cause.kind === 'file') {
    const { friend, name, fileName } = cause
    return { kind: 'file', publicKey: friend, name, ...(settings.notifyText ? { text: beginningOf(fileName) } : {}) }
  }
  const { kind, name, row } = cause
  const text = settings.notifyText ? { text: beginningOf(ownWordsOf(row.content.text)) } : {}
  return { kind, publicKey: row.friend, name, messageId: row.id, ...text }
}

function beginningOf(text: string): string {
  const characters = Array.from(text)
  return characters.length > TEXT_CHARS_MAX ? `${characters.slice(0, TEXT_CHARS_MAX - 1).join('')}…` : text
}

/** Quiet hours may pass midnight; from and to the same time they are the whole day. */
export function isQuiet({ isOn, from, to }: QuietHours, at: Date): boolean {
  if (!isOn) return false
  const minute = at.getHours() * 60 + at.getMinutes()
  const [begin, end] = [minuteOf(from), minuteOf(to)]
  return begin < end ? minute >= begin && minute < end : minute >= begin || minute < end
}

function minuteOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return hours * 60 + minutes
}
