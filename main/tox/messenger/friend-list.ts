import { type Instant, SECOND_MS } from '../../base/time.ts'
import { TokenBucket } from '../../base/token-bucket.ts'
import type { PublicKey } from '../../crypto/keys.ts'
import type { SavedFriend } from '../toxsave/tox-profile.ts'
import type { UserStatus } from '../user-status.ts'
import type { FriendConnection } from './friend-connection.ts'
import type { FriendSession, OutgoingRequest } from './friend-session.ts'

const NOTHING = new Uint8Array(0)

/** Files a friend may offer at once: twice as many as can be open, and far more than a person drops on a window. */
const FILE_OFFERS_BURST = 512

/** After that, one so often: each may become a row of the history and a notification. */
const FILE_OFFER_INTERVAL_MS = 10 * SECOND_MS

/** A friend as others see it: a copy of the moment. */
export interface FriendView {
  readonly publicKey: PublicKey
  readonly isOnline: boolean
  /** False while our friend request is unanswered. */
  readonly isConfirmed: boolean
  readonly name: Uint8Array
  readonly statusMessage: Uint8Array
  readonly status: UserStatus
  readonly isTyping: boolean
  /** Unix time in ms; 0: never. */
  readonly lastSeenAt: Instant
}

/** All that the Messenger knows of one friend. */
export class Friend {
  readonly publicKey: PublicKey
  readonly connection: FriendConnection
  /** Not of a session: who comes and goes has no more of it. */
  readonly fileOffers = new TokenBucket(FILE_OFFERS_BURST, FILE_OFFER_INTERVAL_MS)
  /** While a connection is established. */
  session: FriendSession | undefined
  /** Our request, until the friend comes online for the first time. */
  request: OutgoingRequest | undefined
  name: Uint8Array = NOTHING
  statusMessage: Uint8Array = NOTHING
  status: UserStatus = 'none'
  isTyping = false
  lastSeenAt: Instant = 0

  constructor(publicKey: PublicKey, connection: FriendConnection) {
    this.publicKey = publicKey
    this.connection = connection
  }

  get isOnline(): boolean {
    return this.session?.isOnline ?? false
  }

  /** Takes over what the savefile knew. */
  restore(saved: SavedFriend): void {
    if (saved.state === 'requested') {
      this.request = { nospam: saved.nospam.slice(), message: saved.message.slice() }
      return
    }
    this.name = saved.name.slice()
    this.statusMessage = saved.statusMessage.slice()
    this.status = saved.status
    this.lastSeenAt = saved.lastSeenAt
  }

  view(now: Instant): FriendView {
    const { publicKey, isOnline, name, statusMessage, status, isTyping } = this
    const isConfirmed = this.request === undefined
    return { publicKey, isOnline, isConfirmed, name, statusMessage, status, isTyping, lastSeenAt: this.#seenAt(now) }
  }

  saved(now: Instant): SavedFriend {
    const { publicKey, name, statusMessage, status } = this
    if (this.request) return { state: 'requested', publicKey, ...this.request }
    return { state: 'confirmed', publicKey, name, statusMessage, status, lastSeenAt: this.#seenAt(now) }
  }

  #seenAt(now: Instant): Instant {
    return this.isOnline ? now : this.lastSeenAt
  }
}

/** The friends, by long-term key. Only the person adds to it, so the network cannot fill it. */
export class FriendList {
  readonly #friends = new Map<string, Friend>()

  get(publicKey: PublicKey): Friend | undefined {
    return this.#friends.get(publicKey.hex)
  }

  add(friend: Friend): void {
    this.#friends.set(friend.publicKey.hex, friend)
  }

  delete(publicKey: PublicKey): void {
    this.#friends.delete(publicKey.hex)
  }

  filter(isMeant: (friend: Friend) => boolean): Friend[] {
    const meant: Friend[] = []
    for (const friend of this.#friends.values()) if (isMeant(friend)) meant.push(friend)
    return meant
  }

  /** All friends, in the order in which they were added. */
  all(): Friend[] {
    return [...this.#friends.values()]
  }
}
