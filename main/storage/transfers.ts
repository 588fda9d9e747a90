import { equalBytes, toHex } from '../base/bytes.ts'
import type { Counters } from '../base/counters.ts'
import { Queue } from '../base/queue.ts'
import { type Random, randomBytes } from '../base/random.ts'
import { type Instant, SECOND_MS, type Wake } from '../base/time.ts'
import { type Contact, contactId } from '../ring/contact.ts'
import { datagramBytes, type Exchange, STORING_RECEIVED } from '../ring/exchange.ts'
import { decode, encode, type ValueOf } from '../wire/codec.ts'
import {
  segment,
  segmentAck,
  STORAGE_KIND,
  TRANSFER_BYTES_MAX,
  TRANSFER_ID_BYTES,
  type transferReady,
} from '../wire/storage-packets.ts'
import { IncomingSegments, OutgoingSegments } from './segments.ts'
import { bodyHashOf } from './record.ts'

/** Transfers under way at once, in each direction: 9 MiB at most. */
const TRANSFERS_MAX = 128
const TRANSFERS_PER_CONTACT_MAX = 8
/** Not on loopback and private networks: one machine with many keys must not hold them all. */
const TRANSFERS_PER_PREFIX_MAX = 32
/** A transfer in which nothing happens for so long is over. */
const IDLE_MS_MAX = 20 * SECOND_MS
/** Whatever happens, a transfer is over after so long. */
const LIFE_MS_MAX = 120 * SECOND_MS
/** How long a finished transfer still acknowledges late segments. */
const LINGER_MS = 10 * SECOND_MS
/** The asker says "begin" again after so long without a segment, each time twice as long. */
const BEGIN_AGAIN_MS = 400

/** Names one transfer: 16 hex digits of its transferId. */
export type TransferId = string & { readonly kindOfId: 'transfer' }

/** Who gets the news of a transfer. */
export type TransferOwner = 'node' | 'client' | 'upkeep'

export type TransferReady = ValueOf<typeof transferReady>

export type TransferEvent =
  /** All of it came, and its hash is right. */
  | { readonly kind: 'received'; readonly transferId: TransferId; readonly bytes: Uint8Array }
  /** The peer acknowledged all of it. */
  | { readonly kind: 'sent'; readonly transferId: TransferId }
  /** The peer fell silent, or what came has another hash. */
  | { readonly kind: 'failed'; readonly transferId: TransferId }

interface Incoming {
  readonly transferId: TransferId
  readonly idBytes: Uint8Array
  readonly from: Contact
  readonly owner: TransferOwner
  readonly hash: Uint8Array
  readonly segments: IncomingSegments
  readonly startedAt: Instant
  heardAt: Instant
  /** When to say "begin" again; undefined once segments come, or where the sender begins by itself. */
  beginAgainAt: Instant | undefined
  beginWaitMs: number
  isOver: boolean
}

interface Outgoing {
  readonly transferId: TransferId
  readonly idBytes: Uint8Array
  readonly to: Contact
  readonly owner: TransferOwner
  readonly bytes: Uint8Array
  readonly startedAt: Instant
  /** Undefined until the receiver said "begin". */
  segments: OutgoingSegments | undefined
  heardAt: Instant
}

export interface TransfersOptions {
  readonly exchange: Exchange
  readonly random: Random
  readonly counters: Counters
}

/**
 * Everything longer than one datagram, in both directions and for whoever asks: segments of at most 1,024 bytes with
 * selective acknowledgement. Nothing of a body goes to an address that did not answer: a depositor sends to a node
 * that said transferReady, a node sends to an asker whose first acknowledgement named the transfer.
 *
 * source  offline-messaging.md section 5
 */
export class Transfers {
  readonly #exchange: Exchange
  readonly #random: Random
  readonly #counters: Counters
  readonly #incoming = new Map<TransferId, Incoming>()
  readonly #outgoing = new Map<TransferId, Outgoing>()
  readonly #events: Readonly<Record<TransferOwner, Queue<TransferEvent>>> = {
    node: new Queue(4 * TRANSFERS_MAX),
    client: new Queue(4 * TRANSFERS_MAX),
    upkeep: new Queue(4 * TRANSFERS_MAX),
  }

  constructor({ exchange, random, counters }: TransfersOptions) {
    this.#exchange = exchange
    this.#random = random
    this.#counters = counters
  }

  get incomingCount(): number {
    return this.#incoming.size
  }

  get outgoingCount(): number {
    return this.#outgoing.size
  }

  /**
   * Makes room for `length` bytes that `from` will send by itself, and returns what to answer it with.
   *
   * returns  undefined if too much is under way already, with this contact or in all
   */
  expect(
    from: Contact,
    { length, hash }: Pick<TransferReady, 'length' | 'hash'>,
    owner: TransferOwner,
    now: Instant,
  ): TransferReady | undefined {
    const idBytes = randomBytes(this.#random, TRANSFER_ID_BYTES)
    if (!this.#admit(from, { transferId: idBytes, length, hash }, owner, now)) return undefined
    return { transferId: idBytes, length, hash }
  }

  /** Tells the sender of `ready` to begin, and takes what it sends. Undefined: too much is under way, or too long. */
  receive(from: Contact, ready: TransferReady, owner: TransferOwner, now: Instant): TransferId | undefined {
    const incoming = this.#admit(from, ready, owner, now)
    if (!incoming) return undefined
    incoming.beginAgainAt = now + incoming.beginWaitMs
    this.#acknowledge(incoming, now)
    return incoming.transferId
  }

  /** Offers `bytes` to a receiver that is told so by the returned transferReady and has to say "begin". */
  offer(to: Contact, bytes: Uint8Array, owner: TransferOwner, now: Instant): TransferReady | undefined {
    const idBytes = randomBytes(this.#random, TRANSFER_ID_BYTES)
    if (!this.#addOutgoing(to, idBytes, bytes, owner, now)) return undefined
    return { transferId: idBytes, length: bytes.length, hash: bodyHashOf(bytes) }
  }

  /** Sends `bytes` to a node that said transferReady. */
  send(
    to: Contact,
    ready: TransferReady,
    bytes: Uint8Array,
    owner: TransferOwner,
    now: Instant,
  ): TransferId | undefined {
    const outgoing = this.#addOutgoing(to, ready.transferId, bytes, owner, now)
    if (!outgoing) return undefined
    this.#begin(outgoing, now)
    return outgoing.transferId
  }

  /** Forgets a transfer, without news. */
  cancel(transferId: TransferId): void {
    this.#incoming.delete(transferId)
    this.#outgoing.delete(transferId)
  }

  /** Packet 0x50. Throws DecodeError. */
  handleSegment(from: Contact, body: Uint8Array, now: Instant): void {
    const { transferId, index, bytes } = decode(segment, body)
    const incoming = this.#incoming.get(toHex(transferId) as TransferId)
    if (!incoming || contactId(incoming.from) !== contactId(from)) return this.#counters.add('transfers: stray segment')
    this.#noteReceived(incoming, body)
    incoming.heardAt = now
    incoming.beginAgainAt = undefined
    if (incoming.isOver) return this.#acknowledge(incoming, now)
    if (incoming.segments.take(index, bytes)) this.#acknowledge(incoming, now)
    if (incoming.segments.isDone) this.#endIncoming(incoming)
  }

  /** Packet 0x51. Throws DecodeError. */
  handleSegmentAck(from: Contact, body: Uint8Array, now: Instant): void {
    const { transferId, received } = decode(segmentAck, body)
    const outgoing = this.#outgoing.get(toHex(transferId) as TransferId)
    if (!outgoing || contactId(outgoing.to) !== contactId(from)) return
    this.#noteReceived(outgoing, body)
    outgoing.heardAt = now
    if (!outgoing.segments) this.#begin(outgoing, now)
    outgoing.segments?.handleAck(received, now)
    this.#pump(outgoing, now)
  }

  nextTimeout(): Wake | undefined {
    let at = Number.POSITIVE_INFINITY
    for (const { heardAt, startedAt, beginAgainAt, isOver } of this.#incoming.values()) {
      at = Math.min(at, endOf(heardAt, startedAt, isOver), beginAgainAt ?? at)
    }
    for (const { heardAt, startedAt, segments } of this.#outgoing.values()) {
      at = Math.min(at, endOf(heardAt, startedAt, false), segments?.nextTimeout() ?? at)
    }
    return at === Number.POSITIVE_INFINITY ? undefined : { at, why: 'transfers: repeat or give up' }
  }

  handleTimeout(now: Instant): void {
    for (const incoming of this.#incoming.values()) this.#wakeIncoming(incoming, now)
    for (const outgoing of this.#outgoing.values()) {
      outgoing.segments?.handleTimeout(now)
      const isOld = now >= endOf(outgoing.heardAt, outgoing.startedAt, false)
      if (isOld || outgoing.segments?.hasFailed) this.#endOutgoing(outgoing, 'failed')
      else this.#pump(outgoing, now)
    }
  }

  pollEvent(owner: TransferOwner): TransferEvent | undefined {
    return this.#events[owner].poll()
  }

  #admit(from: Contact, ready: TransferReady, owner: TransferOwner, now: Instant): Incoming | undefined {
    const { length, hash } = ready
    if (this.#incoming.size >= TRANSFERS_MAX) this.#dropLingering()
    const peers = [...this.#incoming.values()].filter(({ isOver }) => !isOver).map((incoming) => incoming.from)
    if (length < 1 || length > TRANSFER_BYTES_MAX || !hasRoom(peers, from) || this.#incoming.size >= TRANSFERS_MAX) {
      this.#counters.add('transfers: no room')
      return undefined
    }
    const idBytes = ready.transferId.slice()
    const transferId = toHex(idBytes) as TransferId
    if (this.#incoming.has(transferId)) return undefined
    const segments = new IncomingSegments(length)
    const times = { startedAt: now, heardAt: now, beginAgainAt: undefined, beginWaitMs: BEGIN_AGAIN_MS }
    const incoming: Incoming = {
      transferId,
      idBytes,
      from,
      owner,
      hash: hash.slice(),
      segments,
      ...times,
      isOver: false,
    }
    this.#incoming.set(transferId, incoming)
    return incoming
  }

  #addOutgoing(
    to: Contact,
    id: Uint8Array,
    bytes: Uint8Array,
    owner: TransferOwner,
    now: Instant,
  ): Outgoing | undefined {
    const idBytes = id.slice()
    const transferId = toHex(idBytes) as TransferId
    const peers = [...this.#outgoing.values()].map((outgoing) => outgoing.to)
    if (this.#outgoing.has(transferId) || !hasRoom(peers, to)) return undefined
    const times = { startedAt: now, heardAt: now }
    const outgoing: Outgoing = { transferId, idBytes, to, owner, bytes, segments: undefined, ...times }
    this.#outgoing.set(transferId, outgoing)
    return outgoing
  }

  #dropLingering(): void {
    for (const [transferId, { isOver }] of this.#incoming) {
      if (!isOver) continue
      this.#incoming.delete(transferId)
      return
    }
  }

  #begin(outgoing: Outgoing, now: Instant): void {
    outgoing.segments = new OutgoingSegments(outgoing.bytes, this.#exchange.rttMs(outgoing.to), now)
    this.#pump(outgoing, now)
  }

  #pump(outgoing: Outgoing, now: Instant): void {
    const { segments, idBytes, to } = outgoing
    for (let next = segments?.poll(now); next; next = segments?.poll(now)) {
      const body = encode(segment, { transferId: idBytes, ...next })
      this.#exchange.notify(to, STORAGE_KIND.segment, body, now, isStoring(outgoing))
    }
    if (segments?.isDone) this.#endOutgoing(outgoing, 'sent')
  }

  #acknowledge(incoming: Incoming, now: Instant): void {
    const { from, idBytes, segments } = incoming
    const body = encode(segmentAck, { transferId: idBytes, received: segments.received })
    this.#exchange.notify(from, STORAGE_KIND.segmentAck, body, now, isStoring(incoming))
  }

  #noteReceived(transfer: Incoming | Outgoing, body: Uint8Array): void {
    if (isStoring(transfer)) this.#counters.add(STORING_RECEIVED, datagramBytes(body))
  }

  #wakeIncoming(incoming: Incoming, now: Instant): void {
    if (now >= endOf(incoming.heardAt, incoming.startedAt, incoming.isOver)) {
      this.#incoming.delete(incoming.transferId)
      if (!incoming.isOver) this.#raise(incoming.owner, { kind: 'failed', transferId: incoming.transferId })
      return
    }
    if (incoming.beginAgainAt === undefined || now < incoming.beginAgainAt) return
    incoming.beginWaitMs *= 2
    incoming.beginAgainAt = now + incoming.beginWaitMs
    this.#acknowledge(incoming, now)
  }

  /** Stays a while, to acknowledge again what the sender repeats. */
  #endIncoming(incoming: Incoming): void {
    incoming.isOver = true
    const { transferId, segments, hash, owner } = incoming
    const isRight = equalBytes(bodyHashOf(segments.bytes), hash)
    this.#raise(
      owner,
      isRight ? { kind: 'received', transferId, bytes: segments.bytes } : { kind: 'failed', transferId },
    )
  }

  #endOutgoing({ transferId, owner }: Outgoing, kind: 'sent' | 'failed'): void {
    this.#outgoing.delete(transferId)
    this.#raise(owner, { kind, transferId })
  }

  #raise(owner: TransferOwner, event: TransferEvent): void {
    if (!this.#events[owner].push(event)) this.#counters.add('transfers: event dropped')
  }
}

/** Whether we do it for others, who have their records stored here. */
function isStoring({ owner }: Incoming | Outgoing): boolean {
  return owner !== 'client'
}

function hasRoom(peers: readonly Contact[], contact: Contact): boolean {
  const id = contactId(contact)
  const { isLan, prefix } = contact.address
  const isBelow = (countMax: number, isCounted: (peer: Contact) => boolean) => peers.filter(isCounted).length < countMax
  return (
    isBelow(TRANSFERS_MAX, () => true) &&
    isBelow(TRANSFERS_PER_CONTACT_MAX, (peer) => contactId(peer) === id) &&
    (isLan || isBelow(TRANSFERS_PER_PREFIX_MAX, ({ address }) => address.prefix === prefix))
  )
}

function endOf(heardAt: Instant, startedAt: Instant, isOver: boolean): Instant {
  return Math.min(heardAt + (isOver ? LINGER_MS : IDLE_MS_MAX), startedAt + LIFE_MS_MAX)
}
