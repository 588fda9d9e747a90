import { fromHex, toHex, utf8Encode } from '../base/bytes.ts'
import { type Instant, SECOND_MS } from '../base/time.ts'
import { PublicKey } from '../crypto/keys.ts'
import type { TransferRow } from '../db/transfers.ts'
import type { EngineEvent, FileCommands } from '../engine/events.ts'
import { FRIEND_SILENCE_MS_MAX } from '../engine/start.ts'
import type { FileEndReason, FileTransferView } from '../../shared/model/file.ts'
import { canGoOn, noLongerKept } from './break-bounds.ts'
import { ChangedFileError, removePart } from './broken-files.ts'
import { wordsOf } from './disk-files.ts'
import { ifDiskTakes } from './disk-full.ts'
import type { LiveTransfer } from './live-transfer.ts'
import type { TransferBook } from './transfer-book.ts'
import { endedRow, type TransferEnd } from './transfer-rows.ts'

/**
 * A friend whose connection is found broken so soon after the last byte may not know that it came: the line may have been
 * dead for half a minute by then.
 */
const UNHEARD_MS_MAX = FRIEND_SILENCE_MS_MAX + 10 * SECOND_MS

type FileOffered = Extract<EngineEvent, { readonly kind: 'fileOffered' }>

/**
 * File transfers that broke, be it by the network or because an app ended. They wait for the friend: whoever sends the file
 * offers it again under the same id, whoever has a part of it asks for the rest and asks no person again. An id means
 * something with the friend only who had it, and nothing is written where the file is not as it was left.
 */
export class BrokenTransfers {
  readonly #book: TransferBook
  readonly #files: <T>(use: (files: FileCommands) => T) => T
  /** Received files that became whole just now. */
  #justFinished: { readonly row: TransferRow; readonly at: Instant }[] = []

  constructor(book: TransferBook, files: <T>(use: (files: FileCommands) => T) => T) {
    this.#book = book
    this.#files = files
  }

  /** Those that had not come to an end when the app did. What a full disk does not take of it is done at the next start. */
  takeUp(rows: readonly TransferRow[], now: Instant): void {
    for (const row of rows) ifDiskTakes(() => this.#takeUp(row, now))
    ifDiskTakes(() => this.tidy(now))
  }

  /** The connection is gone. What can go on later waits for the friend, the rest is over. */
  breakOff(transfers: readonly LiveTransfer[], reason: FileEndReason, now: Instant): void {
    // First all of them in memory: no disk that is full leaves one with the name of a connection that is gone.
    const ends = transfers.map((live) => this.#putDown(live, reason, now))
    for (const [at, live] of transfers.entries()) {
      const end = ends[at]
      if (end) this.#book.end(live, end)
      else this.#book.settle(live)
    }
    this.tidy(now)
  }

  /** A friend is here: what was on its way to them is offered again. */
  offerAgain(friend: string, now: Instant): void {
    this.tidy(now)
    for (const live of this.#waiting()) if (live.row.friend === friend) this.tryAgain(live, now)
  }

  /** Offers one again, if it is an own one and the friend is here. */
  tryAgain(live: LiveTransfer, now: Instant): FileTransferView {
    const { friend, isOutgoing, file } = live.row
    if (!isOutgoing) return this.#book.view(live)
    const end = this.#pickUp(live)
    if (end) return this.#book.end(live, end)
    const fileId = fromHex(file.fileId ?? '')
    const offer = { fileKind: 'data', size: file.sizeBytes, name: utf8Encode(file.name), fileId } as const
    const outcome = this.#files((files) => files.offer(new PublicKey(fromHex(friend)), offer, now))
    if (outcome.kind !== 'offered') {
      live.putDown()
      return this.#book.view(live)
    }
    this.#goOn(live, outcome.transferId)
    return this.#book.settle(live)
  }

  /** Takes the rest of a file that was accepted before. Returns false if the offer is none of such a file. */
  takeRest({ friend, fileId, size, transferId }: FileOffered, now: Instant): boolean {
    const id = toHex(fileId)
    const isThis = ({ row: { isOutgoing, ...row } }: LiveTransfer): boolean =>
      !isOutgoing && row.friend === friend.hex && row.file.fileId === id && row.file.sizeBytes === size
    const live = this.#waiting().find(isThis)
    if (!live) return false
    const end = this.#pickUp(live)
    if (end) {
      this.#book.end(live, end)
      return false
    }
    // Where there is no room to say so, it is another time.
    if (!this.#askForRest(live.startPosition, transferId, now)) live.putDown()
    else {
      this.#goOn(live, transferId)
      this.handleAccepted(live, transferId, now)
    }
    return true
  }

  /** The transfer is under way, perhaps again. A pause of ours from before holds: the friend hears of it now. */
  handleAccepted(live: LiveTransfer, transferId: number, now: Instant): void {
    live.accept()
    // Where there is no room to say so it goes on: whoever reads that can pause it again.
    live.isPausedByUs &&= this.#files((files) => files.pause(transferId, now)).kind === 'done'
    this.#book.settle(live)
  }

  /** A file is whole. */
  handleFinished(row: TransferRow, now: Instant): void {
    this.#justFinished = this.#justFinished.filter(({ at }) => now - at < UNHEARD_MS_MAX)
    // Of a file without a size nobody knows where the last byte is.
    if (!row.isOutgoing && row.file.sizeBytes !== undefined) this.#justFinished.push({ row, at: now })
  }

  /** The connection to one friend, or to all, is gone: what was just received may be offered again. */
  noteUnheard(friend: string | undefined, now: Instant): void {
    const isOver = ({ row }: { readonly row: TransferRow }): boolean => friend === undefined || row.friend === friend
    for (const { row, at } of this.#justFinished.filter(isOver)) {
      if (now - at < UNHEARD_MS_MAX) this.#book.note({ ...row, file: { ...row.file, unheard: 'finished' } })
    }
    this.#justFinished = this.#justFinished.filter((finished) => !isOver(finished))
  }

  /** Tells the friend how a file that is offered again ended before. Returns false if that is known, or it did not end. */
  answer(former: TransferRow, transferId: number, now: Instant): boolean {
    const { unheard, sizeBytes = 0 } = former.file
    if (unheard === undefined) return false
    // Whoever has all of a file says so by taking its end, which goes nowhere.
    if (unheard === 'cancelled') this.#files((files) => files.cancel(transferId, now))
    else if (!this.#askForRest(Math.max(0, sizeBytes - 1), transferId, now)) return true
    this.#book.note({ ...former, file: { ...former.file, unheard: undefined } })
    return true
  }

  /** Gives up what has waited for too long, or is too much. */
  tidy(now: Instant): void {
    const waiting = this.#waiting()
    const over = noLongerKept(
      waiting.map(({ row }) => row),
      now,
    )
    for (const { id, reason } of over) this.#book.end(this.#book.getLive(id), { state: 'failed', reason })
  }

  #takeUp(row: TransferRow, now: Instant): void {
    const { isOutgoing, file } = row
    if (!canGoOn(row, 'app-closed')) {
      removePart(row)
      return this.#book.note(endedRow(row, { state: 'failed', reason: 'app-closed' }))
    }
    const transferredBytes = isOutgoing ? file.transferredBytes : (file.syncedBytes ?? 0)
    this.#book.takeUp({ ...row, file: { ...file, transferredBytes, brokeOffAt: file.brokeOffAt ?? now } })
  }

  #waiting(): LiveTransfer[] {
    return this.#book.all().filter(({ transferId }) => transferId === undefined)
  }

  #askForRest(position: number, transferId: number, now: Instant): boolean {
    return this.#files((files) => {
      const isSought = position === 0 || files.seek(transferId, position, now).kind === 'done'
      return isSought && files.accept(transferId, now).kind === 'done'
    })
  }

  #goOn(live: LiveTransfer, transferId: number): void {
    live.goOn(transferId)
    this.#book.name(live, transferId)
  }

  /** Returns how it ends, if it does. */
  #putDown(live: LiveTransfer, reason: FileEndReason, now: Instant): TransferEnd | undefined {
    this.#book.unname(live)
    if (!canGoOn(live.row, reason)) return { state: 'failed', reason }
    return live.transferId === undefined ? undefined : endOf(live, () => live.breakOff(now))
  }

  /** Opens the file as it was put down. Returns how it ends, if that cannot be. */
  #pickUp(live: LiveTransfer): TransferEnd | undefined {
    return endOf(live, () => live.pickUp())
  }
}

/** How a transfer ends whose file is not what it was, or cannot be used. What came is somebody else's if they wrote to it. */
function endOf(live: LiveTransfer, work: () => void): TransferEnd | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    if (!(error instanceof ChangedFileError)) return { state: 'failed', reason: 'file', detail: wordsOf(error) }
    live.disownPart()
    return { state: 'failed', reason: error.reason }
  }
}
