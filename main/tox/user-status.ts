/** What a person says of themselves. */
export type UserStatus = 'none' | 'away' | 'busy'

/** In the order of the byte on the wire and in the savefile: 0 none, 1 away, 2 busy. */
const STATUSES = ['none', 'away', 'busy'] as const

export function byteOfStatus(status: UserStatus): 0 | 1 | 2 {
  return status === 'none' ? 0 : status === 'away' ? 1 : 2
}

/** A byte that means nothing reads as `none`, as in c-toxcore. */
export function statusOfByte(byte: number): UserStatus {
  return STATUSES[byte] ?? 'none'
}
