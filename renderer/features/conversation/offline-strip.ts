import type { Friend } from '../../../shared/model/friend.ts'

/**
 * What the calm strip above the composer says about messages to a friend:
 * `waits` they wait on the network; the others say why they do not.
 */
export type StripKind = 'not-answered' | 'no-network' | 'off' | 'unsupported' | 'not-met' | 'pending' | 'waits'

type Standing = Pick<Friend, 'online' | 'isRequested' | 'hasMet' | 'offlineMessages'>

/** The strip for a friend; undefined while the friend is online and there is nothing to explain. */
export function stripKind(friend: Standing, isConnected: boolean): StripKind | undefined {
  if (friend.online) return undefined
  if (friend.isRequested) return 'not-answered'
  if (!isConnected) return 'no-network'
  if (friend.offlineMessages === 'off') return 'off'
  if (friend.offlineMessages === 'unsupported') return 'unsupported'
  if (friend.offlineMessages === 'ready') return 'waits'
  return friend.hasMet ? 'pending' : 'not-met'
}

/** Whether what is sent now would be stored on the network, and so has a price. */
export function isStoredOnNetwork(friend: Standing): boolean {
  return !friend.online && friend.offlineMessages === 'ready'
}
