import { assert } from '../base/assert.ts'
import { equalBytes } from '../base/bytes.ts'
import type { Instant } from '../base/time.ts'
import { SLOT_TAG_BYTES } from '../wire/upkeep-packets.ts'
import type { SlotKind } from './record.ts'
import { slotTagOf } from './slot-tag.ts'
import type { Origin } from './quota.ts'
import { PlaceOrder } from './place-order.ts'
import { ShareBook } from './share-book.ts'

/** What the index keeps of one slot. */
export interface IndexRow {
  /** 32 bytes. */
  readonly recordId: Uint8Array
  /** 32 bytes. */
  readonly mailbox: Uint8Array
  readonly slot: number
  readonly revision: number
  readonly kind: SlotKind
  readonly counter: number
  /** The record's end; a tombstone stays until `endsAt`. */
  readonly notAfter: Instant
  readonly endsAt: Instant
  readonly sizeBytes: number
  readonly lengthBytes: number
  readonly copiesPerRing: 2 | 3
  /** Effort paid per byte and millisecond. */
  readonly price: number
  readonly origin: Origin
  /** One a ring. */
  readonly places: readonly number[]
}

const NONE = -1
const CAPACITY_FIRST = 256
const KINDS: readonly SlotKind[] = ['record', 'cancelled', 'collected']

/**
 * What a vault knows without touching the disk, in columns: about 160 bytes a record, where objects would take 700.
 * Rows are numbers; a row is valid until it is removed.
 */
export class VaultIndex {
  readonly shares = new ShareBook()
  readonly #ringCount: number
  readonly #orders: readonly PlaceOrder[]
  /** By the first bytes of the mailbox key: rows of two mailboxes that begin alike stand in one list. */
  readonly #firstOfStart = new Map<number, number>()
  readonly #free: number[] = []
  #columns: Columns
  #rowEnd = 0
  #usedBytes = 0
  #tombstoneCount = 0

  constructor(ringCount: number) {
    this.#ringCount = ringCount
    this.#columns = createColumns(CAPACITY_FIRST, ringCount)
    this.#orders = Array.from({ length: ringCount }, (_, ring) => new PlaceOrder((row) => this.placeOf(row, ring)))
  }

  get count(): number {
    return this.#rowEnd - this.#free.length
  }

  get tombstoneCount(): number {
    return this.#tombstoneCount
  }

  get usedBytes(): number {
    return this.#usedBytes
  }

  find(mailbox: Uint8Array, slot: number): number | undefined {
    const { slot: slots, nextOfStart } = this.#columns
    let row = this.#firstOfStart.get(startOf(mailbox, 0)) ?? NONE
    while (row !== NONE && !(slots[row] === slot && this.#isOf(row, mailbox))) row = nextOfStart[row] ?? NONE
    return row === NONE ? undefined : row
  }

  /** All rows of a mailbox, newest first. */
  rowsOf(mailbox: Uint8Array): number[] {
    const rows: number[] = []
    let row = this.#firstOfStart.get(startOf(mailbox, 0)) ?? NONE
    while (row !== NONE) {
      if (this.#isOf(row, mailbox)) rows.push(row)
      row = this.#columns.nextOfStart[row] ?? NONE
    }
    return rows
  }

  add(value: IndexRow): number {
    assert(value.places.length === this.#ringCount, 'a record has one place a ring')
    const row = this.#free.pop() ?? this.#rowEnd
    if (row === this.#rowEnd) this.#rowEnd += 1
    if (row >= this.#columns.slot.length) this.#columns = grown(this.#columns, this.#ringCount)
    this.#fill(row, value)
    this.#link(row, startOf(value.mailbox, 0))
    this.shares.add(row, value.origin, value.sizeBytes)
    for (const order of this.#orders) order.add(row)
    this.#usedBytes += value.sizeBytes
    if (value.kind !== 'record') this.#tombstoneCount += 1
    return row
  }

  remove(row: number): void {
    for (const order of this.#orders) order.remove(row)
    this.shares.remove(row, this.sizeOf(row))
    this.#usedBytes -= this.sizeOf(row)
    if (this.kindOf(row) !== 'record') this.#tombstoneCount -= 1
    this.#unlink(row)
    this.#columns.endsAt[row] = 0
    this.#free.push(row)
  }

  /** A copy of all that is known of a row. */
  at(row: number): IndexRow {
    const columns = this.#columns
    return {
      recordId: columns.recordId.slice(32 * row, 32 * row + 32),
      mailbox: columns.mailbox.slice(32 * row, 32 * row + 32),
      slot: columns.slot[row] ?? 0,
      revision: columns.revision[row] ?? 0,
      kind: this.kindOf(row),
      counter: columns.counter[row] ?? 0,
      notAfter: columns.notAfter[row] ?? 0,
      endsAt: columns.endsAt[row] ?? 0,
      sizeBytes: columns.sizeBytes[row] ?? 0,
      lengthBytes: columns.lengthBytes[row] ?? 0,
      copiesPerRing: columns.copiesPerRing[row] === 3 ? 3 : 2,
      price: columns.price[row] ?? 0,
      origin: this.shares.originOf(row),
      places: Array.from({ length: this.#ringCount }, (_, ring) => this.placeOf(row, ring)),
    }
  }

  kindOf(row: number): SlotKind {
    return KINDS[this.#columns.kind[row] ?? 0] ?? 'record'
  }

  sizeOf(row: number): number {
    return this.#columns.sizeBytes[row] ?? 0
  }

  placeOf(row: number, ring: number): number {
    return this.#columns.places[this.#ringCount * row + ring] ?? 0
  }

  /** Whether the row is of the slot that holders name so; nothing is hashed. */
  hasTag(row: number, tag: Uint8Array): boolean {
    const start = SLOT_TAG_BYTES * row
    return equalBytes(this.#columns.tag.subarray(start, start + SLOT_TAG_BYTES), tag)
  }

  /** When the row is to go; 0 once it is gone. */
  endsAtOf(row: number): Instant {
    return this.#columns.endsAt[row] ?? 0
  }

  /** Paid effort per byte that is left: what evicting the row would waste. */
  worthOf(row: number, now: Instant): number {
    return (this.#columns.price[row] ?? 0) * Math.max(0, (this.#columns.notAfter[row] ?? 0) - now)
  }

  mailboxUsage(mailbox: Uint8Array): { readonly count: number; readonly bytes: number } {
    let [count, bytes] = [0, 0]
    for (const row of this.rowsOf(mailbox)) {
      count += 1
      bytes += this.sizeOf(row)
    }
    return { count, bytes }
  }

  /**
   * Rows that `isWanted` whose place in `ring` lies in (from, to] clockwise, in order of place; the whole circle if they
   * are equal.
   */
  rowsIn(
    ring: number,
    from: number,
    to: number,
    countMax: number,
    isWanted: (row: number) => boolean = () => true,
  ): number[] {
    return this.#orders[ring]?.rowsIn(from, to, countMax, isWanted) ?? []
  }

  #fill(row: number, value: IndexRow): void {
    const columns = this.#columns
    columns.recordId.set(value.recordId, 32 * row)
    columns.mailbox.set(value.mailbox, 32 * row)
    columns.tag.set(slotTagOf({ bytes: value.mailbox }, value.slot), SLOT_TAG_BYTES * row)
    columns.slot[row] = value.slot
    columns.revision[row] = value.revision
    columns.kind[row] = KINDS.indexOf(value.kind)
    columns.counter[row] = value.counter
    columns.notAfter[row] = value.notAfter
    columns.endsAt[row] = value.endsAt
    columns.sizeBytes[row] = value.sizeBytes
    columns.lengthBytes[row] = value.lengthBytes
    columns.copiesPerRing[row] = value.copiesPerRing
    columns.price[row] = value.price
    columns.places.set(value.places, this.#ringCount * row)
  }

  #isOf(row: number, mailbox: Uint8Array): boolean {
    const { mailbox: mailboxes } = this.#columns
    for (let at = 0; at < 32; at += 1) if (mailboxes[32 * row + at] !== mailbox[at]) return false
    return true
  }

  #link(row: number, start: number): void {
    const next = this.#firstOfStart.get(start) ?? NONE
    this.#columns.nextOfStart[row] = next
    this.#columns.previousOfStart[row] = NONE
    if (next !== NONE) this.#columns.previousOfStart[next] = row
    this.#firstOfStart.set(start, row)
  }

  #unlink(row: number): void {
    const next = this.#columns.nextOfStart[row] ?? NONE
    const previous = this.#columns.previousOfStart[row] ?? NONE
    if (next !== NONE) this.#columns.previousOfStart[next] = previous
    if (previous !== NONE) this.#columns.nextOfStart[previous] = next
    if (previous !== NONE) return
    const start = startOf(this.#columns.mailbox, 32 * row)
    if (next === NONE) this.#firstOfStart.delete(start)
    else this.#firstOfStart.set(start, next)
  }
}

/** The first 6 bytes of a mailbox key: a number, where its text would cost more than the rest of the look. */
function startOf(bytes: Uint8Array, offset: number): number {
  let start = 0
  for (let at = offset; at < offset + 6; at += 1) start = start * 256 + (bytes[at] ?? 0)
  return start
}

type Columns = ReturnType<typeof createColumns>

function createColumns(capacity: number, ringCount: number) {
  return {
    recordId: new Uint8Array(32 * capacity),
    mailbox: new Uint8Array(32 * capacity),
    tag: new Uint8Array(SLOT_TAG_BYTES * capacity),
    slot: new Uint32Array(capacity),
    revision: new Uint32Array(capacity),
    kind: new Uint8Array(capacity),
    counter: new Uint32Array(capacity),
    notAfter: new Float64Array(capacity),
    endsAt: new Float64Array(capacity),
    sizeBytes: new Uint32Array(capacity),
    lengthBytes: new Uint32Array(capacity),
    copiesPerRing: new Uint8Array(capacity),
    price: new Float64Array(capacity),
    places: new Float64Array(ringCount * capacity),
    nextOfStart: new Int32Array(capacity),
    previousOfStart: new Int32Array(capacity),
  }
}

/** Half as large again: doubling would waste up to as much as is used. */
function grown(columns: Columns, ringCount: number): Columns {
  const larger = createColumns(Math.ceil(columns.slot.length * 1.5), ringCount)
  larger.recordId.set(columns.recordId)
  larger.mailbox.set(columns.mailbox)
  larger.tag.set(columns.tag)
  larger.slot.set(columns.slot)
  larger.revision.set(columns.revision)
  larger.kind.set(columns.kind)
  larger.counter.set(columns.counter)
  larger.notAfter.set(columns.notAfter)
  larger.endsAt.set(columns.endsAt)
  larger.sizeBytes.set(columns.sizeBytes)
  larger.lengthBytes.set(columns.lengthBytes)
  larger.copiesPerRing.set(columns.copiesPerRing)
  larger.price.set(columns.price)
  larger.places.set(columns.places)
  larger.nextOfStart.set(columns.nextOfStart)
  larger.previousOfStart.set(columns.previousOfStart)
  return larger
}
