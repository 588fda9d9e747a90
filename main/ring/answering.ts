import { Queue } from '../base/queue.ts'
import type { Instant, Wake } from '../base/time.ts'
import { encodeForNow, type ValueOf } from '../wire/codec.ts'
import { EXTENSION_BODY_BYTES_MAX } from '../wire/extension-packet.ts'
import type { PackedNode } from '../wire/node-format.ts'
import {
  CLOSER_IN_ANSWER_MAX,
  type LookupRequest,
  lookupResponse,
  MEMBERS_IN_ANSWER_MAX,
  NOT_IN_ANSWER,
  RingKind,
} from '../wire/ring-packets.ts'
import { clockwise } from './circle.ts'
import type { Contact } from './contact.ts'
import type { Exchange } from './exchange.ts'
import { isHinted } from './lookup.ts'
import type { OwnState } from './own-state.ts'
import type { Peer } from './peer.ts'
import type { PeerTable } from './peer-table.ts'
import { nearest } from './nearest-peers.ts'
import { eligible } from './replica-members.ts'
import type { Payload, PayloadId } from './ring-access.ts'
import type { Member, Ring } from './ring.ts'

/** Who is among the first so many of a place gets the payload of a lookup. */
const PAYLOAD_RANKS = 4
const WAITING_MAX = 256
/** The layer above answers within the same turn; should it not, the lookup itself is answered after so long. */
const WAITING_MS = 20
/** Of the contacts nearer to a place so many lie before it, the rest after. */
const CLOSER_BEFORE_MAX = 3
const NOTHING = new Uint8Array(0)

type Answer = ValueOf<typeof lookupResponse>

interface Waiting {
  readonly from: Contact
  readonly requestId: Uint8Array
  readonly answer: Answer
  /** The answer without a payload, encoded. */
  readonly body: Uint8Array
  readonly roomBytes: number
  readonly expiresAt: Instant
}

/** A storage request that came with a lookup. */
export interface PayloadAsked {
  readonly payloadId: PayloadId
  readonly from: Contact
  readonly ring: number
  readonly place: number
  readonly payload: Payload
  readonly roomBytes: number
}

export interface AnsweringOptions {
  readonly self: OwnState
  readonly rings: readonly Ring[]
  readonly peers: PeerTable
  readonly exchange: Exchange
  readonly tokenFor: (contact: Contact, now: Instant) => Uint8Array
  readonly isCatchingUp: (ring: number, place: number) => boolean
}

/** Answers the lookups of others: from our neighbours where we can tell, otherwise with contacts that stand nearer. */
export class Answering {
  readonly #options: AnsweringOptions
  readonly #waiting = new Map<PayloadId, Waiting>()
  readonly #asked = new Queue<PayloadAsked>(WAITING_MAX)
  #nextPayloadId = 1

  constructor(options: AnsweringOptions) {
    this.#options = options
  }

  /** requestBytes   length of the request's body: an address that has not proved itself gets no longer answer */
  handleRequest(
    from: Contact,
    requestId: Uint8Array,
    request: LookupRequest,
    requestBytes: number,
    now: Instant,
  ): void {
    const { self, rings, exchange, peers } = this.#options
    const ring = rings[request.ring]
    if (!ring) return
    const peer = peers.get(from.key)
    if (peer?.contact.address.equals(from.address)) peer.answeredByUsAt = now
    if (request.role === 1) peers.consider(from, now)
    const roomBytes = exchange.hasAnswered(from, now) ? EXTENSION_BODY_BYTES_MAX : requestBytes
    const members = this.#membersAt(ring, request)
    const selfIndex = members?.findIndex(({ peer: member }) => member === undefined) ?? -1
    const { answer, body } = fitted(
      {
        role: self.isStorage ? 1 : 0,
        isCatchingUp: selfIndex === 0 && this.#options.isCatchingUp(ring.index, request.place),
        selfIndex: selfIndex < 0 ? NOT_IN_ANSWER : selfIndex,
        members: (members ?? []).flatMap(({ peer: member }) => (member ? [packed(member)] : [])),
        closer: members ? [] : this.#closer(ring, request),
        token: this.#options.tokenFor(from, now),
        payloadKind: 0,
        payload: NOTHING,
      },
      roomBytes,
    )
    const isForUs = request.payloadKind !== 0 && selfIndex >= 0 && selfIndex < PAYLOAD_RANKS
    const waiting = { from, requestId, answer, body, roomBytes, expiresAt: now + WAITING_MS }
    if (!isForUs || !this.#ask(waiting, request)) this.#respond(waiting, undefined, now)
  }

  /** The layer above answers a payload: its answer travels with the lookup's. */
  answerPayload(payloadId: PayloadId, answer: Payload | undefined, now: Instant): void {
    const waiting = this.#waiting.get(payloadId)
    if (!waiting) return
    this.#waiting.delete(payloadId)
    this.#respond(waiting, answer, now)
  }

  pollAsked(): PayloadAsked | undefined {
    return this.#asked.poll()
  }

  nextTimeout(): Wake | undefined {
    // All wait equally long, so the first to come is the first to end.
    for (const { expiresAt } of this.#waiting.values()) return { at: expiresAt, why: 'ring: payload unanswered' }
    return undefined
  }

  handleTimeout(now: Instant): void {
    for (const [payloadId, { expiresAt }] of this.#waiting) {
      if (now < expiresAt) return
      this.answerPayload(payloadId, undefined, now)
    }
  }

  /** Hands the payload up; false if too many wait, so that the lookup is answered without. */
  #ask(waiting: Waiting, request: LookupRequest): boolean {
    if (this.#waiting.size >= WAITING_MAX) return false
    const payloadId = this.#nextPayloadId
    this.#nextPayloadId += 1
    const roomBytes = Math.max(0, waiting.roomBytes - waiting.body.length)
    const payload = { kind: request.payloadKind, body: request.payload }
    const { ring, place } = request
    if (!this.#asked.push({ payloadId, from: waiting.from, ring, place, payload, roomBytes })) return false
    this.#waiting.set(payloadId, waiting)
    return true
  }

  #respond({ from, requestId, answer, body, roomBytes }: Waiting, payload: Payload | undefined, now: Instant): void {
    const hasRoom = payload !== undefined && body.length + payload.body.length <= roomBytes
    const fits = hasRoom
      ? encodeForNow(lookupResponse, { ...answer, payloadKind: payload.kind, payload: payload.body })
      : body
    if (fits.length <= roomBytes) this.#options.exchange.respond(from, RingKind.lookupResponse, requestId, fits, now)
  }

  #membersAt(ring: Ring, { place, silent }: LookupRequest): Member[] | undefined {
    const { self } = this.#options
    const isLeftOut = (peer: Peer) => isHinted(silent, peer.key)
    const members = ring.membersAt(place, silent.length > 0 ? isLeftOut : undefined)
    // A client knows its surroundings only from time to time: it points the way, no more.
    if (!members || members.length === 0 || !self.isStorage) return undefined
    const addressOf = ({ peer }: Member) => (peer ? peer.contact.address : self.prefix)
    return eligible(members, addressOf, MEMBERS_IN_ANSWER_MAX)
  }

  #closer(ring: Ring, { place, silent }: LookupRequest): PackedNode[] {
    const all = [...this.#options.peers.all()]
    const open = silent.length === 0 ? all : all.filter((peer) => !isHinted(silent, peer.key))
    const before = nearest(open, CLOSER_BEFORE_MAX, (peer) => clockwise(peer.placeIn(ring.index), place))
    const after = nearest(open, CLOSER_IN_ANSWER_MAX, (peer) => clockwise(place, peer.placeIn(ring.index)))
    const chosen = [...new Set([...before, ...after])].slice(0, CLOSER_IN_ANSWER_MAX)
    return chosen.map(packed)
  }
}

function packed({ key, contact }: Peer): PackedNode {
  return { publicKey: key, address: contact.address }
}

/** The answer with as many members and closer nodes as there is room for. */
function fitted(whole: Answer, roomBytes: number): { readonly answer: Answer; readonly body: Uint8Array } {
  for (let answer = whole; ; answer = shortened(answer)) {
    const body = encodeForNow(lookupResponse, answer)
    if (body.length <= roomBytes || (answer.members.length === 0 && answer.closer.length === 0)) return { answer, body }
  }
}

function shortened(answer: Answer): Answer {
  if (answer.members.length === 0) return { ...answer, closer: answer.closer.slice(0, -1) }
  const members = answer.members.slice(0, -1)
  // A responder further down than the list goes must not seem to stand in it.
  const isListed = answer.selfIndex === NOT_IN_ANSWER || answer.selfIndex <= members.length
  return { ...answer, members, selfIndex: isListed ? answer.selfIndex : NOT_IN_ANSWER }
}
