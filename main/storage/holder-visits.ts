import type { Instant } from '../base/time.ts'
import type { FoundMember } from '../ring/ring-access.ts'
import type { NodeTrust } from './node-trust.ts'
import { type FoundRing, HOLDER_RANKS } from './ring-finder.ts'

type VisitState = 'new' | 'asked' | 'answered' | 'silent'

interface Visit {
  readonly member: FoundMember
  state: VisitState
  /** It owns a place whose range it has not pulled yet: that it has nothing means nothing. */
  isCatchingUp: boolean
}

/** Answers from so many prefixes show that a mailbox is empty, however many nodes of one network lie. */
const PREFIXES_FOR_EMPTY = 4

/**
 * The nodes that may hold what belongs to one mailbox, each asked once, however many rings name it: the first 4 of each
 * ring, and the next clockwise for each of them that stays silent.
 */
export class HolderVisits {
  readonly #visits = new Map<string, Visit>()
  readonly #rings = new Map<number, readonly Visit[]>()

  addRing({ ring, members, isCatchingUp }: FoundRing): void {
    const visits = members.map((member, rank) => {
      const visit = this.#visits.get(member.contact.key.hex) ?? { member, state: 'new', isCatchingUp: false }
      if (rank === 0 && isCatchingUp) visit.isCatchingUp = true
      this.#visits.set(member.contact.key.hex, visit)
      return visit
    })
    // Who catches up is asked after the others of its ring.
    this.#rings.set(ring, isCatchingUp ? [...visits.slice(1), ...visits.slice(0, 1)] : visits)
  }

  /** Distinct nodes among the first 4 of each ring. */
  get count(): number {
    return new Set([...this.#rings.values()].flatMap((visits) => visits.slice(0, HOLDER_RANKS))).size
  }

  get pendingCount(): number {
    return this.#count('asked')
  }

  get answeredCount(): number {
    return this.#count('answered')
  }

  get answeredPrefixCount(): number {
    return new Set(this.#answered().map(({ member }) => member.contact.address.prefix)).size
  }

  /** Each of the first 4 of every ring found answered. */
  get haveAllAnswered(): boolean {
    return this.#inOrder().every(({ state }) => state === 'answered') && this.#count('silent') === 0
  }

  /** In each of `ringCount` rings at least one node answered. */
  areRingsHeard(ringCount: number): boolean {
    const heard = [...this.#rings.values()].filter((visits) => visits.some(({ state }) => state === 'answered'))
    return heard.length >= ringCount
  }

  /** Whether that nobody listed anything shows that there is nothing. */
  isSilenceProof(ringCount: number): boolean {
    if (!this.areRingsHeard(ringCount) || this.answeredCount === 0) return false
    const reliable = this.#answered().filter(({ isCatchingUp }) => !isCatchingUp)
    const prefixes = new Set(reliable.map(({ member }) => member.contact.address.prefix))
    return prefixes.size >= PREFIXES_FOR_EMPTY || (this.haveAllAnswered && reliable.length === this.answeredCount)
  }

  /** The next node of a ring that was not asked yet, preferred ones first; marks it as asked. */
  takeNext(ring: number, isPreferred: (member: FoundMember) => boolean): FoundMember | undefined {
    const fresh = first(this.#rings.get(ring) ?? []).filter(({ state }) => state === 'new')
    const next = fresh.find(({ member }) => isPreferred(member)) ?? fresh[0]
    if (!next) return undefined
    next.state = 'asked'
    return next.member
  }

  /** All nodes that were not asked yet; marks them as asked. */
  takeAll(): FoundMember[] {
    const fresh = this.#inOrder().filter(({ state }) => state === 'new')
    for (const visit of fresh) visit.state = 'asked'
    return fresh.map(({ member }) => member)
  }

  settle({ contact }: FoundMember, state: 'answered' | 'silent'): void {
    const visit = this.#visits.get(contact.key.hex)
    if (visit) visit.state = state
  }

  /** Tells who was silent while another answered; nobody if only our own node did: then it is we who are cut off. */
  tellSilences(trust: Pick<NodeTrust, 'noteSilence'>, now: Instant): void {
    if (this.#answered().every(({ member }) => member.isSelf)) return
    for (const { state, member } of this.#visits.values()) {
      if (state === 'silent') trust.noteSilence(member.contact.key, now)
    }
  }

  /** Rings in which a node was asked and none is under way or has answered. */
  ringsWithoutHope(): number[] {
    return [...this.#rings].flatMap(([ring, visits]) => {
      const isHopeless = visits.every(({ state }) => state === 'silent' || state === 'new')
      return isHopeless ? [ring] : []
    })
  }

  #count(wanted: VisitState): number {
    let count = 0
    for (const { state } of this.#visits.values()) if (state === wanted) count += 1
    return count
  }

  /** The nodes that count, of all rings, each once. */
  #inOrder(): Visit[] {
    return [...new Set([...this.#rings.values()].flatMap(first))]
  }

  #answered(): Visit[] {
    return [...this.#visits.values()].filter(({ state }) => state === 'answered')
  }
}

/** The first 4 of a ring that are not silent. */
function first(visits: readonly Visit[]): Visit[] {
  return visits.filter(({ state }) => state !== 'silent').slice(0, HOLDER_RANKS)
}
