import type { Address } from '../base/address.ts'
import { assert } from '../base/assert.ts'
import { type Random, randomBelow, randomFraction } from '../base/random.ts'
import { type Instant, SECOND_MS } from '../base/time.ts'
import type { VerifyKey } from '../crypto/sign.ts'
import type { RingsEvent } from '../ring/ring-access.ts'
import { paidState } from '../storage/payments.ts'
import { TEST_FORMULA, TestDeposits, type TestHeaderOptions } from '../storage/test-deposits.ts'
import type { StoredRecord } from '../wire/storage-proof.ts'
import { Census } from './census.ts'
import { SimHolder, type SimHolderOptions } from './sim-holder.ts'
import { Simulation, type SimulationOptions } from './simulation.ts'

const RINGS = [0, 1, 2]
const LIVE_RANKS = 4
/** What a clean exit gets: the whole time, or a tenth of a second: the hand-over is cut short. */
const LEAVE_MS = 10 * SECOND_MS
const CUT_LEAVE_MS = 100

/** A record that the test put into the world. */
export interface WorldRecord {
  readonly record: StoredRecord
  readonly mailbox: VerifyKey
  readonly slot: number
  readonly places: readonly number[]
}

export interface Churn {
  readonly sessionMs: number
  /** Share of exits without a word. */
  readonly crashShare: number
  /** Share of clean exits whose hand-over is cut short. */
  readonly cutShare: number
  /** How long until another node comes in place of one that went. */
  readonly gapMs: number
}

export interface Sought {
  /** Rings whose lookup ended at a node that holds the record. */
  readonly foundRings: number
  readonly askedRings: number
}

/** A network of storage nodes with records in it, whose truth the test knows. */
export class HolderWorld {
  readonly simulation: Simulation
  readonly records: WorldRecord[] = []
  readonly #random: Random
  readonly #holders = new Set<SimHolder>()
  readonly #freeAddresses: Address[] = []
  readonly #options: Omit<SimHolderOptions, 'address' | 'formula'>
  #seed: number
  exitCount = 0

  constructor(seed: number, options: SimulationOptions = {}, holderOptions: HolderWorld['options'] = {}) {
    this.simulation = new Simulation(seed, options)
    this.#random = this.simulation.createRandom()
    this.#options = holderOptions
    this.#seed = seed
  }

  get options(): Omit<SimHolderOptions, 'address' | 'formula'> {
    return this.#options
  }

  get holders(): SimHolder[] {
    return [...this.#holders]
  }

  /** Those that are storage nodes now. */
  get members(): SimHolder[] {
    return this.holders.filter(({ rings, hasLeft }) => rings.isStorage && !hasLeft)
  }

  describe(): string {
    return this.simulation.describe()
  }

  add(options: Omit<SimHolderOptions, 'address' | 'formula'> = this.#options): SimHolder {
    const start = this.members.length > 0 ? this.anyMember() : this.holders[0]
    const address = this.#freeAddresses.length > 200 ? this.#freeAddresses.shift() : undefined
    const holder = new SimHolder(this.simulation, { ...options, formula: TEST_FORMULA, ...(address && { address }) })
    this.#holders.add(holder)
    holder.join(start)
    return holder
  }

  grow(count: number, pauseMs: number): void {
    for (let index = 0; index < count; index += 1) {
      this.add()
      this.simulation.runFor(pauseMs)
    }
  }

  anyMember(): SimHolder {
    const { members } = this
    const member = members[randomBelow(this.#random, members.length)]
    assert(member !== undefined, 'the world is empty')
    return member
  }

  /** Members from a place on, clockwise: the truth. */
  order(ring: number, place: number): SimHolder[] {
    return this.census().order(ring, place)
  }

  /** Where all members stand now. */
  census(): Census {
    return new Census(this.members, RINGS.length)
  }

  /** The nodes that a depositor would choose: the first of each ring, none twice. */
  chosen({ places }: Pick<WorldRecord, 'places'>, copiesPerRing: number): SimHolder[] {
    const chosen: SimHolder[] = []
    for (const ring of RINGS) {
      const free = this.order(ring, places[ring] ?? 0).filter((holder) => !chosen.includes(holder))
      chosen.push(...free.slice(0, copiesPerRing))
    }
    return chosen
  }

  /** Puts a new record of a mailbox of its own where a depositor would, or at `only`. */
  deposit(options: TestHeaderOptions, only?: readonly SimHolder[]): WorldRecord {
    const placed = this.create(options)
    const copiesPerRing = paidState(placed.record.payments)?.signed.header.copiesPerRing ?? 0
    for (const holder of only ?? this.chosen(placed, copiesPerRing)) this.put(holder, placed)
    this.records.push(placed)
    return placed
  }

  /** A new record of a mailbox of its own that nobody holds, of an age. */
  create(options: TestHeaderOptions, ageMs = 0): WorldRecord {
    this.#seed += 1
    const deposits = new TestDeposits(this.#seed)
    const record = deposits.record(options, this.simulation.now - ageMs)
    const header = paidState(record.payments)?.signed.header
    assert(header !== undefined, 'a record has a header')
    const places = this.anyMember().rings.mailboxPlaces(header.mailbox)
    const { mailbox, slot } = header
    return { record, mailbox, slot, places }
  }

  put(holder: SimHolder, { record, places }: WorldRecord): void {
    holder.act((now) => {
      const origin = { kind: 'deposit' as const, prefix: undefined }
      const outcome = holder.vault.put({ record, places, origin }, now)
      assert(outcome.kind !== 'refused', 'a test deposit is taken')
      holder.upkeep.handleStorageEvent({ kind: 'stored', entry: outcome.entry }, now)
    })
  }

  holds(holder: SimHolder, { mailbox, slot }: WorldRecord): boolean {
    return holder.vault.entry(mailbox, slot, this.simulation.now)?.kind === 'record'
  }

  /** Live copies: those among the first 4 of a ring, each node once. */
  liveCopies(record: WorldRecord, census = this.census()): SimHolder[] {
    const live = new Set(RINGS.flatMap((ring) => census.first(ring, record.places[ring] ?? 0, LIVE_RANKS)))
    return [...live].filter((holder) => this.holds(holder, record))
  }

  copies(record: WorldRecord): SimHolder[] {
    return this.members.filter((holder) => this.holds(holder, record))
  }

  /** Looks a record up from any node, all rings at once, as a receiver does, and sees whether the first node has it. */
  seek(record: WorldRecord): Sought {
    const asker = this.anyMember()
    const lookupId = asker.act((now) => asker.rings.lookup(record.places, now))
    this.simulation.runUntil(() => asker.outcomesOf(lookupId).length === RINGS.length, 30 * SECOND_MS)
    const outcomes = asker.outcomesOf(lookupId)
    const foundRings = outcomes.filter((outcome) => this.#isAtFirst(outcome, record)).length
    return { foundRings, askedRings: outcomes.length }
  }

  #isAtFirst(outcome: RingsEvent, record: WorldRecord): boolean {
    if (outcome.kind !== 'found') return false
    const first = outcome.members[outcome.isCatchingUp ? 1 : 0] ?? outcome.members[0]
    return this.holders.some((holder) => first?.contact.key.equals(holder.contact.key) && this.holds(holder, record))
  }

  /** From now on nodes come and go. Sessions are exponential; each exit is followed by a new node. */
  churn(plan: Churn): void {
    for (const holder of this.holders) this.#planExit(holder, plan)
  }

  #planExit(holder: SimHolder, plan: Churn): void {
    const lifeMs = -Math.log(1 - randomFraction(this.#random)) * plan.sessionMs
    this.simulation.schedule(Math.ceil(lifeMs), () => {
      if (!holder.node.isRunning) return
      this.exitCount += 1
      if (randomFraction(this.#random) < plan.crashShare) this.#remove(holder)
      else this.leave(holder, randomFraction(this.#random) < plan.cutShare ? CUT_LEAVE_MS : LEAVE_MS)
      this.simulation.schedule(Math.ceil(plan.gapMs * randomFraction(this.#random)), () =>
        this.#planExit(this.add(), plan),
      )
    })
  }

  /** Clean exit: hands over, then leaves the rings, then ends. */
  leave(holder: SimHolder, timeMs = LEAVE_MS): void {
    holder.onLeft = () => this.simulation.schedule(0, () => this.#sayGoodbye(holder))
    holder.act((now) => holder.upkeep.leave(timeMs, now))
  }

  #sayGoodbye(holder: SimHolder): void {
    if (!holder.node.isRunning) return
    holder.act((now) => holder.rings.leave(now))
    this.simulation.schedule(500, () => this.#remove(holder))
  }

  crash(holder: SimHolder): void {
    this.#remove(holder)
  }

  #remove(holder: SimHolder): void {
    if (!holder.node.isRunning) return
    holder.node.crash()
    this.#holders.delete(holder)
    this.#freeAddresses.push(holder.node.address)
  }

  get now(): Instant {
    return this.simulation.now
  }
}
