import { equalBytes, toHex } from '../base/bytes.ts'
import { type Random, randomBytes } from '../base/random.ts'
import { DAY_MS, type Instant } from '../base/time.ts'
import { decode, encode } from '../wire/codec.ts'
import { MESSAGE_ID_BYTES } from '../wire/offline-packets.ts'
import type { Journal } from './journal.ts'
import { CURRENT, KNOWN_PER_ROW, knownRow } from './state-rows.ts'

/** Longer than any copy of a message can turn up: 30 days of life and as many of its tombstone. */
const KNOWN_LIFE_MS = 62 * DAY_MS
/** The oldest ids of a friend that sends more than 65,536 messages in that time are forgotten. */
const ROWS_MAX = 1_024
/** Ids that wait to be reported at the next meeting; older ones SENDER has learnt otherwise, or asks for by sending. */
const UNREPORTED_MAX = 1_024

interface Known {
  readonly messageId: Uint8Array
  /**
   * The id in our own history. It is ours, not the friend's: ids there are unique over all friends, which a friend must
   * not be able to spoil by sending an id that it knows from elsewhere.
   */
  readonly historyId: Uint8Array
  isUnreported: boolean
  readonly row: Row
}

interface Row {
  readonly number: number
  newestAt: Instant
  readonly entries: Known[]
}

/** The messages received from one friend, by id: each is shown once, whichever way and however often it comes. */
export class KnownMessages {
  readonly #friend: string
  readonly #journal: Journal
  readonly #rows: Row[] = []
  readonly #byId = new Map<string, Known>()
  readonly #byHistoryId = new Map<string, Known>()
  readonly #unreported = new Map<string, Known>()

  constructor(friend: string, journal: Journal) {
    this.#friend = friend
    this.#journal = journal
  }

  /** Takes over a row from disk. Rows come in the order of their numbers. Throws DecodeError. */
  restore(number: number, bytes: Uint8Array): void {
    const { newestAt, entries } = decode(knownRow, bytes)
    const row: Row = { number, newestAt, entries: [] }
    this.#rows.push(row)
    for (const entry of entries) this.#keep({ ...entry, row })
  }

  get count(): number {
    return this.#byId.size
  }

  has(messageId: Uint8Array): boolean {
    return this.#byId.has(toHex(messageId))
  }

  /** The friend's id of a message of our history. */
  idOf(historyId: Uint8Array): Uint8Array | undefined {
    return this.#byHistoryId.get(toHex(historyId))?.messageId
  }

  /** Remembers a message that came and returns the id that it gets in the history. */
  add(messageId: Uint8Array, random: Random, now: Instant): Uint8Array {
    const historyId = randomBytes(random, MESSAGE_ID_BYTES)
    const row = this.#openRow()
    row.newestAt = now
    this.#keep({ messageId: messageId.slice(), historyId, isUnreported: true, row })
    this.#save(row)
    return historyId
  }

  /** Ids of which SENDER has not said that it knows, oldest first. */
  unreported(): Uint8Array[] {
    return [...this.#unreported.values()].map(({ messageId }) => messageId)
  }

  /** SENDER knows that these came. */
  markReported(messageIds: readonly Uint8Array[]): void {
    const changed = new Set<Row>()
    for (const messageId of messageIds) {
      const known = this.#unreported.get(toHex(messageId))
      if (!known || !equalBytes(known.messageId, messageId)) continue
      known.isUnreported = false
      this.#unreported.delete(toHex(messageId))
      changed.add(known.row)
    }
    for (const row of changed) this.#save(row)
  }

  /** Forgets what can no longer come again. */
  expire(now: Instant): void {
    let oldest = this.#rows[0]
    while (oldest && now - oldest.newestAt >= KNOWN_LIFE_MS) {
      this.#dropOldest()
      oldest = this.#rows[0]
    }
  }

  eraseAll(): void {
    while (this.#rows.length > 0) this.#dropOldest()
  }

  #keep(known: Known): void {
    known.row.entries.push(known)
    this.#byId.set(toHex(known.messageId), known)
    this.#byHistoryId.set(toHex(known.historyId), known)
    if (!known.isUnreported) return
    this.#unreported.set(toHex(known.messageId), known)
    if (this.#unreported.size <= UNREPORTED_MAX) return
    for (const [id, oldest] of this.#unreported) {
      oldest.isUnreported = false
      this.#unreported.delete(id)
      return
    }
  }

  #openRow(): Row {
    const newest = this.#rows.at(-1)
    if (newest && newest.entries.length < KNOWN_PER_ROW) return newest
    if (this.#rows.length >= ROWS_MAX) this.#dropOldest()
    const row: Row = { number: (newest?.number ?? -1) + 1, newestAt: 0, entries: [] }
    this.#rows.push(row)
    return row
  }

  #dropOldest(): void {
    const row = this.#rows.shift()
    if (!row) return
    for (const { messageId, historyId } of row.entries) {
      this.#byId.delete(toHex(messageId))
      this.#byHistoryId.delete(toHex(historyId))
      this.#unreported.delete(toHex(messageId))
    }
    this.#journal.erase(this.#key(row))
  }

  #save(row: Row): void {
    const { newestAt, entries } = row
    this.#journal.write(
      this.#key(row),
      encode(knownRow, { ...CURRENT, newestAt: Math.max(0, Math.floor(newestAt)), entries }),
    )
  }

  #key(row: Row): string {
    return `known/${this.#friend}/${row.number}`
  }
}
