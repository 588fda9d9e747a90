import { toHex, wipe } from '../base/bytes.ts'
import type { Instant } from '../base/time.ts'
import type { SigningKey } from '../crypto/sign.ts'
import { storageKeyFrom } from '../storage/storage-key.ts'
import { decode, encode } from '../wire/codec.ts'
import type { AgreedEpoch } from './agreement.ts'
import type { Journal } from './journal.ts'
import { type ReceiveChain, wipeChain } from './slot-chain.ts'
import { CURRENT, epochRow, receiveRow, sendRow } from './state-rows.ts'

/** The sending side's place in its chain; without a key nothing more is written. */
interface SendState {
  readonly nextSlot: number
  readonly chainKey: Uint8Array | undefined
}

interface EpochFields {
  readonly id: Uint8Array
  readonly number: number
  readonly ownConfirmation: Uint8Array
  readonly peerConfirmation: Uint8Array
  readonly sendSeed: Uint8Array
  readonly receiveSeed: Uint8Array
  readonly agreedAt: Instant
}

/** The keys of one meeting, as they stand on disk. */
export class Epoch {
  readonly id: Uint8Array
  readonly idHex: string
  /** Order of agreement with this friend. */
  readonly number: number
  readonly ownConfirmation: Uint8Array
  readonly peerConfirmation: Uint8Array
  readonly agreedAt: Instant
  readonly #sendSeed: Uint8Array
  readonly #receiveSeed: Uint8Array
  isConfirmed = false
  /** A node holds a slot of ours that we did not write: our state is old, nothing more is written. */
  isOutOfDate = false
  /** When a newer one was confirmed; 0: none was. */
  supersededAt: Instant = 0
  /** When the reading keys were erased; 0: they are here. */
  retiredAt: Instant = 0
  /** How many slots the friend wrote in all; known once it sends under a newer epoch. */
  peerSlots: number | undefined
  send: SendState
  receive: ReceiveChain | undefined
  /** In this run a node was asked whether our state is the newest, or the keys were made in this run. */
  isChecked = false
  #receiveMailbox: string | undefined

  private constructor(fields: EpochFields, send: SendState, receive: ReceiveChain | undefined) {
    this.id = fields.id.slice()
    this.idHex = toHex(fields.id)
    this.number = fields.number
    this.ownConfirmation = fields.ownConfirmation.slice()
    this.peerConfirmation = fields.peerConfirmation.slice()
    this.#sendSeed = fields.sendSeed.slice()
    this.#receiveSeed = fields.receiveSeed.slice()
    this.agreedAt = fields.agreedAt
    this.send = send
    this.receive = receive
  }

  /** A pending epoch of a meeting that takes place now. Takes over the chain keys of `agreed`. */
  static agreed(agreed: AgreedEpoch, number: number, now: Instant): Epoch {
    const epoch = new Epoch(
      {
        ...agreed,
        number,
        sendSeed: agreed.sendMailboxSeed,
        receiveSeed: agreed.receiveMailboxSeed,
        agreedAt: Math.floor(now),
      },
      { nextSlot: 0, chainKey: agreed.sendChainKey },
      { nextSlot: 0, chainKey: agreed.receiveChainKey, skipped: [] },
    )
    epoch.isChecked = true
    wipe(agreed.sendMailboxSeed, agreed.receiveMailboxSeed)
    return epoch
  }

  /** Throws DecodeError if the rows are not those of an epoch. */
  static restored(row: Uint8Array, send: Uint8Array | undefined, receive: Uint8Array | undefined): Epoch {
    const fields = decode(epochRow, row)
    const sending = send && decode(sendRow, send)
    const receiving = receive && decode(receiveRow, receive)
    const epoch = new Epoch(
      fields,
      { nextSlot: sending?.nextSlot ?? 0, chainKey: sending?.chainKey?.slice() },
      receiving && {
        nextSlot: receiving.nextSlot,
        chainKey: receiving.chainKey.slice(),
        skipped: receiving.skipped.map((skipped) => ({ ...skipped, key: skipped.key.slice() })),
      },
    )
    epoch.isConfirmed = fields.isConfirmed
    epoch.isOutOfDate = fields.isOutOfDate
    epoch.supersededAt = fields.supersededAt
    epoch.retiredAt = fields.retiredAt
    epoch.peerSlots = fields.peerSlots
    return epoch
  }

  /** Slots that we wrote under it. */
  get slotsWritten(): number {
    return this.send.nextSlot
  }

  /** The mailbox in which the friend writes, as a map key. */
  get receiveMailbox(): string {
    if (this.#receiveMailbox === undefined) {
      const signer = this.receiveSigner()
      this.#receiveMailbox = signer.verifyKey.hex
      signer.wipe()
    }
    return this.#receiveMailbox
  }

  /** The key of the mailbox in which we write. The caller wipes it. */
  sendSigner(): SigningKey {
    return storageKeyFrom(this.#sendSeed)
  }

  /** The key of the mailbox in which the friend writes. The caller wipes it. */
  receiveSigner(): SigningKey {
    return storageKeyFrom(this.#receiveSeed)
  }

  /** Whether every slot that the friend wrote under it is read or gone. */
  get isSettled(): boolean {
    const { peerSlots, receive } = this
    if (peerSlots === undefined || !receive) return false
    return receive.nextSlot >= peerSlots && receive.skipped.every(({ slot }) => slot >= peerSlots)
  }

  /** Nothing more is written under it. */
  endSending(): void {
    if (this.send.chainKey) wipe(this.send.chainKey)
    this.send = { nextSlot: this.send.nextSlot, chainKey: undefined }
  }

  /** Nothing more is read under it; the mailbox keys stay a while. */
  endReading(now: Instant): void {
    if (this.receive) wipeChain(this.receive)
    this.receive = undefined
    this.retiredAt = Math.max(1, Math.floor(now))
  }

  wipe(): void {
    this.endSending()
    if (this.receive) wipeChain(this.receive)
    this.receive = undefined
    wipe(this.#sendSeed, this.#receiveSeed, this.ownConfirmation, this.peerConfirmation)
  }

  save(journal: Journal, friend: string): void {
    journal.write(
      `epoch/${friend}/${this.idHex}`,
      encode(epochRow, {
        ...CURRENT,
        id: this.id,
        number: this.number,
        isConfirmed: this.isConfirmed,
        isOutOfDate: this.isOutOfDate,
        ownConfirmation: this.ownConfirmation,
        peerConfirmation: this.peerConfirmation,
        sendSeed: this.#sendSeed,
        receiveSeed: this.#receiveSeed,
        agreedAt: this.agreedAt,
        supersededAt: this.supersededAt,
        retiredAt: this.retiredAt,
        peerSlots: this.peerSlots,
      }),
    )
  }

  saveSend(journal: Journal, friend: string): void {
    journal.write(`send/${friend}/${this.idHex}`, encode(sendRow, { ...CURRENT, ...this.send }))
  }

  saveReceive(journal: Journal, friend: string): void {
    const key = `receive/${friend}/${this.idHex}`
    if (this.receive) journal.write(key, encode(receiveRow, { ...CURRENT, ...this.receive }))
    else journal.erase(key)
  }

  erase(journal: Journal, friend: string): void {
    for (const family of ['epoch', 'send', 'receive']) journal.erase(`${family}/${friend}/${this.idHex}`)
  }
}
