import { closeSync, existsSync, fstatSync } from 'node:fs'
import { fromHex, utf8Decode, utf8Encode } from '../base/bytes.ts'
import type { Instant } from '../base/time.ts'
import { PublicKey } from '../crypto/keys.ts'
import type { ProfileDatabase } from '../db/profile-database.ts'
import type { NewTransfer, Places, TransferRow } from '../db/transfers.ts'
import type { EngineEvent, FileCommands } from '../engine/events.ts'
import { ApiError, ApiErrorCode } from '../../shared/api/errors.ts'
import { FileEndReason, FileState, type FileTransferView } from '../../shared/model/file.ts'
import { fileNameOf, openToRead, wordsOf } from './disk-files.ts'
import { LiveTransfer, removeHalfFile } from './live-transfer.ts'
import { plainLine } from './plain-line.ts'
import { timestampOf } from './views.ts'

/** How much has to be transferred before the person is told again. */
const PROGRESS_STEP_BYTES = 64 * 1_024

type FileEvent = Extract<EngineEvent, { readonly transferId: number }>

/** How a transfer ends, and in the system's words why where that is the file. */
interface End {
  readonly state: Extract<FileState, 'finished' | 'cancelled' | 'failed'>
  readonly reason?: FileEndReason
  readonly detail?: string
}

export interface FileTransfersOptions {
  readonly database: ProfileDatabase
  /** Does something with the engine's files; what follows is sent. */
  readonly files: <T>(use: (files: FileCommands) => T) => T
  readonly onChanged: (view: FileTransferView) => void
  /** A friend offers a file, which the person has not seen yet. */
  readonly onOffered: (view: FileTransferView) => void
  /** One that the person did not remove is not in the history any more. */
  readonly onRemoved: (id: number, friend: string) => void
  /** The newest file of a friend, or how many are unread, is another. */
  readonly onFriendChanged: (friend: string) => void
}

/**
 * Files between two people who are both online: the engine moves the bytes, this reads and writes them, and keeps of each
 * transfer how it stands. What was under way when the app ended is broken off: it is said to be at the next start.
 */
export class FileTransfers {
  readonly #database: ProfileDatabase
  readonly #files: FileTransfersOptions['files']
  readonly #listener: Omit<FileTransfersOptions, 'files' | 'database'>
  readonly #live = new Map<number, LiveTransfer>()
  readonly #byTransferId = new Map<number, LiveTransfer>()

  constructor({ database, files, ...listener }: FileTransfersOptions) {
    this.#database = database
    this.#files = files
    this.#listener = listener
    for (const row of database.transfers.unfinished()) {
      removeHalfFile(row)
      database.transfers.update(endedRow(row, { state: 'failed', reason: 'app-closed' }))
    }
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

  /** Offers the file at `path`. Throws ApiError if it cannot be read, or the friend is not there. */
  send(friend: string, path: string, now: Instant): FileTransferView {
    const name = fileNameOf(path)
    const file = openToRead(path)
    const size = fstatSync(file).size
    const offer = { fileKind: 'data', size, name: utf8Encode(name) } as const
    const outcome = this.#files((files) => files.offer(new PublicKey(fromHex(friend)), offer, now))
    if (outcome.kind !== 'offered') {
      closeSync(file)
      throw new ApiError(ApiErrorCode.Impossible, `the file was not offered: ${OFFER_PROBLEMS[outcome.kind]}`)
    }
    const kept = { friend, isOutgoing: true, file: { name, sizeBytes: size, transferredBytes: 0, path } }
    return this.#add(kept, outcome.transferId, file, now)
  }

  /** Takes an offered file into a new file at `path`. Throws ApiError if there is one already. */
  accept(id: number, path: string, now: Instant): FileTransferView {
    const live = this.#getLive(id)
    if (live.row.isOutgoing || live.row.state !== 'offered') throw notNow(live.row)
    live.writeTo(path)
    const { kind } = this.#files((files) => files.accept(live.transferId, now))
    if (kind !== 'done') {
      // Here it is over: a friend who could not be told yes is told no as soon as that can be.
      this.#files((files) => files.cancel(live.transferId, now))
      this.#end(live, { state: 'failed', reason: 'offer-over' })
      throw notNow(live.row)
    }
    return this.#answered(live, () => this.#set(live, 'running'))
  }

  pause(id: number, now: Instant): FileTransferView {
    const live = this.#getLive(id)
    if (this.#files((files) => files.pause(live.transferId, now)).kind !== 'done') throw notNow(live.row)
    live.isPausedByUs = true
    return this.#set(live, live.flow)
  }

  resume(id: number, now: Instant): FileTransferView {
    const live = this.#getLive(id)
    if (this.#files((files) => files.resume(live.transferId, now)).kind !== 'done') throw notNow(live.row)
    live.isPausedByUs = false
    return this.#set(live, live.flow)
  }

  /** Refuses, withdraws or ends a transfer; what was received of it is removed. */
  cancel(id: number, now: Instant): FileTransferView {
    const live = this.#getLive(id)
    this.#files((files) => files.cancel(live.transferId, now))
    return this.#answered(live, () => this.#end(live, { state: 'cancelled' }))
  }

  /** Takes a transfer that is over out of the history; returns whose it was. Throws ApiError if it is under way. */
  remove(id: number): string {
    const row = this.#get(id)
    if (this.#live.has(id)) throw notNow(row)
    this.#database.removeTransfer(id)
    this.#listener.onFriendChanged(row.friend)
    return row.friend
  }

  handleEvent(event: FileEvent, now: Instant): void {
    if (event.kind === 'fileOffered') {
      this.#handleOffer(event, now)
      return
    }
    const live = this.#byTransferId.get(event.transferId)
    if (!live) return
    if (event.kind === 'chunkWanted') this.#provide(live, event.position, event.length, now)
    else if (event.kind === 'fileChunk') this.#write(live, event.position, event.data, now)
    else if (event.kind === 'fileEnded') this.#end(live, ENDINGS[event.ending])
    else {
      live.isPausedByFriend = event.kind === 'filePaused'
      this.#set(live, live.flow)
    }
  }

  /** Ends what is under way, with one friend or with all; unfinished received files are removed. */
  breakOff(reason: FileEndReason, friend?: string): void {
    for (const live of this.#live.values()) {
      if (friend === undefined || live.row.friend === friend) this.#end(live, { state: 'failed', reason })
    }
  }

  #handleOffer(event: Extract<FileEvent, { readonly kind: 'fileOffered' }>, now: Instant): void {
    // A friend's picture: this app draws its own, and says so politely by not asking for it.
    if (event.fileKind === 'avatar') return
    const { transferId, friend, size } = event
    const file = { name: utf8Decode(event.name), sizeBytes: size, transferredBytes: 0 }
    const offer = { friend: friend.hex, isOutgoing: false, file }
    for (const id of this.#database.pruneTransfers(friend.hex)) this.#listener.onRemoved(id, friend.hex)
    this.#listener.onOffered(this.#add(offer, transferId, undefined, now))
  }

  #provide(live: LiveTransfer, position: number, length: number, now: Instant): void {
    const data = this.#attempt(live, now, () => live.read(position, length))
    if (!data) return
    this.#files((files) => files.provideChunk(live.transferId, position, data, now))
    this.#progress(live, position + length, now)
  }

  #write(live: LiveTransfer, position: number, data: Uint8Array, now: Instant): void {
    const written = this.#attempt(live, now, () => live.write(position, data))
    if (written) this.#progress(live, position + data.length, now)
  }

  /** Does something with the file; where the system refuses, the transfer is over. */
  #attempt<T>(live: LiveTransfer, now: Instant, work: () => T): T | undefined {
    try {
      return work()
    } catch (error) {
      this.#files((files) => files.cancel(live.transferId, now))
      this.#end(live, { state: 'failed', reason: 'file', detail: wordsOf(error) })
      return undefined
    }
  }

  #add(
    offer: Pick<NewTransfer, 'friend' | 'isOutgoing' | 'file'>,
    transferId: number,
    file: number | undefined,
    now: Instant,
  ): FileTransferView {
    const { messages, transfers } = this.#database
    // Never before the last one, also where messages were removed since.
    const last = transfers.newest(offer.friend)?.afterMessageId ?? 0
    const afterMessageId = Math.max(messages.newest(offer.friend)?.id ?? 0, last)
    const standing = { state: 'offered', isRead: offer.isOutgoing, startedAt: now, afterMessageId }
    const live = new LiveTransfer(transfers.insert({ ...offer, ...standing }), transferId, file)
    this.#live.set(live.row.id, live)
    this.#byTransferId.set(transferId, live)
    const view = this.#tell(live.row)
    this.#listener.onFriendChanged(offer.friend)
    return view
  }

  /** Whoever answers an offer has seen it. */
  #answered(live: LiveTransfer, answer: () => FileTransferView): FileTransferView {
    const wasRead = live.row.isRead
    live.row = { ...live.row, isRead: true }
    const view = answer()
    if (!wasRead) this.#listener.onFriendChanged(live.row.friend)
    return view
  }

  #progress(live: LiveTransfer, upTo: number, now: Instant): void {
    live.advance(upTo, now)
    if (live.transferredBytes - live.toldBytes >= PROGRESS_STEP_BYTES) this.#tell(live.row)
  }

  #set(live: LiveTransfer, state: FileState): FileTransferView {
    live.rate.restart()
    return this.#keep(live, { ...live.row, state })
  }

  #end(live: LiveTransfer, end: End): FileTransferView {
    live.finish(end.state === 'finished')
    this.#byTransferId.delete(live.transferId)
    this.#live.delete(live.row.id)
    return this.#keep(live, endedRow(live.row, end))
  }

  #keep(live: LiveTransfer, row: TransferRow): FileTransferView {
    live.row = row
    this.#database.transfers.update(row)
    return this.#tell(row)
  }

  #tell(row: TransferRow): FileTransferView {
    const view = this.#view(row)
    const live = this.#live.get(row.id)
    if (live) live.toldBytes = live.transferredBytes
    this.#listener.onChanged(view)
    return view
  }

  #view(row: TransferRow): FileTransferView {
    const live = this.#live.get(row.id)
    return viewOf(live?.row ?? row, live?.rate.bytesPerSecond ?? 0)
  }

  #get(id: number): TransferRow {
    const row = this.#database.transfers.get(id)
    if (!row) throw new ApiError(ApiErrorCode.NotFound, `no file transfer ${id}`)
    return row
  }

  /** Throws ApiError if it is over. */
  #getLive(id: number): LiveTransfer {
    const live = this.#live.get(id)
    if (!live) throw notNow(this.#get(id))
    return live
  }
}

const ENDINGS: Readonly<Record<Extract<FileEvent, { kind: 'fileEnded' }>['ending'], End>> = {
  finished: { state: 'finished' },
  cancelledByFriend: { state: 'cancelled', reason: 'by-friend' },
  disconnected: { state: 'failed', reason: 'friend-offline' },
  incomplete: { state: 'failed', reason: 'ended-early' },
}

const OFFER_PROBLEMS = {
  offline: 'the friend is offline',
  tooMany: 'too many files are under way',
  full: 'the connection is busy, try again',
  nameTooLong: 'the name is too long',
} as const

/** What is kept of a transfer that is over. What was received of one that did not end well is gone. */
function endedRow(row: TransferRow, { state, reason, detail }: End): TransferRow {
  const { inode: _whileItGrows, path, ...file } = row.file
  const place = row.isOutgoing || state === 'finished' ? { path } : {}
  return { ...row, state, file: { ...file, ...place, reason, detail } }
}

function notNow({ id, state }: TransferRow): ApiError {
  return new ApiError(ApiErrorCode.Conflict, `file transfer ${id} is ${state}`)
}

function viewOf(row: TransferRow, bytesPerSecond: number): FileTransferView {
  const { id, friend, isOutgoing, afterMessageId, isRead } = row
  const { name, sizeBytes, transferredBytes, path, reason, detail } = row.file
  const state = FileState.parse(row.state)
  // The person may have moved or removed what came.
  const isThere = path !== undefined && (isOutgoing || state !== 'finished' || existsSync(path))
  return {
    id,
    friend,
    direction: isOutgoing ? 'out' : 'in',
    afterMessageId,
    name: plainLine(name),
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    transferredBytes,
    bytesPerSecond,
    startedAt: timestampOf(row.startedAt),
    ...(isThere ? { path } : {}),
    state,
    isRead,
    ...(reason === undefined ? {} : { reason: FileEndReason.parse(reason) }),
    ...(detail === undefined ? {} : { detail }),
  }
}
