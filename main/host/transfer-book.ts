import type { Instant } from '../base/time.ts'
import type { ProfileDatabase } from '../db/profile-database.ts'
import type { NewTransfer, Places, TransferRow } from '../db/transfers.ts'
import { ApiError, ApiErrorCode } from '../../shared/api/errors.ts'
import type { FileTransferView } from '../../shared/model/file.ts'
import { LiveTransfer } from './live-transfer.ts'
import { endedRow, type TransferEnd, transferViewOf } from './transfer-rows.ts'

/** How much has to be transferred before the person is told again. */
const PROGRESS_STEP_BYTES = 64 * 1_024

export interface TransferListener {
  readonly onChanged: (view: FileTransferView) => void
  /** One that the person did not remove is not in the history any more. */
  readonly onRemoved: (id: number, friend: string) => void
  /** The newest file of a friend, or how many are unread, is another. */
  readonly onFriendChanged: (friend: string) => void
}

/** What is kept and told of file transfers: rows in the database, and those that are not over with their open files. */
export class TransferBook {
  readonly #database: ProfileDatabase
  readonly #listener: TransferListener
  readonly #live = new Map<number, LiveTransfer>()
  readonly #byTransferId = new Map<number, LiveTransfer>()

  constructor(database: ProfileDatabase, listener: TransferListener) {
    this.#database = database
    this.#listener = listener
  }

  /** The newest `limit` of a friend before `beforeId` that stand at these places, if any are named; oldest first. */
  list(friend: string, beforeId: number, limit: number, places?: Places): FileTransferView[] {
    return this.#database.transfers.list(friend, beforeId, limit, places).map((row) => this.#view(row))
  }

  /** Those with these ids, as far as there are any. */
  some(ids: readonly number[]): FileTransferView[] {
    return ids.flatMap((id) => this.#database.transfers.get(id) ?? []).map((row) => this.#view(row))
  }

  /** The person has seen what this friend offered up to `upToId`. */
  markRead(friend: string, upToId: number): void {
    const seen = this.#database.transfers.markRead(friend, upToId)
    for (const id of seen) {
      const live = this.#live.get(id)
      if (live) live.row = { ...live.row, isRead: true }
      this.#tell(this.#get(id))
    }
    if (seen.length > 0) this.#listener.onFriendChanged(friend)
  }

  /** Makes room for another offer: the oldest in vain go, and `former`, in whose place it comes. */
  makeRoom(friend: string, former: TransferRow | undefined): void {
    if (former) this.#database.removeTransfer(former.id)
    const ids = this.#database.pruneTransfers(friend)
    for (const id of former ? [former.id, ...ids] : ids) this.#listener.onRemoved(id, friend)
  }

  /** What this friend offered as this file before. */
  offeredBefore(friend: string, fileId: string, sizeBytes: number | undefined): TransferRow | undefined {
    return this.#database.transfers.offeredBefore(friend, fileId, sizeBytes)
  }

  /** Takes a transfer that is over out of the history; returns whose it was. Throws ApiError if it is under way. */
  remove(id: number): string {
    const row = this.#get(id)
    if (this.#live.has(id)) throw notNow(row)
    this.#database.removeTransfer(id)
    this.#listener.onFriendChanged(row.friend)
    return row.friend
  }

  add(
    offer: Pick<NewTransfer, 'friend' | 'isOutgoing' | 'isRead' | 'file'>,
    transferId: number,
    file: number | undefined,
    now: Instant,
  ): FileTransferView {
    const { messages, transfers } = this.#database
    // Never before the last one, also where messages were removed since.
    const last = transfers.newest(offer.friend)?.afterMessageId ?? 0
    const afterMessageId = Math.max(messages.newest(offer.friend)?.id ?? 0, last)
    const standing = { state: 'offered', startedAt: now, afterMessageId }
    const live = new LiveTransfer(transfers.insert({ ...offer, ...standing }), transferId, file)
    this.#live.set(live.row.id, live)
    this.#byTransferId.set(transferId, live)
    const view = this.#tell(live.row)
    this.#listener.onFriendChanged(offer.friend)
    return view
  }

  /** One of before this start, which goes on. */
  takeUp(row: TransferRow): void {
    const live = new LiveTransfer(row, undefined, undefined)
    live.isPausedByUs = row.state === 'paused'
    live.row = { ...row, state: live.flow }
    this.#live.set(row.id, live)
    this.#database.transfers.update(live.row)
  }

  /** The engine's news of `transferId` are about this one. */
  name(live: LiveTransfer, transferId: number): void {
    this.#byTransferId.set(transferId, live)
  }

  unname({ transferId }: LiveTransfer): void {
    if (transferId !== undefined) this.#byTransferId.delete(transferId)
  }

  named(transferId: number): LiveTransfer | undefined {
    return this.#byTransferId.get(transferId)
  }

  /** Those that are not over. */
  all(): LiveTransfer[] {
    return [...this.#live.values()]
  }

  /** Whoever answers an offer has seen it. */
  answered(live: LiveTransfer, answer: () => FileTransferView): FileTransferView {
    const wasRead = live.row.isRead
    live.row = { ...live.row, isRead: true }
    const view = answer()
    if (!wasRead) this.#listener.onFriendChanged(live.row.friend)
    return view
  }

  progress(live: LiveTransfer, upTo: number, now: Instant): void {
    live.advance(upTo, now)
    // A friend may want a file again from before the place where it broke off.
    if (Math.abs(live.transferredBytes - live.toldBytes) >= PROGRESS_STEP_BYTES) this.#tell(live.row)
  }

  /** Keeps and tells how it stands now. */
  settle(live: LiveTransfer): FileTransferView {
    live.rate.restart()
    return this.#keep(live, { ...live.row, state: live.flow })
  }

  end(live: LiveTransfer, end: TransferEnd): FileTransferView {
    live.finish(end.state === 'finished')
    this.unname(live)
    this.#live.delete(live.row.id)
    return this.#keep(live, endedRow(live.row, end))
  }

  #keep(live: LiveTransfer, row: TransferRow): FileTransferView {
    live.row = row
    this.#database.transfers.update(row)
    return this.#tell(row)
  }

  /** Keeps what is known of the file, without a word. */
  note(row: TransferRow): void {
    this.#database.transfers.update(row)
  }

  #tell(row: TransferRow): FileTransferView {
    const view = this.#view(row)
    const live = this.#live.get(row.id)
    if (live) live.toldBytes = live.transferredBytes
    this.#listener.onChanged(view)
    return view
  }

  view({ row }: LiveTransfer): FileTransferView {
    return this.#view(row)
  }

  #view(row: TransferRow): FileTransferView {
    const live = this.#live.get(row.id)
    return transferViewOf(live?.row ?? row, live?.rate.bytesPerSecond ?? 0)
  }

  #get(id: number): TransferRow {
    const row = this.#database.transfers.get(id)
    if (!row) throw new ApiError(ApiErrorCode.NotFound, `no file transfer ${id}`)
    return row
  }

  /** Throws ApiError if there is none, or it is over. */
  getLive(id: number): LiveTransfer {
    const live = this.#live.get(id)
    if (!live) throw notNow(this.#get(id))
    return live
  }
}

/** Another time it could be done, or could have been. */
export function notNow({ id, state }: TransferRow): ApiError {
  return new ApiError(ApiErrorCode.Conflict, `file transfer ${id} is ${state}`)
}
