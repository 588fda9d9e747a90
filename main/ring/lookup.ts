import { equalBytes } from '../base/bytes.ts'
import type { PublicKey } from '../crypto/keys.ts'
import type { PackedNode } from '../wire/node-format.ts'
import { KEY_HINT_BYTES, type LookupResponse, NOT_IN_ANSWER, SILENT_IN_REQUEST_MAX } from '../wire/ring-packets.ts'
import { clockwise, compareClockwise, type Placed } from './circle.ts'
import type { Contact } from './contact.ts'
import type { Payload } from './ring-access.ts'

/** A lookup that asked so many is lost: half of a large ring gone at once costs fewer. */
const REQUESTS_MAX = 24
const CANDIDATES_MAX = 96
/**
 * A node with so few unknown ones to be expected between the place and it is asked at once, as if somebody had named
 * it: it may well own the place, and if not it stands so near that it knows who does. A node before the place never
 * owns it and costs a request more.
 */
const GUESS_UNKNOWN_MAX = 1.5
/** Few honest owners (e^-4) stand further behind a place: somebody else has to name one that says so of itself. */
const PLAUSIBLE_GAPS = 4

/** What we would say ourselves: that we cannot tell (if we could, the lookup would not have begun). */
const OWN_ANSWER: LookupResponse = {
  role: 1,
  isCatchingUp: false,
  selfIndex: NOT_IN_ANSWER,
  members: [],
  closer: [],
  token: new Uint8Array(0),
  payloadKind: 0,
  payload: new Uint8Array(0),
}

interface Candidate extends Placed {
  readonly contact: Contact
  /** Steps from the place to this node, clockwise. */
  readonly steps: number
  state: 'new' | 'asked' | 'answered' | 'silent'
  /** Silent before this lookup began. */
  readonly isDoubtful: boolean
  isAsked: boolean
  /** How many were asked before it. */
  askedAt: number
  /** Some answer listed it among the first storage nodes at the place. */
  isNamed: boolean
  /** Requests one after another that led here, its own included. */
  depth: number
  answer?: LookupResponse
}

/** A contact to start from. */
export interface LookupSeed {
  readonly contact: Contact
  readonly isNamed: boolean
}

export interface LookupPlan {
  readonly place: number
  readonly selfKey: PublicKey
  /** We are a storage node, so that the place may turn out to be ours. */
  readonly isSelfStorage: boolean
  readonly seeds: readonly LookupSeed[]
  readonly placeOf: (key: PublicKey) => number
  /** How far apart nodes stand, as far as we can tell. */
  readonly meanGap: number
  /** How many of all nodes of the ring we know, 0 to 1, as far as we can tell. */
  readonly knownShare: number
  readonly isAvoided: (key: PublicKey) => boolean
  /** Stayed silent a moment ago: taken for silent here too, and asked only when everybody else is. */
  readonly isDoubtful: (contact: Contact) => boolean
}

/** What is to be asked next. `isOwnerGuess`: of somebody who may well be the owner: a payload goes along. */
export interface LookupStep {
  readonly contact: Contact
  readonly isOwnerGuess: boolean
  /** First 8 bytes of keys that did not answer and are to be left out. */
  readonly silent: readonly Uint8Array[]
}

/** One of the first storage nodes, as the lookup found it; the owner first. */
export interface LookupMember extends Placed {
  readonly contact: Contact
  readonly isSelf: boolean
  readonly hasAnswered: boolean
  readonly token?: Uint8Array
  readonly payloadAnswer?: Payload
}

/** One that was asked, in the order of asking, and what came of it. */
export interface LookupHop extends Placed {
  readonly outcome: 'answered' | 'silent'
}

export interface LookupResult {
  readonly members: readonly LookupMember[]
  readonly isCatchingUp: boolean
  readonly hopCount: number
}

/**
 * One iterative lookup in one ring: who is to be asked next, and whether the owner is found. It ends at a node that says
 * itself that it owns the place, with nobody nearer left who might live. Sends nothing and knows no time.
 */
export class Lookup {
  readonly place: number
  readonly #plan: LookupPlan
  readonly #candidates = new Map<string, Candidate>()
  /** Mean gaps behind the place within which the nearest node that we know is taken for its owner. */
  readonly #guessGaps: number
  #meanGap: number
  requestCount = 0

  constructor(plan: LookupPlan) {
    this.#plan = plan
    this.place = plan.place
    this.#meanGap = plan.meanGap
    this.#guessGaps = Math.min(PLAUSIBLE_GAPS, GUESS_UNKNOWN_MAX / Math.max(0, 1 - plan.knownShare))
    for (const { contact, isNamed } of plan.seeds) this.#add(contact, 1, isNamed)
  }

  /** Whom to ask now, or undefined: nobody is left, or we have to wait for those who were asked. */
  next(): LookupStep | undefined {
    if (this.requestCount >= REQUESTS_MAX) return undefined
    const owner = this.#likelyOwner((candidate) => candidate.state === 'new')
    const chosen = owner ?? this.#nextNamed() ?? this.#nearestBefore() ?? this.#nearestAfter() ?? this.#doubtful()
    if (!chosen) return undefined
    chosen.state = 'asked'
    chosen.isAsked = true
    chosen.askedAt = this.requestCount
    this.requestCount += 1
    const isOwnerGuess = chosen.isNamed || chosen === owner
    return { contact: chosen.contact, isOwnerGuess, silent: this.#silentHints() }
  }

  /** The answer of a contact that was asked. Returns false if it was not. */
  recordAnswer(from: Contact, answer: LookupResponse): boolean {
    const candidate = this.#candidates.get(from.key.hex)
    if (!candidate || candidate.state === 'new') return false
    candidate.state = 'answered'
    candidate.answer = answer
    for (const node of [...answer.members, ...answer.closer]) {
      this.#add({ key: node.publicKey, address: node.address }, candidate.depth + 1, answer.members.includes(node))
    }
    this.#refineGap(answer.members)
    return true
  }

  recordSilence(from: Contact): void {
    const candidate = this.#candidates.get(from.key.hex)
    if (candidate?.state === 'asked') candidate.state = 'silent'
  }

  /** The owner and the nodes after it, once the owner answered and nobody nearer is left. */
  result(): LookupResult | undefined {
    const owner = this.#likelyOwner(({ state }) => state !== 'silent')
    if (!owner?.answer || !this.#isPlausible(owner)) return undefined
    return { members: this.#membersFrom(owner), isCatchingUp: owner.answer.isCatchingUp, hopCount: owner.depth }
  }

  /** Who was asked, but for those who may still answer. */
  hops(): LookupHop[] {
    return [...this.#candidates.values()]
      .filter(({ isAsked, state }) => isAsked && state !== 'asked')
      .sort((left, right) => left.askedAt - right.askedAt)
      .map(({ key, place, state }) => ({ key, place, outcome: state === 'answered' ? 'answered' : 'silent' }))
  }

  /** Whether a contact stayed silent in this lookup. */
  isSilent(key: PublicKey): boolean {
    return this.#candidates.get(key.hex)?.state === 'silent'
  }

  /** Whether nobody can be asked any more. */
  isExhausted(waitingCount: number): boolean {
    if (waitingCount > 0) return false
    if (this.requestCount >= REQUESTS_MAX) return true
    return ![...this.#candidates.values()].some(
      ({ state, isDoubtful, isAsked }) => state === 'new' || (isDoubtful && !isAsked),
    )
  }

  /** The nearest at or after the place that may own it; with it the lookup can end. */
  #likelyOwner(isOpen: (candidate: Candidate) => boolean): Candidate | undefined {
    let best: Candidate | undefined
    for (const candidate of this.#candidates.values()) {
      if (candidate.state === 'silent' || (candidate.answer && !this.#isOwner(candidate, candidate.answer))) continue
      const isNear = candidate.isNamed || candidate.steps <= this.#guessGaps * this.#meanGap
      if (!candidate.answer && !isNear) continue
      if (!best || compareClockwise(this.place, candidate, best) < 0) best = candidate
    }
    return best && isOpen(best) ? best : undefined
  }

  /**
   * The first of its own answer, or everybody whom it places before itself is gone. Where so many are gone that it sees
   * nobody before them, the word of a node before the place will do.
   */
  #isOwner(candidate: Candidate, { role, selfIndex, members }: LookupResponse): boolean {
    if (role === 0) return false
    if (selfIndex !== NOT_IN_ANSWER) return this.#areGone(members.slice(0, selfIndex))
    return this.#voucherOf(candidate) !== undefined
  }

  /** An answer that names this candidate after none but nodes that are gone; only where we had others leave some out. */
  #voucherOf({ key }: Candidate): LookupResponse | undefined {
    const all = [...this.#candidates.values()]
    if (!all.some(({ state }) => state === 'silent')) return undefined
    const vouches = ({ members, selfIndex }: LookupResponse) => {
      const index = members.findIndex(({ publicKey }) => publicKey.equals(key))
      return selfIndex === NOT_IN_ANSWER && index >= 0 && this.#areGone(members.slice(0, index))
    }
    return all.find(({ answer }) => answer && vouches(answer))?.answer
  }

  /** Silent, avoided, or no storage nodes any more. */
  #areGone(nodes: readonly PackedNode[]): boolean {
    return nodes.every(({ publicKey }) => {
      const candidate = this.#candidates.get(publicKey.hex)
      return this.#plan.isAvoided(publicKey) || candidate?.state === 'silent' || candidate?.answer?.role === 0
    })
  }

  /** While the likely owner keeps us waiting: the nearest that was named after it, which owns the place if it is dead. */
  #nextNamed(): Candidate | undefined {
    const isWaitedFor = ({ state, isNamed }: Candidate) => state === 'asked' && isNamed
    const waitedCount = [...this.#candidates.values()].filter(isWaitedFor).length
    // Every second time somebody who may name others.
    if (waitedCount % 2 === 0) return undefined
    return this.#best(
      ({ steps }) => steps,
      ({ isNamed }) => isNamed,
    )
  }

  #doubtful(): Candidate | undefined {
    return [...this.#candidates.values()].find(({ isDoubtful, isAsked }) => isDoubtful && !isAsked)
  }

  #nearestBefore(): Candidate | undefined {
    return this.#best(
      (candidate) => clockwise(candidate.place, this.place),
      ({ steps }) => steps > 0,
    )
  }

  #nearestAfter(): Candidate | undefined {
    return this.#best(
      ({ steps }) => steps,
      () => true,
    )
  }

  #best(distance: (candidate: Candidate) => number, isMeant: (candidate: Candidate) => boolean): Candidate | undefined {
    let best: Candidate | undefined
    for (const candidate of this.#candidates.values()) {
      if (candidate.state !== 'new' || !isMeant(candidate)) continue
      if (!best || distance(candidate) < distance(best)) best = candidate
    }
    return best
  }

  /** A node that claims a place far before it needs somebody else's word, as long as there is anybody to ask. */
  #isPlausible(owner: Candidate): boolean {
    if (owner.isNamed || owner.steps <= PLAUSIBLE_GAPS * this.#meanGap) return true
    return this.requestCount >= REQUESTS_MAX || !this.#nearestBefore()
  }

  #membersFrom(owner: Candidate): LookupMember[] {
    const byKey = new Map<string, LookupMember>()
    const named = owner.answer?.selfIndex === NOT_IN_ANSWER ? this.#voucherOf(owner)?.members : owner.answer?.members
    for (const node of named ?? []) {
      const contact = { key: node.publicKey, address: node.address }
      const state = this.#candidates.get(contact.key.hex)?.state
      if (state === 'silent' || this.#plan.isAvoided(contact.key)) continue
      byKey.set(contact.key.hex, this.#member(contact, undefined))
    }
    for (const candidate of this.#candidates.values()) {
      const { contact, answer } = candidate
      const isMember = answer?.role === 1 && (answer.selfIndex !== NOT_IN_ANSWER || candidate === owner)
      if (isMember) byKey.set(contact.key.hex, this.#member(contact, answer))
    }
    const sorted = [...byKey.values()].sort((a, b) => compareClockwise(this.place, a, b))
    return sorted.slice(sorted.findIndex(({ key }) => key.equals(owner.key)))
  }

  #member(contact: Contact, answer: LookupResponse | undefined): LookupMember {
    const { key } = contact
    const member = { contact, key, place: this.#plan.placeOf(key), isSelf: key.equals(this.#plan.selfKey) }
    if (!answer || member.isSelf) return { ...member, hasAnswered: false }
    // Views into the packet: the caller keeps them.
    const payloadAnswer =
      answer.payloadKind === 0 ? undefined : { kind: answer.payloadKind, body: answer.payload.slice() }
    return { ...member, hasAnswered: true, token: answer.token.slice(), ...(payloadAnswer && { payloadAnswer }) }
  }

  #add(contact: Contact, depth: number, isNamed: boolean): void {
    if (this.#plan.isAvoided(contact.key)) return
    if (contact.key.equals(this.#plan.selfKey)) return this.#addSelf(contact, depth)
    const known = this.#candidates.get(contact.key.hex)
    if (known) {
      known.isNamed ||= isNamed
      if (known.state === 'new') known.depth = Math.min(known.depth, depth)
      return
    }
    if (this.#candidates.size >= CANDIDATES_MAX) return
    const place = this.#plan.placeOf(contact.key)
    const steps = clockwise(this.place, place)
    const isDoubtful = this.#plan.isDoubtful(contact)
    const fresh = {
      state: isDoubtful ? ('silent' as const) : ('new' as const),
      isNamed,
      isDoubtful,
      isAsked: false,
      askedAt: 0,
      depth,
    }
    this.#candidates.set(contact.key.hex, { contact, key: contact.key, place, steps, ...fresh })
  }

  /** Others name us: should everybody before us be gone, the place is ours though we did not see it. */
  #addSelf(contact: Contact, depth: number): void {
    if (!this.#plan.isSelfStorage) return
    const { key } = contact
    const place = this.#plan.placeOf(key)
    const fixed = {
      contact,
      key,
      place,
      steps: clockwise(this.place, place),
      state: 'answered' as const,
      answer: OWN_ANSWER,
    }
    this.#candidates.set(key.hex, { ...fixed, isNamed: true, isDoubtful: false, isAsked: false, askedAt: 0, depth })
  }

  /** Named members show how dense the circle is about the place. A wrong, small gap only makes for more checks. */
  #refineGap(members: readonly PackedNode[]): void {
    const first = members[0]
    const last = members.at(-1)
    if (!first || !last || members.length < 4) return
    const span = clockwise(this.#plan.placeOf(first.publicKey), this.#plan.placeOf(last.publicKey))
    this.#meanGap = Math.min(this.#meanGap, span / (members.length - 1))
  }

  #silentHints(): Uint8Array[] {
    return [...this.#candidates.values()]
      .filter(({ state }) => state === 'silent')
      .sort((a, b) => compareClockwise(this.place, a, b))
      .slice(0, SILENT_IN_REQUEST_MAX)
      .map(({ key }) => key.bytes.subarray(0, KEY_HINT_BYTES))
  }
}

/** Whether a key is meant by one of a request's hints. */
export function isHinted(hints: readonly Uint8Array[], key: PublicKey): boolean {
  return hints.some((hint) => equalBytes(hint, key.bytes.subarray(0, KEY_HINT_BYTES)))
}
