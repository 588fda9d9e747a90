import { compareBytes } from '../base/bytes.ts'
import { Queue } from '../base/queue.ts'
import { type Instant, MINUTE_MS, SECOND_MS, type Wake } from '../base/time.ts'
import type { Merging } from './merging.ts'
import type { OwnState } from './own-state.ts'
import type { PeerTable } from './peer-table.ts'
import type { Reachability, Verdict } from './reachability.ts'
import type { RoleReason } from './ring-access.ts'
import type { Ring } from './ring.ts'

/** How long a node looks for others before it is a ring by itself. */
const ALONE_AFTER_MS = 5 * SECOND_MS
/** So long a node that knows of others tries to find its place; then it joins with what it has. */
const JOIN_PATIENCE_MS = 30 * SECOND_MS
/**
 * Of newcomers that know of each other alone, the one with the smallest key founds the rings after so long, and each
 * further one so much later, should it not have heard of the first by then.
 */
const FOUND_AFTER_MS = 3 * SECOND_MS
const FOUND_STEP_MS = 3 * SECOND_MS
const JOIN_STEP_MS = 200
/** How long to look for three acquaintances to be tested by. */
const MEETING_PATIENCE_MS = 5 * SECOND_MS
/** From the first acquaintance on, to hear how many there are. */
const MEETING_MS = SECOND_MS
const RETEST_INTERVAL_MS = 15 * MINUTE_MS
/** When nobody could tell, once: other members may be strangers by then. It doubles each time that nobody can. */
const RETRY_INTERVAL_MS = 2 * MINUTE_MS
/** Members that pass tokens to us must not have heard from us for so long; less where nobody is that much of a stranger. */
const QUIET_SECONDS = 600
const QUIET_SECONDS_FALLBACK = 150

export type MembershipEvent =
  | { readonly kind: 'joined' }
  | { readonly kind: 'resigned'; readonly why: RoleReason }
  | { readonly kind: 'waiting'; readonly why: RoleReason }

/**
 * `meeting`   knows a few members and writes to no others, so that strangers are left to test us
 * `testing`   the tokens are under way
 * `joining`   fills its tables until it knows its place in every ring
 */
type Phase = 'client' | 'meeting' | 'testing' | 'joining' | 'member'

/**
 * Whether this node is a storage node: what its owner wants, what strangers can reach, and what a sleep undoes. It joins
 * only when it knows its neighbours in every ring (Zave: a member has a successor list from its first moment on).
 */
export class Membership {
  readonly #self: OwnState
  readonly #rings: readonly Ring[]
  readonly #peers: PeerTable
  readonly #merging: Merging
  readonly #reachability: Reachability
  readonly #events = new Queue<MembershipEvent>(64)
  #phase: Phase = 'client'
  #isWanted = false
  #isUnreachable = false
  #isFallback = false
  /** Verdicts since the last that said anything. */
  #unknownCount = 0
  #passedAt = Number.NEGATIVE_INFINITY
  #startedAt = 0
  #metAt: Instant | undefined
  #nextStepAt = Number.POSITIVE_INFINITY
  #nextTestAt = Number.POSITIVE_INFINITY

  constructor(self: OwnState, rings: readonly Ring[], peers: PeerTable, merging: Merging, reachability: Reachability) {
    this.#self = self
    this.#rings = rings
    this.#peers = peers
    this.#merging = merging
    this.#reachability = reachability
  }

  /** Whether we are looking for our place in the rings. */
  get isJoining(): boolean {
    return this.#phase === 'joining' || this.#phase === 'meeting'
  }

  pollEvent(): MembershipEvent | undefined {
    return this.#events.poll()
  }

  /** What the owner of this node wants. */
  want(isStorage: boolean, now: Instant): void {
    if (isStorage === this.#isWanted) return
    this.#isWanted = isStorage
    if (isStorage) this.#begin('joining', now)
    else this.#resign('notWanted')
  }

  /** The machine slept or its clock jumped: others have long passed us over. Joins anew. */
  restart(now: Instant): void {
    if (!this.#isWanted) return
    if (this.#self.isStorage) this.#resign('suspended')
    this.#begin('suspended', now)
  }

  nextTimeout(): Wake {
    return { at: Math.min(this.#nextStepAt, this.#nextTestAt), why: 'ring: join or test' }
  }

  handleTimeout(now: Instant): void {
    if (now >= this.#nextStepAt) this.#step(now)
    if (now >= this.#nextTestAt) this.#retest(now)
  }

  handleVerdict(verdict: Verdict, now: Instant): void {
    if (verdict === 'unknown' && !this.#isFallback) {
      this.#isFallback = true
      this.#reachability.testSelf(QUIET_SECONDS_FALLBACK, now)
      return
    }
    this.#isFallback = false
    this.#unknownCount = verdict === 'unknown' ? this.#unknownCount + 1 : 0
    this.#nextTestAt = now + this.#retestMs()
    if (verdict === 'unreachable') return this.#giveUp()
    // Nobody could tell: what was believed before stands, and a newcomer that answers is believed.
    if (this.#isUnreachable && verdict === 'unknown') return
    this.#isUnreachable = false
    this.#passedAt = now
    if (this.#phase === 'testing') {
      this.#fillTables()
      this.#nextStepAt = now
    } else if (this.#phase === 'client' && this.#isWanted) this.#begin('joining', now)
  }

  #begin(why: RoleReason, now: Instant): void {
    const isTested = now - this.#passedAt < MINUTE_MS
    this.#phase = this.#reachability.isPossible && !isTested ? 'meeting' : 'joining'
    this.#peers.setHeldBack(this.#phase === 'meeting')
    this.#startedAt = now
    this.#metAt = undefined
    this.#nextStepAt = now
    this.#events.push({ kind: 'waiting', why })
  }

  #step(now: Instant): void {
    this.#nextStepAt = now + JOIN_STEP_MS
    if (this.#phase === 'meeting') this.#meet(now)
    else if (this.#phase === 'joining' && this.#isReady(now)) this.#join(now)
    else if (this.#phase !== 'joining') this.#nextStepAt = Number.POSITIVE_INFINITY
  }

  /** Waits for acquaintances, then has them test us if there are others besides them. */
  #meet(now: Instant): void {
    if (this.#peers.count > 0) this.#metAt ??= now
    const isPatient = this.#metAt === undefined ? !this.#isReady(now) : now - this.#metAt < MEETING_PATIENCE_MS
    const hasMet = this.#metAt !== undefined && now - this.#metAt >= MEETING_MS
    const isEnough = hasMet && (!this.#reachability.isNeeded || this.#reachability.hasCarriers)
    if (isPatient && !isEnough) return
    if (this.#reachability.isNeeded) {
      this.#phase = 'testing'
      return this.#reachability.testSelf(QUIET_SECONDS, now)
    }
    this.#fillTables()
  }

  #fillTables(): void {
    this.#phase = 'joining'
    this.#peers.setHeldBack(false)
  }

  /** Whether we know where we belong in every ring, or that there is nobody but us. */
  #isReady(now: Instant): boolean {
    const waitedMs = now - this.#startedAt
    if (this.#peers.count === 0) return waitedMs >= this.#aloneAfterMs()
    if (waitedMs >= JOIN_PATIENCE_MS) return true
    return this.#rings.every((ring) => {
      const successor = ring.successors.nearest
      return successor?.knownDigests[ring.index] !== undefined && !ring.isHungry
    })
  }

  /** How long to look for others. Leads may be clients of rings that we have not found yet. */
  #aloneAfterMs(): number {
    if (!this.#merging.hasLeads) return ALONE_AFTER_MS
    if (!this.#merging.hasFoundNobody) return JOIN_PATIENCE_MS
    const own = this.#self.key.bytes
    const before = this.#merging.foreign().filter(({ key }) => compareBytes(key.bytes, own) < 0).length
    return Math.min(JOIN_PATIENCE_MS, FOUND_AFTER_MS + before * FOUND_STEP_MS)
  }

  #join(now: Instant): void {
    this.#phase = 'member'
    this.#nextStepAt = Number.POSITIVE_INFINITY
    this.#self.isStorage = true
    if (this.#nextTestAt === Number.POSITIVE_INFINITY) this.#nextTestAt = now + RETEST_INTERVAL_MS
    this.#events.push({ kind: 'joined' })
  }

  #retest(now: Instant): void {
    this.#nextTestAt = now + RETEST_INTERVAL_MS
    if (!this.#isWanted || !this.#reachability.isNeeded) {
      // Too few members are left to be strangers: answering is enough again.
      if (this.#isWanted && this.#isUnreachable) this.handleVerdict('reachable', now)
      return
    }
    this.#reachability.testSelf(QUIET_SECONDS, now)
  }

  /** Nobody could tell, time after time: there are no strangers here, and asking for them costs others. */
  #retestMs(): number {
    if (this.#unknownCount === 0) return RETEST_INTERVAL_MS
    return Math.min(RETRY_INTERVAL_MS * 2 ** (this.#unknownCount - 1), RETEST_INTERVAL_MS)
  }

  #giveUp(): void {
    this.#isUnreachable = true
    if (this.#phase === 'client') return
    this.#resign('unreachable')
  }

  #resign(why: RoleReason): void {
    this.#peers.setHeldBack(false)
    const wasStorage = this.#self.isStorage
    this.#phase = 'client'
    this.#self.isStorage = false
    this.#nextStepAt = Number.POSITIVE_INFINITY
    if (!this.#isWanted) this.#nextTestAt = Number.POSITIVE_INFINITY
    this.#events.push(wasStorage ? { kind: 'resigned', why } : { kind: 'waiting', why })
  }
}
