import { assert } from '../../base/assert.ts'
import { equalBytes } from '../../base/bytes.ts'
import type { Counters } from '../../base/counters.ts'
import { Queue } from '../../base/queue.ts'
import type { Random } from '../../base/random.ts'
import type { Instant, Wake } from '../../base/time.ts'
import type { KeyPair, PublicKey } from '../../crypto/keys.ts'
import { encode } from '../../wire/codec.ts'
import {
  CUSTOM_PACKET_ID_FIRST,
  CUSTOM_PACKET_ID_LAST,
  FRIEND_PACKET_BYTES_MAX,
  FRIEND_REQUEST_MESSAGE_BYTES_MAX,
} from '../../wire/friend-packets.ts'
import {
  actionPacket,
  MESSAGE_BYTES_MAX,
  messagePacket,
  NAME_BYTES_MAX,
  STATUS_MESSAGE_BYTES_MAX,
} from '../../wire/messenger-packets.ts'
import type { MessengerProfile, SavedFriend } from '../toxsave/tox-profile.ts'
import type { UserStatus } from '../user-status.ts'
import { FileTransfers } from './file-transfers.ts'
import { FriendConnection } from './friend-connection.ts'
import { Friend, FriendList, type FriendView } from './friend-list.ts'
import { FriendRequests } from './friend-requests.ts'
import type { OwnProfile } from './friend-session.ts'
import type {
  MessengerDht,
  MessengerDhtEvent,
  MessengerNetCrypto,
  MessengerNetCryptoEvent,
  MessengerOnion,
  MessengerOnionEvent,
} from './lower-machines.ts'
import type { MessageKind, MessengerEvent } from './messenger-events.ts'
import { Presence } from './presence.ts'
import { NOSPAM_BYTES, readToxId, toxIdOf } from './tox-id.ts'

/** One call from below concerns one friend, whose window of 32,768 packets may be acknowledged at once. */
const EVENTS_MAX = 65_536

export interface MessengerOptions {
  readonly profile: MessengerProfile
  readonly netCrypto: MessengerNetCrypto
  readonly onionClient: MessengerOnion
  readonly dht: MessengerDht
  readonly random: Random
  readonly counters: Counters
}

export type AddFriendOutcome = {
  readonly kind:
    | 'added'
    /** They were asked before; from now on with this nospam and message. */
    | 'newNospam'
    | 'alreadyFriend'
    | 'ownId'
    | 'badChecksum'
    | 'emptyMessage'
    | 'messageTooLong'
}

export type AcceptFriendOutcome = { readonly kind: 'added' | 'alreadyFriend' | 'ownId' }

export type SendOutcome =
  | { readonly kind: 'sent'; readonly receiptId: number }
  | { readonly kind: 'offline' | 'empty' | 'tooLong' | 'full' }

/**
 * Friends, and what passes between them and us: requests, presence, names, messages, files.
 *
 * Follows c-toxcore's Messenger over friend connections (tox-wire.md 5). Not here: groups, conferences, calls, TCP
 * relays. Every message is remembered until the friend's net_crypto took it; after a disconnect those that were not
 * are handed back as `unreceipted`.
 */
export class Messenger {
  readonly files: FileTransfers
  readonly #keys: KeyPair
  readonly #parts: MessengerOptions
  readonly #events = new Queue<MessengerEvent>(EVENTS_MAX)
  readonly #friends = new FriendList()
  readonly #requests = new FriendRequests()
  readonly #presence: Presence
  #nospam: Uint8Array
  #isConnected = false
  #hasLeft = false
  #nextReceiptId = 1

  /** Starts searching for the profile's friends at once, and repeats requests that are unanswered. */
  constructor(options: MessengerOptions, now: Instant) {
    const { profile, netCrypto, random, counters } = options
    this.#parts = options
    this.#keys = profile.keys
    this.#nospam = profile.nospam.slice()
    const own = { name: profile.name, statusMessage: profile.statusMessage, status: profile.status }
    const friends = this.#friends
    const emit = { push: (event: MessengerEvent): void => this.#push(event) }
    this.files = new FileTransfers({ friends, netCrypto, random, counters, emit })
    this.#presence = new Presence({ own, friends, files: this.files, netCrypto, counters, emit })
    for (const saved of profile.friends) this.#restoreFriend(saved, now)
  }

  get publicKey(): PublicKey {
    return this.#keys.publicKey
  }

  /** Whether the onion knows us, so that friends can find us. */
  get isConnected(): boolean {
    return this.#isConnected
  }

  get profile(): OwnProfile {
    return this.#presence.own
  }

  /** 38 bytes. */
  toxId(): Uint8Array {
    return toxIdOf({ publicKey: this.publicKey, nospam: this.#nospam })
  }

  /** name   UTF-8, at most 128 bytes: the caller checks */
  setName(name: Uint8Array, now: Instant): void {
    assert(name.length <= NAME_BYTES_MAX, 'name too long')
    this.#presence.setOwn({ ...this.profile, name: name.slice() }, 'name', now)
  }

  /** statusMessage   UTF-8, at most 1,007 bytes: the caller checks */
  setStatusMessage(statusMessage: Uint8Array, now: Instant): void {
    assert(statusMessage.length <= STATUS_MESSAGE_BYTES_MAX, 'status message too long')
    this.#presence.setOwn({ ...this.profile, statusMessage: statusMessage.slice() }, 'statusMessage', now)
  }

  setStatus(status: UserStatus, now: Instant): void {
    this.#presence.setOwn({ ...this.profile, status }, 'status', now)
  }

  /** A new nospam makes the old Tox ID useless to strangers; friends do not notice. */
  setNospam(nospam: Uint8Array): void {
    assert(nospam.length === NOSPAM_BYTES, 'a nospam has 4 bytes')
    this.#nospam = nospam.slice()
    this.#push({ kind: 'changed' })
  }

  /** Asks the owner of a Tox ID (38 bytes) to be our friend; `message` of 1 to 921 bytes. */
  addFriend(toxId: Uint8Array, message: Uint8Array, now: Instant): AddFriendOutcome {
    const parts = readToxId(toxId)
    if (!parts) return { kind: 'badChecksum' }
    if (message.length === 0) return { kind: 'emptyMessage' }
    if (message.length > FRIEND_REQUEST_MESSAGE_BYTES_MAX) return { kind: 'messageTooLong' }
    const { publicKey, nospam } = parts
    if (publicKey.equals(this.publicKey)) return { kind: 'ownId' }
    const known = this.#friends.get(publicKey)
    if (known && (!known.request || equalBytes(known.request.nospam, nospam))) return { kind: 'alreadyFriend' }
    const friend = known ?? this.#newFriend(publicKey, now)
    friend.request = { nospam, message: message.slice() }
    this.#parts.onionClient.sendFriendRequest(publicKey, nospam, friend.request.message, now)
    this.#push({ kind: 'changed' })
    return { kind: known ? 'newNospam' : 'added' }
  }

  /** Accepts a friend request, or adds a friend who was not asked: both sides must have added the other. */
  acceptFriend(publicKey: PublicKey, now: Instant): AcceptFriendOutcome {
    if (publicKey.equals(this.publicKey)) return { kind: 'ownId' }
    if (this.#friends.get(publicKey)) return { kind: 'alreadyFriend' }
    this.#newFriend(publicKey, now)
    this.#push({ kind: 'changed' })
    return { kind: 'added' }
  }

  /** Returns false if there was no such friend. */
  removeFriend(publicKey: PublicKey, now: Instant): boolean {
    const friend = this.#friends.get(publicKey)
    if (!friend) return false
    friend.session?.sayOffline(now)
    this.#presence.endSession(friend, now)
    friend.connection.close(now)
    this.#friends.delete(publicKey)
    this.#requests.forget(publicKey)
    this.#push({ kind: 'changed' })
    return true
  }

  friend(publicKey: PublicKey, now: Instant): FriendView | undefined {
    return this.#friends.get(publicKey)?.view(now)
  }

  friends(now: Instant): FriendView[] {
    return this.#friends.all().map((friend) => friend.view(now))
  }

  /** text   UTF-8, 1 to 1,372 bytes */
  sendMessage(friend: PublicKey, kind: MessageKind, text: Uint8Array, now: Instant): SendOutcome {
    if (text.length === 0) return { kind: 'empty' }
    if (text.length > MESSAGE_BYTES_MAX) return { kind: 'tooLong' }
    return this.#send(friend, encode(kind === 'action' ? actionPacket : messagePacket, { text }), now)
  }

  /** data   1 to 1,373 bytes, the first of which is 160 to 191; in order with the messages, with a receipt as they. */
  sendCustom(friend: PublicKey, data: Uint8Array, now: Instant): SendOutcome {
    const id = data[0]
    if (id === undefined) return { kind: 'empty' }
    assert(id >= CUSTOM_PACKET_ID_FIRST && id <= CUSTOM_PACKET_ID_LAST, 'not the id of a custom packet')
    if (data.length > FRIEND_PACKET_BYTES_MAX) return { kind: 'tooLong' }
    return this.#send(friend, data.slice(), now)
  }

  /** Tells the friend, if online, that we are typing or have stopped. */
  setTyping(publicKey: PublicKey, isTyping: boolean, now: Instant): void {
    const friend = this.#friends.get(publicKey)
    if (!friend?.session?.isOnline) return
    friend.session.setTyping(isTyping)
    this.#presence.flush(friend, now)
  }

  /** A clean exit: friends see us offline at once. Nothing is sent or heard afterwards. */
  leave(now: Instant): void {
    this.#hasLeft = true
    for (const friend of this.#friends.all()) {
      this.#presence.endSession(friend, now)
      friend.connection.leave(now)
    }
  }

  /** What the savefile keeps of us. The key pair is ours, not a copy. */
  snapshot(now: Instant): MessengerProfile {
    const friends = this.#friends.all().map((friend) => friend.saved(now))
    return { keys: this.#keys, nospam: this.#nospam.slice(), ...this.profile, friends }
  }

  pollEvent(): MessengerEvent | undefined {
    return this.#events.poll()
  }

  handleOnionEvent(event: MessengerOnionEvent, now: Instant): void {
    if (this.#hasLeft) return
    switch (event.kind) {
      case 'connected':
        this.#isConnected = event.isConnected
        this.#push({ kind: 'connected', isConnected: event.isConnected })
        return
      case 'friendRequest':
        this.#handleFriendRequest(event.sender, event.nospam, event.message)
        return
      case 'friendDhtKey': {
        const friend = this.#friends.get(event.realKey)
        const isLost = friend?.connection.learnDhtKey(event.dhtKey, event.nodes, now)
        if (friend && isLost) this.#presence.endSession(friend, now)
      }
    }
  }

  handleDhtEvent({ dhtKey, address }: MessengerDhtEvent, now: Instant): void {
    if (this.#hasLeft) return
    for (const { connection } of this.#friends.all()) connection.handleAddress(dhtKey, address, now)
  }

  handleNetCryptoEvent(event: MessengerNetCryptoEvent, now: Instant): void {
    const friend = this.#hasLeft ? undefined : this.#friends.get(event.realKey)
    if (!friend) return
    switch (event.kind) {
      case 'established':
        this.#presence.handleEstablished(friend, event.dhtKey, now)
        return
      case 'closed':
        this.#presence.endSession(friend, now)
        friend.connection.handleClosed(now)
        return
      case 'friendDhtKey':
        friend.connection.handleHandshakeKey(event.dhtKey, now)
        return
      case 'data':
        this.#presence.handleData(friend, event.data, now)
        return
      case 'acknowledged':
        this.#presence.handleAcknowledged(friend, event.before, now)
        return
      case 'lossy': // Calls and conferences, which we do not have.
    }
  }

  handleTimeout(now: Instant): void {
    this.#presence.handleTimeout(now)
  }

  nextTimeout(): Wake | undefined {
    return this.#presence.nextTimeout()
  }

  #restoreFriend(saved: SavedFriend, now: Instant): void {
    if (this.#friends.get(saved.publicKey) || saved.publicKey.equals(this.publicKey)) return
    const friend = this.#newFriend(saved.publicKey, now)
    friend.restore(saved)
    const { request } = friend
    if (request) this.#parts.onionClient.sendFriendRequest(saved.publicKey, request.nospam, request.message, now)
  }

  #newFriend(publicKey: PublicKey, now: Instant): Friend {
    const friend = new Friend(publicKey, new FriendConnection(publicKey, this.#parts, now))
    this.#friends.add(friend)
    return friend
  }

  #send(publicKey: PublicKey, packet: Uint8Array, now: Instant): SendOutcome {
    const session = this.#friends.get(publicKey)?.session
    if (!session?.isAnnounced) return { kind: 'offline' }
    if (session.receipts.isFull) return { kind: 'full' }
    const packetNumber = this.#parts.netCrypto.send(publicKey, packet, now)
    if (packetNumber === undefined) return { kind: 'full' }
    const receiptId = this.#nextReceiptId
    this.#nextReceiptId += 1
    session.receipts.add(packetNumber, receiptId)
    return { kind: 'sent', receiptId }
  }

  #handleFriendRequest(sender: PublicKey, nospam: Uint8Array, message: Uint8Array): void {
    if (this.#friends.get(sender) || sender.equals(this.publicKey)) return
    const request = this.#requests.receive({ sender, message }, nospam, this.#nospam)
    if (request) this.#push({ kind: 'friendRequest', ...request })
  }

  #push(event: MessengerEvent): void {
    if (!this.#events.push(event)) this.#parts.counters.add('messenger.eventsDropped')
  }
}
