import { closeSync } from 'node:fs'
import { fromHex, toHex, utf8Decode, utf8Encode } from '../base/bytes.ts'
import { randomBytes } from '../base/random.ts'
import type { Instant } from '../base/time.ts'
import { PublicKey } from '../crypto/keys.ts'
import type { ProfileDatabase } from '../db/profile-database.ts'
import type { TransferRow } from '../db/transfers.ts'
import { osRandom } from '../driver/os-random.ts'
import type { EngineEvent, FileCommands } from '../engine/events.ts'
import { ApiError, ApiErrorCode } from '../../shared/api/errors.ts'
import type { FileEndReason, FileTransferView } from '../../shared/model/file.ts'
import { BrokenTransfers } from './broken-transfers.ts'
import { fileNameOf, openToRead, wordsOf } from './disk-files.ts'
import { type LiveTransfer, markOf } from './live-transfer.ts'
import { notNow, TransferBook, type TransferListener } from './transfer-book.ts'
import type { TransferEnd } from './transfer-rows.ts'

/** An id that no other file of anybody has. */
const FILE_ID_BYTES = 32

type FileEvent = Extract<EngineEvent, { readonly transferId: number }>

export interface FileTransfersOptions extends TransferListener {
  readonly database: ProfileDatabase
  /** When the app starts: what it had been doing before is broken. */
  readonly now: Instant
  /** False: what is sent from here was uploaded, and goes when the app ends. */
  readonly areSourcesKept: boolean
  /** Does something with the engine's files; what follows is sent. */
  readonly files: <T>(use: (files: FileCommands) => T) => T
  /** A friend offers a file, which the person has not seen yet. */
  readonly onOffered: (view: FileTransferView) => void
}

type FileEnding = Extract<FileEvent, { readonly kind: 'fileEnded' }>['ending']
type ChunkWanted = Extract<FileEvent, { readonly kind: 'chunkWanted' }>
type FileOffered = Extract<FileEvent, { readonly kind: 'fileOffered' }>

/**
 * Files between two people who are both online: the engine moves the bytes, this reads and writes them, and keeps of each
 * transfer how it stands. What breaks off before its end is left to `BrokenTransfers`.
 */
export class FileTransfers {
  readonly book: TransferBook
  readonly #files: FileTransfersOptions['files']
  readonly #areSourcesKept: boolean
  readonly #onOffered: FileTransfersOptions['onOffered']
  readonly #broken: BrokenTransfers

  constructor({ database, now, files, areSourcesKept, onOffered, ...listener }: FileTransfersOptions) {
    this.book = new TransferBook(database, listener)
    this.#files = files
    this.#areSourcesKept = areSourcesKept
    this.#onOffered = onOffered
    this.#broken = new BrokenTransfers(this.book, files)
    this.#broken.takeUp(database.transfers.unfinished(), now)
  }

  /** Offers the file at `path`. Throws ApiError if it cannot be read, or the friend is not there. */
  send(friend: string, path: string, now: Instant): FileTransferView {
    const name = fileNameOf(path)
    const file = openToRead(path)
    const mark = markOf(file)
    const fileId = randomBytes(osRandom, FILE_ID_BYTES)
    const offer = { fileKind: 'data', size: mark.sizeBytes, name: utf8Encode(name), fileId } as const
    const outcome = this.#files((files) => files.offer(new PublicKey(fromHex(friend)), offer, now))
    if (outcome.kind !== 'offered') {
      closeSync(file)
      throw new ApiError(ApiErrorCode.Impossible, `the file was not offered: ${OFFER_PROBLEMS[outcome.kind]}`)
    }
    const isUpload = this.#areSourcesKept ? undefined : true
    const kept = { name, ...mark, transferredBytes: 0, path, fileId: toHex(fileId), isUpload }
    return this.book.add({ friend, isOutgoing: true, isRead: true, file: kept }, outcome.transferId, file, now)
  }

  /** Takes an offered file into a new file at `path`. Throws ApiError if there is one already. */
  accept(id: number, path: string, now: Instant): FileTransferView {
    const live = this.book.getLive(id)
    const { transferId } = live
    if (live.row.isOutgoing || live.row.state !== 'offered' || transferId === undefined) throw notNow(live.row)
    live.writeTo(path)
    const { kind } = this.#files((files) => files.accept(transferId, now))
    if (kind !== 'done') {
      // Here it is over: a friend who could not be told yes is told no as soon as that can be.
      this.#files((files) => files.cancel(transferId, now))
      this.book.end(live, { state: 'failed', reason: 'offer-over' })
      throw notNow(live.row)
    }
    live.accept()
    return this.book.answered(live, () => this.book.settle(live))
  }

  /** While the friend is away it is kept for when it goes on. */
  pause(id: number, now: Instant): FileTransferView {
    const live = this.book.getLive(id)
    const { transferId } = live
    if (live.isPausedByUs) throw notNow(live.row)
    if (transferId !== undefined && this.#files((files) => files.pause(transferId, now)).kind !== 'done') {
      throw notNow(live.row)
    }
    live.isPausedByUs = true
    return this.book.settle(live)
  }

  resume(id: number, now: Instant): FileTransferView {
    const live = this.book.getLive(id)
    const { transferId } = live
    if (!live.isPausedByUs) throw notNow(live.row)
    // One that is not taken yet has nothing that could be resumed: it is not paused when it is.
    if (transferId !== undefined && live.isAccepted) {
      if (this.#files((files) => files.resume(transferId, now)).kind !== 'done') throw notNow(live.row)
    }
    live.isPausedByUs = false
    const view = this.book.settle(live)
    return transferId === undefined ? this.#broken.tryAgain(live, now) : view
  }

  /** Refuses, withdraws or ends a transfer; what was received of it is removed. */
  cancel(id: number, now: Instant): FileTransferView {
    const live = this.book.getLive(id)
    const { transferId, row } = live
    if (transferId !== undefined) this.#files((files) => files.cancel(transferId, now))
    else if (!row.isOutgoing) live.row = { ...row, file: { ...row.file, unheard: 'cancelled' } }
    return this.book.answered(live, () => this.book.end(live, { state: 'cancelled' }))
  }

  handleEvent(event: FileEvent, now: Instant): void {
    if (event.kind === 'fileOffered') {
      // A friend's picture: this app draws its own, and says so politely by not asking for it.
      if (event.fileKind !== 'avatar') this.#handleOffer(event, now)
      return
    }
    const live = this.book.named(event.transferId)
    if (!live) return
    if (event.kind === 'chunkWanted') this.#provide(live, event, now)
    else if (event.kind === 'fileChunk') this.#write(live, event.position, event.data, now)
    else if (event.kind === 'fileAccepted') this.#broken.handleAccepted(live, event.transferId, now)
    else if (event.kind === 'fileEnded') this.#handleEnded(live, event.ending, now)
    else {
      live.isPausedByFriend = event.kind === 'filePaused'
      this.book.settle(live)
    }
  }

  handleFriendOnline(friend: string, now: Instant): void {
    this.#broken.offerAgain(friend, now)
  }

  handleFriendOffline(friend: string, now: Instant): void {
    this.#broken.noteUnheard(friend, now)
  }

  /** Breaks all that is under way. What can go on later waits for the friends, the rest is over. */
  breakOff(reason: FileEndReason, now: Instant): void {
    this.#broken.breakOff(this.book.all(), reason, now)
    this.#broken.noteUnheard(undefined, now)
  }

  /** Ends what is not over, with one friend or with all: what was received of it is removed. */
  endAll(reason: FileEndReason, friend?: string): void {
    for (const live of this.book.all()) {
      if (friend === undefined || live.row.friend === friend) this.book.end(live, { state: 'failed', reason })
    }
  }

  /** Gives up what has waited for a friend for too long. */
  tidy(now: Instant): void {
    this.#broken.tidy(now)
  }

  #handleOffer(event: FileOffered, now: Instant): void {
    const friend = event.friend.hex
    const fileId = toHex(event.fileId)
    const { size, transferId } = event
    if (this.#broken.takeRest(event, now)) return
    const former = this.book.offeredBefore(friend, fileId, size)
    if (former && this.#broken.answer(former, transferId, now)) return
    // The same offer as before, which the person has heard of.
    const lapsed = former && isLapsed(former) ? former : undefined
    this.book.makeRoom(friend, lapsed)
    const file = { name: utf8Decode(event.name), sizeBytes: size, transferredBytes: 0, fileId }
    const offer = { friend, isOutgoing: false, isRead: lapsed?.isRead ?? false, file }
    const view = this.book.add(offer, transferId, undefined, now)
    if (!lapsed) this.#onOffered(view)
  }

  #handleEnded(live: LiveTransfer, ending: FileEnding, now: Instant): void {
    if (ending === 'disconnected') return this.#broken.breakOff([live], 'friend-offline', now)
    // It is not called whole before the disk has all of it.
    if (ending === 'finished' && !this.#attempt(live, now, () => live.sync())) return
    this.book.end(live, ENDINGS[ending])
    if (ending === 'finished') this.#broken.handleFinished(live.row, now)
  }

  #provide(live: LiveTransfer, { transferId, position, length }: ChunkWanted, now: Instant): void {
    const data = this.#attempt(live, now, () => live.read(position, length))
    if (!data) return
    this.#files((files) => files.provideChunk(transferId, position, data, now))
    this.book.progress(live, position + length, now)
  }

  #write(live: LiveTransfer, position: number, data: Uint8Array, now: Instant): void {
    const written = this.#attempt(live, now, () => live.write(position, data))
    if (!written) return
    this.book.progress(live, position + data.length, now)
    const synced = this.#attempt(live, now, () => live.syncBeside())
    if (synced) this.book.note(synced)
  }

  /** Does something with the file; where the system refuses, the transfer is over. */
  #attempt<T>(live: LiveTransfer, now: Instant, work: () => T): T | undefined {
    try {
      return work()
    } catch (error) {
      const { transferId } = live
      if (transferId !== undefined) this.#files((files) => files.cancel(transferId, now))
      this.book.end(live, { state: 'failed', reason: 'file', detail: wordsOf(error) })
      return undefined
    }
  }
}

const ENDINGS: Readonly<Record<Exclude<FileEnding, 'disconnected'>, TransferEnd>> = {
  finished: { state: 'finished' },
  cancelledByFriend: { state: 'cancelled', reason: 'by-friend' },
  incomplete: { state: 'failed', reason: 'ended-early' },
}

const OFFER_PROBLEMS = {
  offline: 'the friend is offline',
  tooMany: 'too many files are under way',
  full: 'the connection is busy, try again',
  nameTooLong: 'the name is too long',
} as const

/** Reasons for which an offer is over that nobody answered. */
const LAPSES: readonly (string | undefined)[] = [
  'friend-offline',
  'app-closed',
  'interrupted',
] satisfies FileEndReason[]

/** Whether it was an offer that ended before the person had answered. */
function isLapsed({ state, file }: TransferRow): boolean {
  return state === 'failed' && file.transferredBytes === 0 && LAPSES.includes(file.reason)
}
