import type { Instant } from '../base/time.ts'
import type { PublicKey } from '../crypto/keys.ts'
import { decode, encode } from '../wire/codec.ts'
import type { Epochs } from './epochs.ts'
import type { FriendLine } from './friend-line.ts'
import { type IncomingOrder, unnumberedSequence } from './incoming-order.ts'
import type { Journal } from './journal.ts'
import type { KnownMessages } from './known-messages.ts'
import type { Meeting } from './meeting.ts'
import { CURRENT, friendRow, READS_MAX, readsRow, type Support } from './state-rows.ts'

/** Whether messages can wait for a friend: `pending` is a friend with whom no keys are confirmed. */
export type FriendState = 'ready' | 'pending' | 'unsupported' | 'off'

interface FriendParts {
  readonly epochs: Epochs
  readonly known: KnownMessages
  readonly order: IncomingOrder
  readonly line: FriendLine
}

/** All that the offline engine knows of one friend. */
export class OfflineFriend {
  readonly publicKey: PublicKey
  readonly epochs: Epochs
  readonly known: KnownMessages
  readonly order: IncomingOrder
  readonly line: FriendLine
  readonly #journal: Journal
  /** The person wants messages to wait for this friend. */
  isWaitingOn = true
  support: Support = 'unknown'
  /** The highest version of the agreement that was used; never lowered. */
  agreementVersion = 0
  /** The friend tells us what it read. */
  tellsRead = false
  #nextSequence = 1
  #nextEpochNumber = 1
  #unnumberedCount = 0
  /** Ids that the person read and the friend was not told of. */
  reads: readonly Uint8Array[] = []
  /** While the friend is online. */
  meeting: Meeting | undefined
  /** When its last connection ended, or the engine was started. */
  offlineSince: Instant
  /** Slots in whose place we found that SENDER took them back. */
  withdrawnCount = 0

  constructor(publicKey: PublicKey, journal: Journal, parts: FriendParts, now: Instant) {
    this.publicKey = publicKey
    this.#journal = journal
    this.epochs = parts.epochs
    this.known = parts.known
    this.order = parts.order
    this.line = parts.line
    this.offlineSince = now
  }

  get hex(): string {
    return this.publicKey.hex
  }

  get state(): FriendState {
    if (!this.isWaitingOn) return 'off'
    if (this.support === 'plain') return 'unsupported'
    const current = this.epochs.current()
    return current && !current.isOutOfDate ? 'ready' : 'pending'
  }

  /** The friend is online and speaks the extension. */
  get isMet(): boolean {
    return this.meeting?.hello !== undefined
  }

  nextSequence(): number {
    const sequence = this.#nextSequence
    this.#nextSequence += 1
    this.save()
    return sequence
  }

  nextEpochNumber(): number {
    const number = this.#nextEpochNumber
    this.#nextEpochNumber += 1
    this.save()
    return number
  }

  /** A number for the history that no message of this friend has. */
  unnumberedSequence(): number {
    const sequence = unnumberedSequence(this.#unnumberedCount)
    this.#unnumberedCount += 1
    this.save()
    return sequence
  }

  /** Throws DecodeError. */
  restore(row: Uint8Array): void {
    const fields = decode(friendRow, row)
    this.isWaitingOn = fields.isWaitingOn
    this.support = fields.support
    this.agreementVersion = fields.agreementVersion
    this.tellsRead = fields.tellsRead
    this.#nextSequence = fields.nextSequence
    this.#nextEpochNumber = fields.nextEpochNumber
    this.#unnumberedCount = fields.unnumberedCount
  }

  save(): void {
    const { isWaitingOn, support, agreementVersion, tellsRead } = this
    this.#journal.write(
      `friend/${this.hex}`,
      encode(friendRow, {
        ...CURRENT,
        isWaitingOn,
        support,
        agreementVersion,
        tellsRead,
        nextSequence: this.#nextSequence,
        nextEpochNumber: this.#nextEpochNumber,
        unnumberedCount: this.#unnumberedCount,
      }),
    )
  }

  /** Throws DecodeError. */
  restoreReads(row: Uint8Array): void {
    this.reads = decode(readsRow, row).messageIds.map((messageId) => messageId.slice())
  }

  /** Keeps the newest 255. */
  setReads(messageIds: readonly Uint8Array[]): void {
    this.reads = messageIds.slice(-READS_MAX)
    const key = `reads/${this.hex}`
    if (this.reads.length === 0) this.#journal.erase(key)
    else this.#journal.write(key, encode(readsRow, { ...CURRENT, messageIds: this.reads }))
  }

  /** Erases every row: the friend was removed. */
  eraseAll(): void {
    this.meeting?.end()
    this.meeting = undefined
    this.epochs.eraseAll()
    this.known.eraseAll()
    this.order.eraseAll()
    this.#journal.erase(`friend/${this.hex}`)
    this.#journal.erase(`reads/${this.hex}`)
  }
}
