import { earliest, type Instant, SECOND_MS, type Wake } from '../../base/time.ts'
import type { PublicKey } from '../../crypto/keys.ts'
import { encode } from '../../wire/codec.ts'
import { alivePacket, liveFriendRequestPacket, offlinePacket, onlinePacket } from '../../wire/friend-packets.ts'
import { namePacket, statusMessagePacket, typingPacket, userStatusPacket } from '../../wire/messenger-packets.ts'
import { byteOfStatus, type UserStatus } from '../user-status.ts'
import type { FriendFiles } from './friend-files.ts'
import type { MessengerNetCrypto } from './lower-machines.ts'
import { Receipts } from './receipts.ts'

const ALIVE_INTERVAL_MS = 8 * SECOND_MS
const ALIVE_TIMEOUT_MS = 4 * ALIVE_INTERVAL_MS

/** The first alive goes out with the answer to the friend's online packet, or after this long. */
const FIRST_ALIVE_DELAY_MS = SECOND_MS

/** A friend who says nothing on an open connection may still have to be asked; the pause doubles each time. */
const REQUEST_DELAY_FIRST_MS = 5 * SECOND_MS

/** net_crypto had no room: look again after this long. */
const RETRY_DELAY_MS = 50

/** What we tell all friends of ourselves. */
export interface OwnProfile {
  readonly name: Uint8Array
  readonly statusMessage: Uint8Array
  readonly status: UserStatus
}

export interface OutgoingRequest {
  readonly nospam: Uint8Array
  readonly message: Uint8Array
}

/** In the order in which c-toxcore says them. */
const SAYINGS = ['online', 'alive', 'name', 'statusMessage', 'status', 'typing', 'request'] as const
type Saying = (typeof SAYINGS)[number]

interface SessionParts {
  readonly friend: PublicKey
  readonly netCrypto: MessengerNetCrypto
  readonly files: FriendFiles
}

/**
 * What is said over one established connection: online first, heard only after the friend's own online packet, then
 * name, status message, status and typing; alive every 8 s, and the end after 32 s without the friend's.
 *
 * source   tox-wire.md 5.1, 5.2
 */
export class FriendSession {
  readonly files: FriendFiles
  readonly receipts = new Receipts()
  readonly #friend: PublicKey
  readonly #netCrypto: MessengerNetCrypto
  readonly #owed = new Set<Saying>(['online'])
  #isOnline = false
  #isTyping = false
  #heardAliveAt: Instant
  #nextAliveAt: Instant
  #nextRequestAt: Instant
  #requestDelayMs = REQUEST_DELAY_FIRST_MS
  #retryAt: Instant | undefined

  constructor({ friend, netCrypto, files }: SessionParts, now: Instant) {
    this.#friend = friend
    this.#netCrypto = netCrypto
    this.files = files
    this.#heardAliveAt = now
    this.#nextAliveAt = now + FIRST_ALIVE_DELAY_MS
    this.#nextRequestAt = now + REQUEST_DELAY_FIRST_MS
  }

  /** Whether the friend has said online, so that each hears the other. */
  get isOnline(): boolean {
    return this.#isOnline
  }

  /** Whether the friend can hear us already: our online packet is on its way before anything else. */
  get isAnnounced(): boolean {
    return this.#isOnline && !this.#owed.has('online')
  }

  /** The friend said online: say it again, and all that we tell of ourselves. */
  handleOnline(now: Instant): void {
    this.#isOnline = true
    for (const saying of ['online', 'alive', 'name', 'statusMessage', 'status', 'typing'] as const) this.owe(saying)
    this.#nextAliveAt = now + ALIVE_INTERVAL_MS
  }

  /** The friend said offline, though the connection stands. */
  handleOffline(): void {
    this.#isOnline = false
    this.#isTyping = false
    for (const saying of ['name', 'statusMessage', 'status', 'typing'] as const) this.#owed.delete(saying)
    // A wake that finds nothing to send would come again at once, and again.
    if (this.#owed.size === 0) this.#retryAt = undefined
  }

  handleAlive(now: Instant): void {
    this.#heardAliveAt = now
  }

  /** Whether the friend has been silent for too long; other packets than alive do not count. */
  isExpired(now: Instant): boolean {
    return now >= this.#heardAliveAt + ALIVE_TIMEOUT_MS
  }

  owe(saying: Exclude<Saying, 'request'>): void {
    this.#owed.add(saying)
  }

  setTyping(isTyping: boolean): void {
    if (isTyping === this.#isTyping) return
    this.#isTyping = isTyping
    this.owe('typing')
  }

  /** Says goodbye at once, as far as there is room. */
  sayOffline(now: Instant): void {
    this.#netCrypto.send(this.#friend, encode(offlinePacket, {}), now)
  }

  /** Sends what is owed, in order, as far as net_crypto has room. */
  flush(own: OwnProfile, request: OutgoingRequest | undefined, now: Instant): void {
    this.#retryAt = undefined
    for (const saying of SAYINGS) {
      if (!this.#owed.has(saying)) continue
      const packet = this.#packetOf(saying, own, request)
      if (packet && this.#netCrypto.send(this.#friend, packet, now) === undefined) {
        this.#retryAt = now + RETRY_DELAY_MS
        return
      }
      this.#owed.delete(saying)
    }
  }

  handleTimeout(own: OwnProfile, request: OutgoingRequest | undefined, now: Instant): void {
    if (now >= this.#nextAliveAt) {
      this.#owed.add('alive')
      this.#nextAliveAt = now + ALIVE_INTERVAL_MS
    }
    if (request && !this.#isOnline && now >= this.#nextRequestAt) {
      this.#owed.add('request')
      this.#requestDelayMs *= 2
      this.#nextRequestAt = now + this.#requestDelayMs
    }
    if (this.#owed.size > 0 && (this.#retryAt === undefined || now >= this.#retryAt)) this.flush(own, request, now)
    this.files.handleTimeout(now)
  }

  nextTimeout(request: OutgoingRequest | undefined): Wake | undefined {
    return earliest(
      { at: this.#nextAliveAt, why: 'friend: alive' },
      { at: this.#heardAliveAt + ALIVE_TIMEOUT_MS, why: 'friend: silent' },
      this.#retryAt === undefined ? undefined : { at: this.#retryAt, why: 'friend: look for room' },
      request && !this.#isOnline ? { at: this.#nextRequestAt, why: 'friend: repeat the request' } : undefined,
      this.files.nextTimeout(),
    )
  }

  #packetOf(saying: Saying, own: OwnProfile, request: OutgoingRequest | undefined): Uint8Array | undefined {
    switch (saying) {
      case 'online':
        return encode(onlinePacket, {})
      case 'alive':
        return encode(alivePacket, {})
      case 'name':
        return encode(namePacket, { name: own.name })
      case 'statusMessage':
        return encode(statusMessagePacket, { statusMessage: own.statusMessage })
      case 'status':
        return encode(userStatusPacket, { status: byteOfStatus(own.status) })
      case 'typing':
        return encode(typingPacket, { isTyping: this.#isTyping })
      case 'request':
        return request && encode(liveFriendRequestPacket, request)
    }
  }
}
