import { equalBytes, toHex } from '../base/bytes.ts'
import type { Instant } from '../base/time.ts'
import type { PublicKey } from '../crypto/keys.ts'
import { collectHashOf } from '../storage/record.ts'
import { decode, encode, type ValueOf } from '../wire/codec.ts'
import { type Receipt, receipt as receiptCodec } from '../wire/storage-proof.ts'
import { type RecordHeader, TOMBSTONE_KIND, type TombstoneEntry } from '../wire/storage-record.ts'
import { decodeContent } from './content.ts'
import type { Copies, DeliveryReason, DeliveryState } from './change.ts'
import type { Journal } from './journal.ts'
import type { SealedRecord } from './lower-machines.ts'
import type { Meeting } from './meeting.ts'
import {
  contentRow,
  CURRENT,
  entryRow,
  HOLDERS_MAX,
  PLACEMENTS_MAX,
  type PlacementRow,
  receiptsRow,
  sealedRow,
} from './state-rows.ts'

type EntryFields = Omit<ValueOf<typeof entryRow>, 'version'>

/** A node that gave its receipt for a part. */
export interface Holder {
  readonly node: PublicKey
  readonly ring: number
  readonly receipt: Receipt
  isLost: boolean
  checkedAt: Instant
}

/** Where one part of the message stands in its present place. */
export class EntryPart {
  readonly sealed: SealedRecord
  holders: Holder[] = []
  /** Live copies as the last receipt or check said. */
  held = 0
  wanted = 0
  /** No deposit is due: all that could be placed was, or a check found enough. */
  isComplete = false
  retryAt: Instant = 0
  retryCount = 0
  proofDone = 0
  proofTotal = 0

  constructor(sealed: SealedRecord) {
    this.sealed = sealed
  }
}

/** States in which the message may still reach the friend by our doing. */
const OPEN_STATES: ReadonlySet<DeliveryState> = new Set(['queued', 'proving', 'storing', 'stored'])

/** Where an own message is shown to stand. */
export interface Standing {
  readonly state: DeliveryState
  readonly reason?: DeliveryReason | undefined
  readonly copies?: Copies
  readonly expiresAt?: Instant
}

/** An own message that is not settled, as it stands on disk: content, sealed records and receipts in rows of their own. */
export class OutboxEntry {
  readonly id: string
  readonly messageId: Uint8Array
  readonly friend: PublicKey
  readonly order: number
  readonly sentAtMs: number
  readonly isFile: boolean
  ttlSeconds: number
  /** SENDER's order; 0 until it is first sealed or sent. */
  sequence: number
  state: DeliveryState
  reason: DeliveryReason | undefined
  /** The newest placement is the one in use; false: it has to be sealed (anew). */
  isPlaced: boolean
  isCancelWanted: boolean
  /** It went out over a connection and the friend has not said whether it came. */
  wasSentDirectly: boolean
  held: number
  wanted: number
  /** When the stored copies end; 0: there are none. */
  expiresAt: Instant
  placements: PlacementRow[]
  /** Encoded mailContent; empty once the message is settled. */
  content: Uint8Array = new Uint8Array(0)
  parts: EntryPart[] = []
  /** The connection over which it is on its way. */
  sentIn: Meeting | undefined
  /** How much of a file went out over it. */
  sentBytes = 0
  /** When its copies may next be asked to be deleted. */
  removeAt: Instant = 0
  removeCount = 0
  /** When it was last sealed anew because our clock was wrong. */
  clockCorrectedAt: Instant = -Infinity
  /** A status said that too few copies live. */
  isAtRisk = false

  constructor(fields: EntryFields) {
    this.messageId = fields.messageId.slice()
    this.id = toHex(fields.messageId)
    this.friend = fields.friend
    this.order = fields.order
    this.sentAtMs = fields.sentAtMs
    this.isFile = fields.isFile
    this.ttlSeconds = fields.ttlSeconds
    this.sequence = fields.sequence
    this.state = fields.state
    this.reason = fields.reason
    this.isPlaced = fields.isPlaced
    this.isCancelWanted = fields.isCancelWanted
    this.wasSentDirectly = fields.wasSentDirectly
    this.held = fields.held
    this.wanted = fields.wanted
    this.expiresAt = fields.expiresAt
    this.placements = fields.placements.map(detachedPlacement)
  }

  /** Throws DecodeError. */
  static restored(row: Uint8Array): OutboxEntry {
    return new OutboxEntry(decode(entryRow, row))
  }

  /** Throws DecodeError if it is no content. */
  restoreContent(row: Uint8Array): void {
    const { content } = decode(contentRow, row)
    decodeContent(content)
    this.content = content.slice()
  }

  /** Rows of parts come in their order. */
  restorePart(sealed: Uint8Array, receipts: Uint8Array | undefined): void {
    const { signed, body } = decode(sealedRow, sealed)
    const part = new EntryPart({
      signed: { header: detachedHeader(signed.header), signature: signed.signature.slice() },
      body: body.slice(),
    })
    if (receipts) part.holders = decode(receiptsRow, receipts).holders.map((holder) => ({ ...holder }))
    part.held = part.holders.filter(({ isLost }) => !isLost).length
    part.wanted = this.wanted
    part.isComplete = part.wanted > 0 && part.held >= part.wanted
    this.parts.push(part)
  }

  get isOpen(): boolean {
    return OPEN_STATES.has(this.state)
  }

  get placement(): PlacementRow | undefined {
    return this.isPlaced ? this.placements.at(-1) : undefined
  }

  /** Whether it was ever sealed under this epoch, so that its keys may still be needed. */
  isPlacedUnder(epochId: Uint8Array): boolean {
    return this.placements.some((placement) => equalBytes(placement.epochId, epochId))
  }

  /** The part of the placement in use that lies in a slot of this epoch. */
  partAt(epochId: Uint8Array, slot: number): number | undefined {
    const { placement } = this
    if (!placement || !equalBytes(placement.epochId, epochId)) return undefined
    const part = slot - placement.firstSlot
    return part >= 0 && part < placement.parts.length ? part : undefined
  }

  /** Whether a tombstone shows that the friend opened one of our records; remembers it. */
  noteCollected(epochId: Uint8Array, entry: TombstoneEntry): boolean {
    if (entry.kind !== TOMBSTONE_KIND.collected) return false
    for (const placement of this.placements) {
      const index = entry.slot - placement.firstSlot
      const part = placement.parts[index]
      if (!part || !equalBytes(placement.epochId, epochId) || !equalBytes(part.header.bodyHash, entry.bodyHash))
        continue
      if (!equalBytes(collectHashOf(entry.collectSecret), part.header.collectHash)) continue
      this.#replacePlacement(placement, {
        ...placement,
        parts: placement.parts.map((old, at) => (at === index ? { ...old, isCollected: true } : old)),
      })
      return true
    }
    return false
  }

  /** All parts of one placement were opened by the friend. */
  get isCollected(): boolean {
    return this.placements.some(({ parts }) => parts.every(({ isCollected }) => isCollected))
  }

  place(placement: PlacementRow, sealed: readonly SealedRecord[]): void {
    this.placements = [...this.placements, placement].slice(-PLACEMENTS_MAX)
    this.isPlaced = true
    this.parts = sealed.map((record) => new EntryPart(record))
  }

  /** What was sealed is given up: copies of it may exist, and are deleted in the end. */
  abandon(journal: Journal): void {
    this.isPlaced = false
    this.eraseParts(journal)
    this.save(journal)
  }

  countRenewal(): number {
    const { placement } = this
    if (!placement) return 0
    const renewed = { ...placement, renewCounter: placement.renewCounter + 1 }
    this.#replacePlacement(placement, renewed)
    return renewed.renewCounter
  }

  /** Copies over all parts: as few as the part with the fewest. */
  get copies(): Copies {
    const fewest = this.parts.reduce<EntryPart | undefined>(
      (least, part) => (least && least.held <= part.held ? least : part),
      undefined,
    )
    return fewest ? { held: fewest.held, wanted: fewest.wanted } : { held: this.held, wanted: this.wanted }
  }

  /** Notes a new standing in the history if it differs. */
  setStanding(journal: Journal, standing: Standing, now: Instant): void {
    const { state, reason, copies, expiresAt } = standing
    const isSame =
      state === this.state &&
      reason === this.reason &&
      (copies === undefined || (copies.held === this.held && copies.wanted === this.wanted)) &&
      (expiresAt === undefined || expiresAt === this.expiresAt)
    if (isSame) return
    this.state = state
    this.reason = reason
    this.held = copies?.held ?? this.held
    this.wanted = copies?.wanted ?? this.wanted
    this.expiresAt = expiresAt ?? this.expiresAt
    this.save(journal)
    journal.note({
      kind: 'state',
      messageId: this.id,
      state,
      ...(reason === undefined ? {} : { reason }),
      ...(copies === undefined ? {} : { copies }),
      ...(expiresAt === undefined ? {} : { expiresAtMs: Math.floor(expiresAt) }),
      atMs: Math.floor(now),
    })
  }

  save(journal: Journal): void {
    journal.write(
      `entry/${this.id}`,
      encode(entryRow, {
        ...CURRENT,
        messageId: this.messageId,
        friend: this.friend,
        order: this.order,
        sequence: this.sequence,
        sentAtMs: this.sentAtMs,
        ttlSeconds: this.ttlSeconds,
        state: this.state,
        reason: this.reason,
        isFile: this.isFile,
        isPlaced: this.isPlaced,
        isCancelWanted: this.isCancelWanted,
        wasSentDirectly: this.wasSentDirectly,
        held: Math.min(this.held, 255),
        wanted: Math.min(this.wanted, 255),
        expiresAt: this.expiresAt,
        placements: this.placements,
      }),
    )
  }

  saveContent(journal: Journal): void {
    journal.write(`content/${this.id}`, encode(contentRow, { ...CURRENT, content: this.content }))
  }

  saveSealed(journal: Journal): void {
    for (const [index, { sealed }] of this.parts.entries()) {
      journal.write(`sealed/${this.id}/${index}`, encode(sealedRow, { ...CURRENT, ...sealed }))
    }
  }

  saveReceipts(journal: Journal, index: number): void {
    const holders = this.parts[index]?.holders.slice(-HOLDERS_MAX) ?? []
    journal.write(`receipts/${this.id}/${index}`, encode(receiptsRow, { ...CURRENT, holders }))
  }

  /** Sealed bytes and receipts are not needed any more. */
  eraseParts(journal: Journal): void {
    for (const [index, part] of this.parts.entries()) {
      journal.erase(`sealed/${this.id}/${index}`)
      if (part.holders.length > 0) journal.erase(`receipts/${this.id}/${index}`)
    }
    this.parts = []
  }

  eraseContent(journal: Journal): void {
    if (this.content.length === 0) return
    this.content = new Uint8Array(0)
    journal.erase(`content/${this.id}`)
  }

  erase(journal: Journal): void {
    this.eraseParts(journal)
    this.eraseContent(journal)
    journal.erase(`entry/${this.id}`)
  }

  #replacePlacement(old: PlacementRow, placement: PlacementRow): void {
    this.placements = this.placements.map((known) => (known === old ? placement : known))
  }
}

function detachedPlacement(placement: PlacementRow): PlacementRow {
  return {
    ...placement,
    epochId: placement.epochId.slice(),
    parts: placement.parts.map(({ header, isCollected }) => ({ header: detachedHeader(header), isCollected })),
  }
}

/** A receipt comes as views into a packet, which it would keep in memory for as long as the message waits. */
export function detachedReceipt(receipt: Receipt): Receipt {
  return decode(receiptCodec, encode(receiptCodec, receipt))
}

function detachedHeader(header: RecordHeader): RecordHeader {
  return {
    ...header,
    nonce: header.nonce.slice(),
    bodyHash: header.bodyHash.slice(),
    collectHash: header.collectHash.slice(),
  }
}
