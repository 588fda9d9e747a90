import { DecodeError } from '../../base/byte-reader.ts'
import { equalBytes } from '../../base/bytes.ts'
import type { Counters } from '../../base/counters.ts'
import type { Instant } from '../../base/time.ts'
import { decode, type PacketCodec } from '../../wire/codec.ts'
import {
  alivePacket,
  CUSTOM_PACKET_ID_FIRST,
  CUSTOM_PACKET_ID_LAST,
  FRIEND_PACKET_BYTES_MAX,
  offlinePacket,
  onlinePacket,
} from '../../wire/friend-packets.ts'
import {
  actionPacket,
  fileControlPacket,
  fileDataPacket,
  fileOfferPacket,
  messagePacket,
  namePacket,
  statusMessagePacket,
  typingPacket,
  userStatusPacket,
} from '../../wire/messenger-packets.ts'
import { statusOfByte } from '../user-status.ts'
import type { Friend } from './friend-list.ts'
import type { FriendSession } from './friend-session.ts'
import type { MessageKind, MessengerEvent } from './messenger-events.ts'

/** What a packet changed of the friend's presence. */
export type PresenceChange = 'online' | 'offline' | undefined

interface Hearing {
  readonly friend: Friend
  readonly session: FriendSession
  readonly now: Instant
}

interface Route {
  readonly id: number
  run(data: Uint8Array, hearing: Hearing): PresenceChange
}

/**
 * Answers the packets that friends send over established connections, with events. Until a friend has said online
 * nothing of it is heard but alive. Share relays (17), a friend request (18) from one who is a friend already, and
 * unknown ids are ignored, as in c-toxcore.
 */
export class FriendInbox {
  readonly #emit: { push(event: MessengerEvent): void }
  readonly #counters: Counters
  readonly #routes: ReadonlyMap<number, Route>

  constructor(emit: { push(event: MessengerEvent): void }, counters: Counters) {
    this.#emit = emit
    this.#counters = counters
    this.#routes = new Map(this.#table().map((row) => [row.id, row]))
  }

  /** A malformed packet is counted and dropped: the stream goes on behind it. */
  handle(data: Uint8Array, hearing: Hearing): PresenceChange {
    try {
      return this.#dispatch(data, hearing)
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      this.#counters.add('messenger.malformed')
      return undefined
    }
  }

  #dispatch(data: Uint8Array, hearing: Hearing): PresenceChange {
    const id = data[0] ?? 0
    const isHeard = hearing.session.isOnline || id === onlinePacket.id || id === alivePacket.id
    if (!isHeard) this.#counters.add('messenger.beforeOnline')
    if (!isHeard || data.length > FRIEND_PACKET_BYTES_MAX) return undefined
    if (id >= CUSTOM_PACKET_ID_FIRST && id <= CUSTOM_PACKET_ID_LAST) {
      this.#emit.push({ kind: 'custom', friend: hearing.friend.publicKey, data: data.slice() })
      return undefined
    }
    return this.#routes.get(id)?.run(data, hearing)
  }

  /** Which packet does what: the one table to read first. */
  #table(): Route[] {
    return [
      route(alivePacket, (_, { session, now }) => session.handleAlive(now)),
      presenceRoute(onlinePacket, ({ session }) => (session.isOnline ? undefined : 'online')),
      presenceRoute(offlinePacket, () => 'offline'),
      route(namePacket, ({ name }, { friend }) => this.#handleName(friend, name)),
      route(statusMessagePacket, ({ statusMessage }, { friend }) => this.#handleStatusMessage(friend, statusMessage)),
      route(userStatusPacket, ({ status }, { friend }) => this.#handleStatus(friend, status)),
      route(typingPacket, ({ isTyping }, { friend }) => this.#handleTyping(friend, isTyping)),
      route(messagePacket, ({ text }, { friend }) => this.#handleMessage(friend, 'message', text)),
      route(actionPacket, ({ text }, { friend }) => this.#handleMessage(friend, 'action', text)),
      route(fileOfferPacket, (offer, { session, now }) => session.files.handleOffer(offer, now)),
      route(fileControlPacket, (control, { session, now }) => session.files.handleControl(control, now)),
      route(fileDataPacket, (data, { session }) => session.files.handleData(data)),
    ]
  }

  #handleName(friend: Friend, name: Uint8Array): void {
    if (equalBytes(friend.name, name)) return
    friend.name = name.slice()
    this.#emit.push({ kind: 'nameChanged', friend: friend.publicKey, name: friend.name })
    this.#emit.push({ kind: 'changed' })
  }

  #handleStatusMessage(friend: Friend, statusMessage: Uint8Array): void {
    if (equalBytes(friend.statusMessage, statusMessage)) return
    friend.statusMessage = statusMessage.slice()
    const { publicKey } = friend
    this.#emit.push({ kind: 'statusMessageChanged', friend: publicKey, statusMessage: friend.statusMessage })
    this.#emit.push({ kind: 'changed' })
  }

  #handleStatus(friend: Friend, byte: number): void {
    const status = statusOfByte(byte)
    if (friend.status === status) return
    friend.status = status
    this.#emit.push({ kind: 'statusChanged', friend: friend.publicKey, status })
    this.#emit.push({ kind: 'changed' })
  }

  #handleTyping(friend: Friend, isTyping: boolean): void {
    if (friend.isTyping === isTyping) return
    friend.isTyping = isTyping
    this.#emit.push({ kind: 'typingChanged', friend: friend.publicKey, isTyping })
  }

  #handleMessage(friend: Friend, messageKind: MessageKind, text: Uint8Array): void {
    this.#emit.push({ kind: 'message', friend: friend.publicKey, messageKind, text: text.slice() })
  }
}

function route<T>(codec: PacketCodec<T>, run: (value: T, hearing: Hearing) => void): Route {
  return {
    id: codec.id,
    run: (data, hearing) => {
      run(decode(codec, data), hearing)
      return undefined
    },
  }
}

function presenceRoute(codec: PacketCodec<unknown>, run: (hearing: Hearing) => PresenceChange): Route {
  return {
    id: codec.id,
    run: (data, hearing) => {
      decode(codec, data)
      return run(hearing)
    },
  }
}
