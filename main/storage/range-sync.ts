import { equalBytes, toHex } from '../base/bytes.ts'
import { randomBytes } from '../base/random.ts'
import type { Instant } from '../base/time.ts'
import { advance, PLACE_COUNT, type PlaceRange, rangeLength } from '../ring/circle.ts'
import type { Contact } from '../ring/contact.ts'
import { encode } from '../wire/codec.ts'
import {
  CHECK_NONCE_BYTES,
  HELD_KIND,
  LISTED_COPIES_MAX,
  type ListedCopy,
  RANGE_OUTCOME,
  rangeCheck,
  rangeDigestBody,
  rangeList,
  rangeListing,
  RANGE_LIST_BYTES,
  UPKEEP_KIND,
} from '../wire/upkeep-packets.ts'
import { EXTENSION_BODY_BYTES_MAX } from '../wire/extension-packet.ts'
import { digestOfRecords, RECORDS_PER_DIGEST_MAX, recordsIn, stateOfEntry, stateOfListed } from './check.ts'
import type { Puller } from './puller.ts'
import { compareSlotStates } from './record.ts'
import { slotTagOf } from './slot-tag.ts'
import { tryDecode } from './try-decode.ts'
import type { UpkeepParts } from './upkeep-parts.ts'
import type { VaultEntry } from './vault.ts'

/** Listings of one comparison: a peer that goes on for ever is heard no longer. */
const PAGES_MAX = 2_048
/** Smaller ranges than this are listed rather than halved: one mailbox has one place. */
const RANGE_LENGTH_MIN = 2
/** Room for one slot in the answer of a peer to which our address is not proved. */
const PADDING_BYTES = 32

export interface Comparison {
  readonly ring: number
  readonly range: PlaceRange
  readonly peer: Contact
  /** The range became ours, or both of us hold it. */
  readonly why: 'gained' | 'compared'
  /** We hold little or nothing of the range: no digest, the list at once. */
  readonly isNew: boolean
}

export interface ComparisonOutcome {
  /** The peer answered to the end. */
  readonly isHeard: boolean
  /** Records of ours that the peer has not, or has in an older state. */
  readonly peerLacks: readonly VaultEntry[]
  /** All that the peer has and we should have is here. */
  readonly isComplete: boolean
}

export type ComparisonHandler = (outcome: ComparisonOutcome, now: Instant) => void

interface Task extends Comparison {
  readonly finish: ComparisonHandler
  readonly open: PlaceRange[]
  readonly peerLacks: VaultEntry[]
  pages: number
  pulling: number
  isComplete: boolean
  isHeard: boolean
  isAsked: boolean
}

/**
 * Compares what two holders have in a range, and pulls what the peer has and we should have. Equal halves cost one
 * question; only where digests differ are slots named.
 */
export class RangeSync {
  readonly #parts: UpkeepParts
  readonly #puller: Puller

  constructor(parts: UpkeepParts, puller: Puller) {
    this.#parts = parts
    this.#puller = puller
  }

  compare(comparison: Comparison, now: Instant, finish: ComparisonHandler): void {
    const task: Task = {
      ...comparison,
      finish,
      open: [comparison.range],
      peerLacks: [],
      pages: 0,
      pulling: 0,
      isComplete: true,
      isHeard: true,
      isAsked: false,
    }
    this.#next(task, now)
  }

  #next(task: Task, now: Instant): void {
    const range = task.isHeard ? task.open.pop() : undefined
    task.isAsked = range !== undefined
    if (!range) return this.#endIfDone(task, now)
    const { ring } = task
    const { vault } = this.#parts.node
    if (task.isNew) return this.#list(task, range, [], now)
    const entries = recordsIn(vault, ring, range, RECORDS_PER_DIGEST_MAX + 1, now)
    if (entries.length > RECORDS_PER_DIGEST_MAX) return this.#halve(task, range, now)
    this.#check(task, range, entries, now)
  }

  #halve(task: Task, range: PlaceRange, now: Instant): void {
    if (rangeLength(range) < RANGE_LENGTH_MIN) return this.#list(task, range, [], now)
    const middle = advance(range.from, Math.floor(rangeLength(range) / 2))
    task.open.push({ from: middle, to: range.to }, { from: range.from, to: middle })
    this.#next(task, now)
  }

  #check(task: Task, range: PlaceRange, entries: readonly VaultEntry[], now: Instant): void {
    const { asks, random, rings, node } = this.#parts
    const nonce = randomBytes(random, CHECK_NONCE_BYTES)
    const question = { ring: task.ring, ...range, nonce, padding: new Uint8Array(8) }
    const challenge = { nonce, asker: rings.selfKey, holder: task.peer.key }
    asks.ask(task.peer, UPKEEP_KIND.rangeCheck, encode(rangeCheck, question), now, (reply, at) => {
      const answer = reply?.kind === UPKEEP_KIND.rangeDigest ? tryDecode(rangeDigestBody, reply.body) : undefined
      if (!answer) return this.#fallSilent(task, at)
      if (answer.outcome === RANGE_OUTCOME.tooMany) return this.#halve(task, range, at)
      const digest = digestOfRecords(node.vault, entries, challenge, at)
      if (answer.count === entries.length && equalBytes(digest, answer.digest)) return this.#next(task, at)
      this.#parts.counters.add('upkeep: ranges differ')
      this.#list(task, range, [], at)
    })
  }

  /** Asks for the slots of a range, page by page; `listed` are those of the pages before. */
  #list(task: Task, range: PlaceRange, listed: readonly ListedCopy[], now: Instant, padding = PADDING_BYTES): void {
    const { asks } = this.#parts
    const last = listed.at(-1)
    const from = last ? advance(last.place, PLACE_COUNT - 1) : range.from
    const skip = last ? listed.filter(({ place }) => place === last.place).length : 0
    const question = { ring: task.ring, from, to: range.to, skip, padding: new Uint8Array(padding) }
    task.pages += 1
    asks.ask(task.peer, UPKEEP_KIND.rangeList, encode(rangeList, question), now, (reply, at) => {
      const answer = reply?.kind === UPKEEP_KIND.rangeListing ? tryDecode(rangeListing, reply.body) : undefined
      if (!answer || task.pages >= PAGES_MAX) return this.#fallSilent(task, at)
      const all = [...listed, ...answer.copies]
      if (answer.isLast) return this.#differ(task, range, all, at)
      if (answer.copies.length === 0 && padding > PADDING_BYTES) return this.#fallSilent(task, at)
      // Our address is not proved there: the answer may be as long as the question, so that one is made longer.
      const isShort = answer.copies.length < LISTED_COPIES_MAX / 2
      this.#list(task, range, all, at, isShort ? EXTENSION_BODY_BYTES_MAX - RANGE_LIST_BYTES : padding)
    })
  }

  #differ(task: Task, range: PlaceRange, listed: readonly ListedCopy[], now: Instant): void {
    const { ring } = task
    const { vault } = this.#parts.node
    const own = new Map(
      vault
        .entriesIn(ring, range.from, range.to, Number.MAX_SAFE_INTEGER, now)
        .map((entry) => [toHex(slotTagOf(entry.mailbox, entry.slot)), entry]),
    )
    for (const copy of listed) {
      const name = toHex(copy.tag)
      const entry = own.get(name)
      own.delete(name)
      const order = entry ? compareSlotStates(stateOfListed(copy), stateOfEntry(entry)) : undefined
      if (order === undefined ? this.#isOurs(copy, ring) : order > 0) this.#pull(task, copy, now)
      if (entry && order !== undefined && order < 0) task.peerLacks.push(entry)
    }
    for (const entry of own.values()) if (entry.kind === 'record') task.peerLacks.push(entry)
    this.#next(task, now)
  }

  /** Nothing is held in place of a tombstone that was not held before. */
  #isOurs({ place, kind, copiesPerRing }: ListedCopy, ring: number): boolean {
    const rank = this.#parts.rings.rank(ring, place)
    return kind === HELD_KIND.record && rank !== undefined && rank < copiesPerRing
  }

  #pull(task: Task, { place, tag }: ListedCopy, now: Instant): void {
    const { ring, peer, why } = task
    task.pulling += 1
    this.#puller.want({ ring, place, tag: tag.slice(), source: peer, why }, now, (isHeld, at) => {
      task.pulling -= 1
      task.isComplete &&= isHeld
      this.#endIfDone(task, at)
    })
  }

  #fallSilent(task: Task, now: Instant): void {
    task.isHeard = false
    this.#next(task, now)
  }

  #endIfDone(task: Task, now: Instant): void {
    if (task.isAsked || task.pulling > 0) return
    task.isAsked = true
    const { isHeard, peerLacks, isComplete } = task
    task.finish({ isHeard, peerLacks, isComplete: isComplete && isHeard }, now)
  }
}
