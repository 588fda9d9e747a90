import { concat } from '../base/bytes.ts'
import { Queue } from '../base/queue.ts'
import { earliest, type Instant, MINUTE_MS, type Wake } from '../base/time.ts'
import { VerifyKey } from '../crypto/sign.ts'
import { advance, PLACE_COUNT } from '../ring/circle.ts'
import { decode, encode, u32 } from '../wire/codec.ts'
import { type StoredRecord, storedRecord } from '../wire/storage-proof.ts'
import { type RecordHeader, type Tombstone, TOMBSTONE_KIND, tombstone } from '../wire/storage-record.ts'
import { type Fullness, paidBytes } from './effort.ts'
import { victims } from './eviction.ts'
import { ExpiryCalendar } from './expiry-calendar.ts'
import { effortPaid, paidState } from './payments.ts'
import { type Origin, PREFIX_SHARE, quotaFault, type Usage, type VaultLimits } from './quota.ts'
import type { SlotContent } from './range-digest.ts'
import { compareSlotStates, recordIdOf, type SlotKind, TOMBSTONE_LIFE_MS } from './record.ts'
import { type Refusal, refuse } from './refusal.ts'
import { type IndexRow, VaultIndex } from './vault-index.ts'
import type { Shelf } from './vault-shelf.ts'

/** A disk that refused is not asked for more until then. */
export const DISK_PAUSE_MS = 5 * MINUTE_MS
/** Rows that leave in one go, so that nobody waits long for a sweep. */
const SWEEP_ROWS_MAX = 500
const SWEEP_PAUSE_MS = 5
/** How long written rows may wait for others before they go to disk together. */
const WRITE_DELAY_MS = 500
const EVENTS_MAX = 8_192
/** What a record takes beside its body when it was paid for once: signed header and proof. */
const ONE_PAYMENT_BYTES = 512

/** What a vault says of one slot. */
export interface VaultEntry extends Omit<IndexRow, 'mailbox'> {
  readonly mailbox: VerifyKey
}

/** A record that was checked by the caller, with where it belongs and who pays. */
export interface Placement {
  readonly record: StoredRecord
  /** The mailbox's place in each ring. */
  readonly places: readonly number[]
  readonly origin: Origin
}

/** What a record asks of the limits. */
interface Asked {
  readonly header: RecordHeader
  readonly notAfter: Instant
  readonly origin: Origin
  readonly sizeBytes: number
}

/** `held`: just this was held already, and nothing changed. */
export type PutOutcome = { readonly kind: 'stored' | 'held'; readonly entry: VaultEntry } | Refusal

export type VaultEvent =
  | { readonly kind: 'evicted'; readonly entry: VaultEntry; readonly why: 'room' | 'shrink' }
  | { readonly kind: 'expired'; readonly entry: VaultEntry }
  /** The disk no longer gives it back. */
  | { readonly kind: 'lost'; readonly entry: VaultEntry }

export interface VaultUsage {
  readonly allocationBytes: number
  readonly usedBytes: number
  readonly repairBytes: number
  readonly records: number
  readonly tombstones: number
}

export interface VaultOptions {
  readonly shelf: Shelf
  readonly ringCount: number
  readonly limits: VaultLimits
}

/**
 * Other people's records: what is kept, for how long, and what goes when room is short. Signatures and proofs were
 * checked by the caller; the vault checks order, limits and shares. It is synchronous: when `put` says stored, the
 * record is held. The index lies in memory, the bytes on the shelf.
 *
 * source  offline-messaging.md section 7
 */
export class Vault {
  readonly #shelf: Shelf
  readonly #ringCount: number
  readonly #calendar = new ExpiryCalendar()
  readonly #events = new Queue<VaultEvent>(EVENTS_MAX)
  #index: VaultIndex
  #limits: VaultLimits
  #workAt: Instant | undefined
  #sweepAt: Instant | undefined
  #diskPauseUntil: Instant = 0

  constructor({ shelf, ringCount, limits }: VaultOptions) {
    this.#shelf = shelf
    this.#ringCount = ringCount
    this.#limits = limits
    this.#index = new VaultIndex(ringCount)
  }

  get limits(): VaultLimits {
    return this.#limits
  }

  /** Why a deposit or copy of this header would be refused now, before anything about it was computed. */
  admissionFault(header: RecordHeader, notAfter: Instant, origin: Origin, now: Instant): Refusal | undefined {
    const fault = this.#diskFault(now)
    if (fault) return fault
    const sizeBytes = header.length + ONE_PAYMENT_BYTES
    return this.#quotaFault({ header, notAfter, origin, sizeBytes }, now)
  }

  /** Keeps a record in place of what its slot held, if it is newer and there is or can be made room. */
  put({ record, places, origin }: Placement, now: Instant): PutOutcome {
    const state = paidState(record.payments)
    if (!state || state.notAfter <= now) return refuse('expired')
    const { header } = state.signed
    const bytes = encode(storedRecord, record)
    const fault =
      this.#diskFault(now) ??
      this.#quotaFault({ header, notAfter: state.notAfter, origin, sizeBytes: bytes.length }, now)
    if (fault) return fault
    const lifeMs = Math.max(1, state.notAfter - header.createdAt)
    return this.#keep(bytes, origin, now, {
      recordId: recordIdOf(header),
      mailbox: header.mailbox.bytes,
      slot: header.slot,
      revision: header.revision,
      kind: 'record',
      counter: state.renewal?.counter ?? 0,
      notAfter: state.notAfter,
      endsAt: state.notAfter,
      sizeBytes: bytes.length,
      lengthBytes: header.length,
      copiesPerRing: header.copiesPerRing,
      price: effortPaid(record.payments) / (paidBytes(header.length) * lifeMs),
      origin,
      places,
    })
  }

  /** Puts a tombstone in place of the record that it is for: only where one was held, in the room that it paid for. */
  bury(value: Tombstone, now: Instant): PutOutcome {
    const { header } = value.signed
    const row = this.#index.find(header.mailbox.bytes, header.slot)
    if (row === undefined || this.#index.endsAtOf(row) <= now) return refuse('unknownRecord')
    const held = this.#index.at(row)
    const notAfter = Math.max(held.notAfter, header.notAfter)
    const bytes = encode(tombstone, value)
    return this.#keep(bytes, held.origin, now, {
      ...held,
      recordId: recordIdOf(header),
      revision: header.revision,
      kind: value.entry.kind === TOMBSTONE_KIND.collected ? 'collected' : 'cancelled',
      counter: 0,
      notAfter,
      endsAt: notAfter + TOMBSTONE_LIFE_MS,
      sizeBytes: bytes.length,
      lengthBytes: 0,
    })
  }

  /** What is known of a slot, without reading it. */
  entry(mailbox: VerifyKey, slot: number, now: Instant): VaultEntry | undefined {
    const row = this.#index.find(mailbox.bytes, slot)
    return row === undefined || this.#index.endsAtOf(row) <= now ? undefined : this.#entryAt(row)
  }

  /** A slot's content, read from the shelf. What the disk no longer gives back is dropped, with an event. */
  get(mailbox: VerifyKey, slot: number, now: Instant): SlotContent | undefined {
    const row = this.#index.find(mailbox.bytes, slot)
    return row === undefined || this.#index.endsAtOf(row) <= now ? undefined : this.#read(row)
  }

  /** All slots of a mailbox. */
  list(mailbox: VerifyKey, now: Instant): VaultEntry[] {
    return this.#index
      .rowsOf(mailbox.bytes)
      .filter((row) => this.#index.endsAtOf(row) > now)
      .map((row) => this.#entryAt(row))
  }

  /**
   * Slots whose place in `ring` lies in (from, to] clockwise, nearest to `from` first; the whole circle if they are
   * equal. At most `countMax`.
   */
  entriesIn(ring: number, from: number, to: number, countMax: number, now: Instant): VaultEntry[] {
    return this.#rowsIn(ring, from, to, countMax, now).map((row) => this.#entryAt(row))
  }

  /** The same, tombstones left out: however many lie between them, there are `countMax` records if the range has them. */
  recordsIn(ring: number, from: number, to: number, countMax: number, now: Instant): VaultEntry[] {
    return this.#rowsIn(ring, from, to, countMax, now, 'record').map((row) => this.#entryAt(row))
  }

  /** The slot at this place that holders name by this tag. */
  findTagged(ring: number, place: number, tag: Uint8Array, now: Instant): VaultEntry | undefined {
    const isIt = (row: number) => this.#index.hasTag(row, tag) && this.#index.endsAtOf(row) > now
    const [row] = this.#index.rowsIn(ring, advance(place, PLACE_COUNT - 1), place, 1, isIt)
    return row === undefined ? undefined : this.#entryAt(row)
  }

  /** Forgets a slot that others hold now. No event. */
  drop(mailbox: VerifyKey, slot: number): void {
    const row = this.#index.find(mailbox.bytes, slot)
    if (row !== undefined) this.#remove(row)
  }

  usage(): VaultUsage {
    const { count, tombstoneCount, usedBytes, shares } = this.#index
    const { allocationBytes } = this.#limits
    const records = count - tombstoneCount
    return { allocationBytes, usedBytes, repairBytes: shares.repairBytes, records, tombstones: tombstoneCount }
  }

  /** How full the vault is for a depositor of this prefix: what the load follows. */
  fullness(origin: Origin): Fullness {
    const { allocationBytes } = this.#limits
    const hasShare = origin.prefix !== undefined && allocationBytes > 0
    return {
      disk: allocationBytes === 0 ? 1 : this.#index.usedBytes / allocationBytes,
      prefixQuota: hasShare ? this.#index.shares.bytesOf(origin) / (allocationBytes * PREFIX_SHARE) : 0,
      writeQueue: this.#shelf.queueFullness,
    }
  }

  /** New limits hold at once; what is over a smaller allocation leaves by the rule within seconds. */
  setLimits(limits: VaultLimits, now: Instant): void {
    this.#limits = limits
    if (this.#index.usedBytes > limits.allocationBytes) this.#sweepAt = now
  }

  /** Forgets everything, without events: leaving, or storage turned off. */
  clear(): void {
    this.#index = new VaultIndex(this.#ringCount)
    this.#calendar.clear()
    this.#shelf.clear()
    this.#sweepAt = undefined
    this.#workAt = undefined
  }

  handleTimeout(now: Instant): void {
    if (this.#sweepAt !== undefined && now >= this.#sweepAt) this.#shrink(now)
    this.#expire(now)
    if (this.#workAt !== undefined && now >= this.#workAt) this.#work(now)
  }

  nextTimeout(): Wake | undefined {
    const expiryAt = this.#calendar.nextAt()
    return earliest(
      wakeAt(expiryAt, 'vault: expire records'),
      wakeAt(this.#sweepAt, 'vault: shrink'),
      wakeAt(this.#workAt, 'vault: write'),
    )
  }

  pollEvent(): VaultEvent | undefined {
    return this.#events.poll()
  }

  #keep(bytes: Uint8Array, origin: Origin, now: Instant, next: IndexRow): PutOutcome {
    const row = this.#index.find(next.mailbox, next.slot)
    const held = row === undefined ? undefined : this.#index.at(row)
    if (row !== undefined && held && held.endsAt > now) {
      const order = compareSlotStates(next, held)
      // A deposit of what repair brought earlier moves the record to its depositor's share.
      const isPaidNow = order === 0 && held.origin.kind === 'repair' && origin.kind === 'deposit'
      if (order === 0 && !isPaidNow) return { kind: 'held', entry: this.#entryAt(row) }
      if (order < 0) return refuse(staleReason(next, held))
    }
    const leaving = this.#makeRoom(next, held?.sizeBytes ?? 0, row, now)
    if (!leaving) return refuse(origin.kind === 'repair' ? 'repairShare' : 'full')
    if (!this.#shelf.write(nameOf(next.mailbox, next.slot), bytes, Math.ceil(next.endsAt / MINUTE_MS))) {
      return this.#pauseForDisk(now)
    }
    for (const victim of leaving) this.#evict(victim, 'room')
    if (row !== undefined) this.#unlist(row)
    const added = this.#index.add(next)
    this.#calendar.add(added, next.endsAt)
    this.#wantWork(now)
    return { kind: 'stored', entry: this.#entryAt(added) }
  }

  /** Rows to evict for `next`, none if there is room; undefined if only rows that are worth more could go. */
  #makeRoom(next: IndexRow, freedBytes: number, ownRow: number | undefined, now: Instant): number[] | undefined {
    let missing = this.#index.usedBytes + next.sizeBytes - freedBytes - this.#limits.allocationBytes
    if (missing <= 0 || next.kind !== 'record') return []
    const worth = next.price * (next.notAfter - now)
    const leaving: number[] = []
    for (const victim of victims(this.#index, now)) {
      if (victim.row === ownRow) continue
      const isDeposit = next.origin.kind === 'deposit'
      const isCheaper = victim.isRepair ? isDeposit || victim.worth < worth : isDeposit && victim.worth < worth
      if (!isCheaper) return undefined
      leaving.push(victim.row)
      missing -= this.#index.sizeOf(victim.row)
      if (missing <= 0) return leaving
    }
    return undefined
  }

  #shrink(now: Instant): void {
    this.#sweepAt = undefined
    let over = this.#index.usedBytes - this.#limits.allocationBytes
    if (over <= 0) return
    const leaving: number[] = []
    for (const { row } of victims(this.#index, now)) {
      leaving.push(row)
      over -= this.#index.sizeOf(row)
      if (over <= 0 || leaving.length === SWEEP_ROWS_MAX) break
    }
    for (const row of leaving) this.#evict(row, 'shrink')
    if (over > 0) this.#sweepAt = now + SWEEP_PAUSE_MS
    this.#wantWork(now)
  }

  #expire(now: Instant): void {
    for (const row of this.#calendar.takeDue(now, SWEEP_ROWS_MAX)) {
      this.#events.push({ kind: 'expired', entry: this.#entryAt(row) })
      this.#remove(row)
      this.#wantWork(now)
    }
  }

  #wantWork(now: Instant): void {
    this.#workAt = Math.min(this.#workAt ?? Number.POSITIVE_INFINITY, now + WRITE_DELAY_MS)
  }

  #work(now: Instant): void {
    this.#workAt = undefined
    const isWell = this.#shelf.work()
    if (!isWell) this.#pauseForDisk(now)
    if (this.#shelf.hasWork) this.#workAt = isWell ? now + SWEEP_PAUSE_MS : this.#diskPauseUntil
  }

  #pauseForDisk(now: Instant): Refusal {
    this.#diskPauseUntil = now + DISK_PAUSE_MS
    return refuse('diskFailing')
  }

  #evict(row: number, why: 'room' | 'shrink'): void {
    this.#events.push({ kind: 'evicted', entry: this.#entryAt(row), why })
    this.#remove(row)
  }

  #remove(row: number): void {
    const { mailbox, slot } = this.#index.at(row)
    this.#shelf.delete(nameOf(mailbox, slot))
    this.#unlist(row)
  }

  #unlist(row: number): void {
    this.#calendar.remove(row, this.#index.endsAtOf(row))
    this.#index.remove(row)
  }

  #read(row: number): SlotContent | undefined {
    const { mailbox, slot, kind } = this.#index.at(row)
    const bytes = this.#shelf.read(nameOf(mailbox, slot))
    if (bytes) {
      if (kind === 'record') return { kind: 'record', record: decode(storedRecord, bytes) }
      return { kind: 'tombstone', tombstone: decode(tombstone, bytes) }
    }
    this.#events.push({ kind: 'lost', entry: this.#entryAt(row) })
    this.#remove(row)
    return undefined
  }

  #rowsIn(ring: number, from: number, to: number, countMax: number, now: Instant, kind?: SlotKind): number[] {
    const isOfKind = (row: number) => kind === undefined || this.#index.kindOf(row) === kind
    return this.#index.rowsIn(ring, from, to, countMax, (row) => this.#index.endsAtOf(row) > now && isOfKind(row))
  }

  #entryAt(row: number): VaultEntry {
    const value = this.#index.at(row)
    return { ...value, mailbox: new VerifyKey(value.mailbox) }
  }

  #diskFault(now: Instant): Refusal | undefined {
    return now < this.#diskPauseUntil ? refuse('diskFailing', this.#diskPauseUntil - now) : undefined
  }

  #quotaFault({ header, notAfter, origin, sizeBytes }: Asked, now: Instant): Refusal | undefined {
    const row = this.#index.find(header.mailbox.bytes, header.slot)
    const { shares } = this.#index
    const replaced =
      row === undefined ? undefined : { sizeBytes: this.#index.sizeOf(row), origin: shares.originOf(row) }
    const ttlMs = notAfter - Math.max(now, header.createdAt)
    const demand = { lengthBytes: header.length, sizeBytes, ttlMs, replaced, origin }
    return quotaFault(demand, this.#usageOf(header, origin), this.#limits)
  }

  #usageOf(header: RecordHeader, origin: Origin): Usage {
    const { usedBytes, shares } = this.#index
    const mailbox = this.#index.mailboxUsage(header.mailbox.bytes)
    const prefixBytes = shares.bytesOf(origin)
    return {
      usedBytes,
      repairBytes: shares.repairBytes,
      prefixBytes: origin.kind === 'deposit' ? prefixBytes : 0,
      repairPrefixBytes: origin.kind === 'repair' ? prefixBytes : 0,
      mailboxRecords: mailbox.count,
      mailboxBytes: mailbox.bytes,
    }
  }
}

/** 36 bytes. */
function nameOf(mailbox: Uint8Array, slot: number): Uint8Array {
  return concat(mailbox, encode(u32, slot))
}

function staleReason(next: IndexRow, held: IndexRow): 'deleted' | 'staleRenewal' | 'staleRevision' {
  if (held.kind !== 'record') return 'deleted'
  return next.counter > 0 && next.revision === held.revision ? 'staleRenewal' : 'staleRevision'
}

function wakeAt(at: Instant | undefined, why: string): Wake | undefined {
  return at === undefined ? undefined : { at, why }
}
