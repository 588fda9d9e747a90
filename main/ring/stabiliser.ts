import { equalBytes } from '../base/bytes.ts'
import { type Random, randomFraction } from '../base/random.ts'
import { HOUR_MS, type Instant, MINUTE_MS, SECOND_MS, type Wake } from '../base/time.ts'
import type { PublicKey } from '../crypto/keys.ts'
import { encode } from '../wire/codec.ts'
import { EXTENSION_BODY_BYTES_MAX } from '../wire/extension-packet.ts'
import type { PackedNode } from '../wire/node-format.ts'
import {
  type NeighbourState,
  RingKind,
  STATE_DIGEST_BYTES,
  type StateAnswer,
  type StateRequest,
  type StateResponse,
  stateRequest,
  stateResponse,
} from '../wire/ring-packets.ts'
import { clockwise } from './circle.ts'
import { CheckAgenda } from './check-agenda.ts'
import type { Contact } from './contact.ts'
import type { Exchange } from './exchange.ts'
import type { OwnState } from './own-state.ts'
import type { Peer } from './peer.ts'
import type { PeerTable } from './peer-table.ts'
import type { NodePlaces } from './places.ts'
import { digestOf, type Naming, type Ring } from './ring.ts'

/** Between states to the first successor and predecessor, and to everybody else in the tables. */
const ADJACENT_INTERVAL_MS = 30 * SECOND_MS
const OTHERS_INTERVAL_MS = 5 * MINUTE_MS
/** To those of the others that have been there for an hour. Whoever leaves tells those who asked within a little longer. */
const OLD_INTERVAL_MS = 15 * MINUTE_MS
const OLD_AFTER_MS = HOUR_MS
/** Of old ones it is enough to know that they live: what changes about them comes from those next to us. Their states so often. */
const OLD_STATE_INTERVAL_MS = HOUR_MS
/** Changes that come together are told together. */
const ANNOUNCE_DELAY_MS = 100
/**
 * When to ask again at the latest whose state was taken in only in part: some of whom it named are still being asked
 * whether they live.
 */
const UNRESOLVED_RETRY_MS = SECOND_MS
/** A ring that lost neighbours asks for others so often until its lists are full. */
const HUNGRY_RETRY_MS = 2 * SECOND_MS
/** Even on the slowest path an answer takes no longer. */
const SILENCE_MS = 6 * SECOND_MS
/** A peer is gone after so many checks in a row without answer, each of up to four datagrams. */
const FAILURES_MAX = 2
/** A peer that wrote so lately is not suspected yet because somebody else does not list it. */
const FRESH_MS = 3 * SECOND_MS
/** Who was not heard from for so long is checked when it becomes a neighbour, or when another neighbour was lost. */
const CHECK_AFTER_MS = 20 * SECOND_MS
/** Checks of quiet peers that are due so close together are made together, one wake instead of several: adjacent ones, others. */
const ADJACENT_TOGETHER_MS = SECOND_MS
const OTHERS_TOGETHER_MS = 10 * SECOND_MS
/** We count as proven to a peer for this long after we answered it (it says ten minutes). */
const PROVEN_FOR_MS = 9 * MINUTE_MS
/** Room for the full state of one ring of IPv4 neighbours, asked for by padding where we are not proven yet. */
const PADDED_BODY_BYTES = 824
const QUESTION_BYTES = 1 + 2 * STATE_DIGEST_BYTES
const SHORT_PADDING = new Uint8Array(20)
/** To a request without questions: role and count stand before it. */
const LONG_PADDING = new Uint8Array(PADDED_BODY_BYTES - 2)
const NO_DIGEST = new Uint8Array(STATE_DIGEST_BYTES)

export interface StabiliserOptions {
  readonly self: OwnState
  readonly rings: readonly Ring[]
  readonly places: NodePlaces
  readonly peers: PeerTable
  readonly exchange: Exchange
  readonly random: Random
}

/**
 * Keeps the neighbours true: Chord's stabilise, notify, rectify and check-predecessor as corrected by Zave ("How to Make
 * Chord Correct", arXiv 1502.06461). One request serves all four: it tells the peer that we live and what our neighbours'
 * digest is, and asks for the peer's neighbours where they changed. It decides nothing about roles (Membership) and
 * starts no lookups (Merging).
 */
export class Stabiliser {
  readonly #self: OwnState
  readonly #rings: readonly Ring[]
  readonly #places: NodePlaces
  readonly #peers: PeerTable
  readonly #exchange: Exchange
  readonly #random: Random
  readonly #dirtyRings = new Set<number>()
  readonly #checks = new CheckAgenda((peer) => this.#isKnown(peer))
  #announceAt: Instant | undefined

  constructor({ self, rings, places, peers, exchange, random }: StabiliserOptions) {
    this.#self = self
    this.#rings = rings
    this.#places = places
    this.#peers = peers
    this.#exchange = exchange
    this.#random = random
  }

  nextTimeout(): Wake {
    const announceAt = this.#announceAt ?? Number.POSITIVE_INFINITY
    return { at: Math.min(this.#checks.nextAt, announceAt), why: 'ring: stabilise' }
  }

  handleTimeout(now: Instant): void {
    if (this.#announceAt !== undefined && now >= this.#announceAt) this.#announce(now)
    if (now < this.#checks.nextAt) return
    for (const peer of this.#checks.take(now + OTHERS_TOGETHER_MS)) {
      if (!this.#isKnown(peer)) continue
      if (now >= peer.nextCheckAt || this.#mayCheckEarly(peer, now)) this.#checkIfNeeded(peer, now)
      else this.#checks.schedule(peer, peer.nextCheckAt)
    }
  }

  #isKnown(peer: Peer): boolean {
    return this.#peers.get(peer.key) === peer
  }

  #mayCheckEarly(peer: Peer, now: Instant): boolean {
    if (now + OTHERS_TOGETHER_MS < peer.nextCheckAt || now - peer.heardAt < CHECK_AFTER_MS) return false
    return now + ADJACENT_TOGETHER_MS >= peer.nextCheckAt || !this.#rings.some((ring) => ring.isAdjacent(peer))
  }

  /** Who wrote lately is known to live; unless there are states to exchange, that is all that a check would say. */
  #checkIfNeeded(peer: Peer, now: Instant): void {
    const quietAt = peer.heardAt + this.#intervalOf(peer)
    const isKnownToLive = peer.failures === 0 && quietAt > now + OTHERS_TOGETHER_MS
    if (isKnownToLive && this.#ringsToAskOf(peer, now).length === 0) return this.#checks.schedule(peer, quietAt)
    this.check(peer, now)
  }

  /** The neighbours of a ring changed: those next to us hear of it soon, and pass it on by their own change. */
  noteChange(index: number, now: Instant): void {
    for (const peer of this.#rings[index]?.takePromoted() ?? []) {
      this.#checkUnlessFresh(peer, now)
    }
    if (!this.#self.isStorage) return
    this.#dirtyRings.add(index)
    this.#announceAt ??= now + ANNOUNCE_DELAY_MS
  }

  /** A peer came into the tables: a neighbour's state is wanted soon. */
  notePeer(peer: Peer, now: Instant): void {
    const isAdjacent = this.#rings.some((ring) => ring.isAdjacent(peer))
    this.#checks.schedule(peer, isAdjacent ? now : now + this.#intervalOf(peer))
  }

  /** Somebody who was asked whether it lives answered or fell silent: with the last of them, states can be taken in whole. */
  noteSettled(now: Instant): void {
    if (this.#peers.isGreeting) return
    for (const peer of this.#peers.all()) {
      if (!peer.isUnresolved || !peer.promptQuestions.take(now)) continue
      peer.isUnresolved = false
      this.#checks.schedule(peer, Math.min(peer.nextCheckAt, now))
    }
  }

  /** Exchanges states with the peer. `kind` is JOIN once, when we become a storage node. */
  check(peer: Peer, now: Instant, kind: number = RingKind.stateRequest, onlyRings?: readonly number[]): void {
    if (peer.isBeingChecked && kind === RingKind.stateRequest) {
      // What is under way may carry an older digest.
      return this.#checks.schedule(peer, now + ANNOUNCE_DELAY_MS)
    }
    const nextAt = now + this.#intervalOf(peer)
    // What the other rings wait for is not put off because some are asked for once more.
    this.#checks.schedule(peer, onlyRings ? Math.min(peer.nextCheckAt, nextAt) : nextAt)
    peer.isBeingChecked = true
    const rings = this.#ringsToAskOf(peer, now)
    if (!isLifeEnoughOf(peer, now)) peer.stateAskedAt = now
    const questions = rings
      .filter(({ index }) => onlyRings?.includes(index) ?? true)
      .sort((a, b) => Number(b.isAdjacent(peer)) - Number(a.isAdjacent(peer)) || a.index - b.index)
      .map((ring) => ({ ring: ring.index, digest: ring.digest(), knownDigest: this.#knownDigest(peer, ring) }))
    const role = this.#self.isStorage ? 1 : 0
    const isProven = now - peer.answeredByUsAt < PROVEN_FOR_MS || questions.length === 0
    const padding = isProven ? SHORT_PADDING : LONG_PADDING.subarray(QUESTION_BYTES * questions.length)
    this.#exchange.request(peer.contact, kind, encode(stateRequest, { role, questions, padding }), 'ring', now, {
      timeoutMs: SILENCE_MS,
    })
  }

  /** The rings in which states are exchanged with a peer now. */
  #ringsToAskOf(peer: Peer, now: Instant): Ring[] {
    const isLifeEnough = isLifeEnoughOf(peer, now)
    const isWanted = (ring: Ring) => ring.isAdjacent(peer) || ring.isHungry || !peer.knownDigests[ring.index]
    return this.#rings.filter((ring) => ring.isNeighbour(peer) && (!isLifeEnough || isWanted(ring)))
  }

  /** Somebody else could not reach this peer, or does not list it: look now, and be quick to believe it. */
  suspect(peer: Peer, now: Instant): void {
    if (peer.isBeingChecked) return
    if (now - peer.heardAt < FRESH_MS) return this.#checks.schedule(peer, Math.min(peer.nextCheckAt, now + FRESH_MS))
    peer.failures = Math.max(peer.failures, FAILURES_MAX - 1)
    this.check(peer, now)
  }

  /** A neighbour fell silent: if more did with it, let us not find out one by one. */
  checkNeighboursOf(key: PublicKey, now: Instant): void {
    const places = this.#places.of(key)
    for (const ring of this.#rings) {
      const node = { place: places[ring.index] ?? 0, key }
      if (!ring.wantsNeighbour(node)) continue
      for (const peer of [...ring.successors.peers, ...ring.predecessors.peers]) {
        this.#checkUnlessFresh(peer, now)
      }
    }
  }

  /** STATE and JOIN requests. `requestBytes` is the length of the request's body. */
  handleRequest(
    from: Contact,
    kind: number,
    requestId: Uint8Array,
    request: StateRequest,
    requestBytes: number,
    now: Instant,
  ) {
    const isProven = this.#exchange.hasAnswered(from, now)
    const roomBytes = isProven ? EXTENSION_BODY_BYTES_MAX : requestBytes
    const response = this.#responseTo(from, request, roomBytes)
    if (response) this.#exchange.respond(from, kind + 1, requestId, response, now)
    const peer = this.#peers.get(from.key)
    if (request.role === 0) {
      if (peer?.contact.address.equals(from.address)) this.#peers.remove(peer, true, now)
      return
    }
    this.#peers.consider(from, now)
    if (!peer?.contact.address.equals(from.address)) return
    peer.heardAt = now
    peer.answeredByUsAt = now
    const { questions } = request
    if (questions.some(({ ring, digest }) => this.#isNews(peer, ring, digest))) return this.#checks.schedule(peer, now)
    // The same exchange in the other direction would say nothing new.
    const isUpToDate = questions.every(({ ring, knownDigest }) => this.#isOurDigest(ring, knownDigest))
    if (isUpToDate && questions.length > 0) peer.nextCheckAt = Math.max(peer.nextCheckAt, now + this.#intervalOf(peer))
  }

  handleAnswer(from: Contact, response: StateResponse, now: Instant): void {
    this.#self.reportAddress(from.key, response.seenAddress)
    this.#peers.confirm(from, response.role === 1, now)
    const peer = this.#peers.get(from.key)
    if (!peer) return
    peer.isBeingChecked = false
    peer.failures = 0
    const cutRings = response.answers.filter(({ isCut }) => isCut).map(({ ring }) => ring)
    for (const answer of response.answers) this.#takeAnswer(peer, answer, now)
    // Fewer have more room. One that was alone already has to wait for the next round.
    const askedCount = response.answers.length
    if (cutRings.length > 0 && askedCount > 1 && peer.promptQuestions.take(now))
      this.check(peer, now, RingKind.stateRequest, cutRings.length < askedCount ? cutRings : cutRings.slice(0, 1))
  }

  handleSilence(to: Contact, now: Instant): void {
    const peer = this.#peers.get(to.key)
    if (!peer?.contact.address.equals(to.address)) return
    peer.isBeingChecked = false
    peer.failures += 1
    if (peer.failures >= FAILURES_MAX) this.#peers.remove(peer, false, now)
    else this.check(peer, now)
  }

  #checkUnlessFresh(peer: Peer, now: Instant): void {
    if (now - peer.heardAt >= CHECK_AFTER_MS) this.check(peer, now)
    else this.#checks.schedule(peer, Math.min(peer.nextCheckAt, now + CHECK_AFTER_MS))
  }

  #announce(now: Instant): void {
    this.#announceAt = undefined
    const adjacent = new Set<Peer>()
    for (const index of this.#dirtyRings) {
      const ring = this.#rings[index]
      for (const peer of [ring?.successors.nearest, ring?.predecessors.nearest]) if (peer) adjacent.add(peer)
    }
    this.#dirtyRings.clear()
    for (const peer of adjacent) this.check(peer, now)
  }

  #responseTo(from: Contact, { questions }: StateRequest, roomBytes: number): Uint8Array | undefined {
    const role = this.#self.isStorage ? 1 : 0
    const answers: StateAnswer[] = []
    const encoded = () => encode(stateResponse, { role, seenAddress: from.address, answers })
    let whole: Uint8Array | undefined
    for (const { ring: index, knownDigest } of questions) {
      const ring = this.#rings[index]
      if (!ring) continue
      const isChanged = !equalBytes(knownDigest, ring.digest())
      answers.push({ ring: index, isCut: false, state: isChanged ? stateOf(ring) : undefined })
      whole = isChanged ? encoded() : undefined
      if (!whole || whole.length <= roomBytes) continue
      answers[answers.length - 1] = { ring: index, isCut: true, state: undefined }
      whole = undefined
    }
    const response = whole ?? encoded()
    return response.length <= roomBytes ? response : undefined
  }

  #takeAnswer(peer: Peer, { ring: index, state }: StateAnswer, now: Instant): void {
    const ring = this.#rings[index]
    if (!ring || !state) return
    const namings = namingsBy(peer, ring, state.seesAll)
    let isResolved = true
    for (const [nodes, naming] of [
      [state.successors, namings.successors],
      [state.predecessors, namings.predecessors],
    ] as const) {
      for (const node of nodes) {
        const contact = { key: node.publicKey, address: node.address }
        const hearsay = { ring: index, naming, teller: peer.contact }
        this.#peers.consider(contact, now, hearsay)
        isResolved &&= this.#peers.isResolved(contact, now, hearsay)
      }
    }
    this.#suspectUnlisted(peer, ring, state, now)
    this.#recordState(peer, ring, state, isResolved, now)
  }

  #recordState(peer: Peer, ring: Ring, state: NeighbourState, isResolved: boolean, now: Instant): void {
    const keys = (nodes: readonly PackedNode[]) => nodes.map(({ publicKey }) => publicKey)
    const digest = digestOf(keys(state.predecessors), keys(state.successors), state.seesAll)
    peer.knownDigests[ring.index] = isResolved ? digest : undefined
    if (!isResolved) {
      peer.isUnresolved = true
      return this.#checks.schedule(peer, now + UNRESOLVED_RETRY_MS)
    }
    const placeOf = (node: PackedNode | undefined) => (node ? this.#places.of(node.publicKey)[ring.index] : undefined)
    const predecessor = placeOf(state.predecessors.at(-1))
    const successor = placeOf(state.successors.at(-1))
    const furthest = {
      ...(predecessor !== undefined && { predecessor }),
      ...(successor !== undefined && { successor }),
    }
    if (ring.takeReach(peer, furthest, state.seesAll)) this.noteChange(ring.index, now)
    if (ring.isHungry && ring.isAdjacent(peer)) this.#checks.schedule(peer, now + HUNGRY_RETRY_MS)
  }

  /** Whom the neighbour next to us passes over in its list is either new to it or gone. */
  #suspectUnlisted(teller: Peer, ring: Ring, state: NeighbourState, now: Instant): void {
    const isAfter = ring.successors.nearest === teller
    const isBefore = ring.predecessors.nearest === teller
    const placeOf = (key: PublicKey) => this.#places.of(key)[ring.index] ?? 0
    const steps = (key: PublicKey, isForward: boolean) =>
      isForward ? clockwise(placeOf(teller.key), placeOf(key)) : clockwise(placeOf(key), placeOf(teller.key))
    for (const [isMeant, isForward, listed, ours] of [
      [isAfter, true, state.successors, ring.successors.peers],
      [isBefore, false, state.predecessors, ring.predecessors.peers],
    ] as const) {
      const last = listed.at(-1)
      if (!isMeant || !last) continue
      const span = steps(last.publicKey, isForward)
      const names = new Set(listed.map(({ publicKey }) => publicKey.hex))
      for (const peer of ours) {
        const isPassedOver = peer !== teller && !names.has(peer.key.hex) && steps(peer.key, isForward) < span
        if (isPassedOver) this.suspect(peer, now)
      }
    }
  }

  /** Whether a neighbour's state differs from what we last took in. */
  #isNews(peer: Peer, index: number, digest: Uint8Array): boolean {
    const ring = this.#rings[index]
    if (!ring?.isNeighbour(peer)) return false
    const known = peer.knownDigests[index]
    return !known || !equalBytes(known, digest)
  }

  #isOurDigest(index: number, digest: Uint8Array): boolean {
    const ring = this.#rings[index]
    return !ring || equalBytes(ring.digest(), digest)
  }

  /** What we know of the peer's state; nothing, when we need its list whatever we had of it. */
  #knownDigest(peer: Peer, ring: Ring): Uint8Array {
    return (ring.isHungry ? undefined : peer.knownDigests[ring.index]) ?? NO_DIGEST
  }

  #intervalOf(peer: Peer): number {
    let isAdjacent = false
    for (const ring of this.#rings) {
      if (!ring.isAdjacent(peer)) continue
      isAdjacent = true
      if (ring.isHungry) return HUNGRY_RETRY_MS
    }
    const isDirect = this.#self.isStorage && isAdjacent
    // Nodes that stayed long stay long.
    const othersMs = isOld(peer) ? OLD_INTERVAL_MS : OTHERS_INTERVAL_MS
    return (isDirect ? ADJACENT_INTERVAL_MS : othersMs) * (0.9 + 0.2 * randomFraction(this.#random))
  }
}

function isOld(peer: Peer): boolean {
  return peer.heardAt - peer.knownSince >= OLD_AFTER_MS
}

function isLifeEnoughOf(peer: Peer, now: Instant): boolean {
  return isOld(peer) && now - peer.stateAskedAt < OLD_STATE_INTERVAL_MS
}

function stateOf(ring: Ring): NeighbourState {
  const packed = (peer: Peer): PackedNode => ({ publicKey: peer.key, address: peer.contact.address })
  return {
    predecessors: ring.predecessors.peers.map(packed),
    successors: ring.successors.peers.map(packed),
    seesAll: ring.seesAll,
  }
}

function namingsBy(teller: Peer, ring: Ring, seesAll: boolean): { successors: Naming; predecessors: Naming } {
  const isSuccessor = ring.successors.has(teller)
  const isPredecessor = ring.predecessors.has(teller)
  return {
    successors: { asSuccessor: isSuccessor || seesAll, asPredecessor: seesAll },
    predecessors: { asSuccessor: seesAll, asPredecessor: isPredecessor || seesAll },
  }
}
