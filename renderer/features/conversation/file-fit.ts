import type { Friend } from '../../../shared/model/friend.ts'
import { WAITING_FILE_BYTES_MAX } from '../../../shared/limits.ts'

/**
 * What becomes of a file for a friend: `transfer` it goes at once; `waits` it waits as a message; the others say why it
 * cannot be sent now.
 */
export type FileFit = 'transfer' | 'waits' | 'empty' | 'too-large-to-wait' | 'not-answered' | 'unsupported'

type Standing = Pick<Friend, 'online' | 'isRequested' | 'offlineMessages'>

export function fileFit(sizeBytes: number, friend: Standing): FileFit {
  if (friend.isRequested) return 'not-answered'
  if (friend.online) return 'transfer'
  if (friend.offlineMessages === 'unsupported') return 'unsupported'
  if (sizeBytes === 0) return 'empty'
  return sizeBytes > WAITING_FILE_BYTES_MAX ? 'too-large-to-wait' : 'waits'
}
