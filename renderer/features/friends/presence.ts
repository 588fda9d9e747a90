import type { Friend } from '../../../shared/model/friend.ts'
import type { Texts } from '../../text/en.ts'
import type { Formats } from '../../text/formats.ts'

export type Presence = 'online' | 'away' | 'busy' | 'offline'

export function presenceOf({ online, status }: Pick<Friend, 'online' | 'status'>): Presence {
  if (!online) return 'offline'
  return status === 'none' ? 'online' : status
}

/** "online", "away", "last seen yesterday". */
export function presenceWords(friend: Friend, now: Date, { friends }: Texts, formats: Formats): string {
  switch (presenceOf(friend)) {
    case 'online':
      return friends.presenceOnline
    case 'away':
      return friends.presenceAway
    case 'busy':
      return friends.presenceBusy
    case 'offline':
      if (friend.isRequested) return friends.requested
      if (friend.lastSeenAt === undefined) return friends.presenceOffline
      return friends.lastSeen(formats.moment(friend.lastSeenAt, now))
  }
}
