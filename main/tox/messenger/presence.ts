import type { Counters } from '../../base/counters.ts'
import { earliest, type Instant, type Wake } from '../../base/time.ts'
import type { PublicKey } from '../../crypto/keys.ts'
import type { FileTransfers } from './file-transfers.ts'
import { FriendInbox } from './friend-inbox.ts'
import type { Friend, FriendList } from './friend-list.ts'
import { FriendSession, type OwnProfile } from './friend-session.ts'
import type { MessengerNetCrypto } from './lower-machines.ts'
import type { MessengerEvent } from './messenger-events.ts'

interface PresenceParts {
  readonly own: OwnProfile
  readonly friends: FriendList
  readonly files: FileTransfers
  readonly netCrypto: MessengerNetCrypto
  readonly counters: Counters
  readonly emit: { push(event: MessengerEvent): void }
}

/**
 * Who is here: opens a session for each established connection, tells the friend our profile, and ends the session with
 * all that hung on it, files and unacknowledged messages.
 */
export class Presence {
  readonly #parts: PresenceParts
  readonly #inbox: FriendInbox
  #own: OwnProfile

  constructor(parts: PresenceParts) {
    this.#parts = parts
    this.#own = parts.own
    this.#inbox = new FriendInbox(parts.emit, parts.counters)
  }

  /** What friends are told of us. */
  get own(): OwnProfile {
    return this.#own
  }

  setOwn(own: OwnProfile, changed: 'name' | 'statusMessage' | 'status', now: Instant): void {
    this.#own = own
    this.#parts.emit.push({ kind: 'changed' })
    for (const friend of this.#parts.friends.all()) {
      if (!friend.session?.isOnline) continue
      friend.session.owe(changed)
      this.flush(friend, now)
    }
  }

  /** net_crypto is through: say online, and listen. */
  handleEstablished(friend: Friend, dhtKey: PublicKey, now: Instant): void {
    this.endSession(friend, now)
    if (!friend.connection.handleEstablished(dhtKey, now)) return
    const { netCrypto, files: transfers } = this.#parts
    const files = transfers.open(friend)
    friend.session = new FriendSession({ friend: friend.publicKey, netCrypto, files }, now)
    this.flush(friend, now)
  }

  handleData(friend: Friend, data: Uint8Array, now: Instant): void {
    const { session } = friend
    if (!session) return
    const change = this.#inbox.handle(data, { friend, session, now })
    if (change === 'online') this.#handleOnline(friend, session, now)
    else if (change === 'offline') this.#handleOffline(friend, session, now)
  }

  /** The friend took all packets before a number: receipts, and files that are through. */
  handleAcknowledged(friend: Friend, before: number, now: Instant): void {
    const { session, publicKey } = friend
    if (!session) return
    for (const receiptId of session.receipts.takeBefore(before)) {
      this.#parts.emit.push({ kind: 'receipt', friend: publicKey, receiptId })
    }
    session.files.handleAcknowledged(before, now)
  }

  /** The connection is gone, or is to be. */
  endSession(friend: Friend, now: Instant): void {
    if (!friend.session) return
    this.#handleOffline(friend, friend.session, now)
    friend.session = undefined
  }

  /** Says what is owed to the friend. */
  flush(friend: Friend, now: Instant): void {
    friend.session?.flush(this.#own, friend.request, now)
  }

  handleTimeout(now: Instant): void {
    for (const friend of this.#busy()) {
      friend.connection.handleTimeout(now)
      friend.session?.handleTimeout(this.#own, friend.request, now)
      if (friend.session?.isExpired(now)) {
        this.endSession(friend, now)
        friend.connection.drop(now)
      }
    }
  }

  nextTimeout(): Wake | undefined {
    let soonest: Wake | undefined
    for (const { connection, session, request } of this.#busy()) {
      soonest = earliest(soonest, connection.nextTimeout(), session?.nextTimeout(request))
    }
    return soonest
  }

  /** Friends of whom something may become due by itself: of many hundred few. Asked for after every datagram. */
  #busy(): Friend[] {
    return this.#parts.friends.filter(({ connection, session }) => session !== undefined || !connection.isIdle)
  }

  #handleOnline(friend: Friend, session: FriendSession, now: Instant): void {
    session.handleOnline(now)
    if (friend.request) {
      friend.request = undefined
      this.#parts.emit.push({ kind: 'changed' })
    }
    this.flush(friend, now)
    this.#parts.emit.push({ kind: 'friendOnline', friend: friend.publicKey })
  }

  #handleOffline(friend: Friend, session: FriendSession, now: Instant): void {
    if (!session.isOnline) return
    session.handleOffline()
    friend.isTyping = false
    friend.lastSeenAt = now
    session.files.handleDisconnect()
    const receiptIds = session.receipts.takeAll()
    if (receiptIds.length > 0) this.#parts.emit.push({ kind: 'unreceipted', friend: friend.publicKey, receiptIds })
    this.#parts.emit.push({ kind: 'friendOffline', friend: friend.publicKey })
    this.#parts.emit.push({ kind: 'changed' })
  }
}
