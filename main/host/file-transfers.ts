import { closeSync, fstatSync, fsyncSync, readSync, rmSync, writeSync } from 'node:fs'
import { fromHex, utf8Decode, utf8Encode } from '../base/bytes.ts'
import type { Instant } from '../base/time.ts'
import { PublicKey } from '../crypto/keys.ts'
import type { EngineEvent, FileCommands } from '../engine/events.ts'
import { ApiError, ApiErrorCode } from '../../shared/api/errors.ts'
import type { FileState, FileTransferView } from '../../shared/model/file.ts'
import { fileNameOf, openToRead, openToWrite } from './disk-files.ts'
import { timestampOf } from './views.ts'

/** Ended transfers that are still shown; the oldest goes first. */
const ENDED_SHOWN_MAX = 100
/** How much has to be transferred before the person is told again. */
const PROGRESS_STEP_BYTES = 64 * 1_024
/** A rate is that of so long a time at least. */
const RATE_MS_MIN = 1_000
/** How much the newest rate counts against the ones before. */
const RATE_SMOOTHING = 0.5

type FileEvent = Extract<EngineEvent, { readonly transferId: number }>

interface Transfer {
  readonly id: number
  readonly transferId: number
  readonly friend: string
  readonly direction: 'in' | 'out'
  readonly name: string
  readonly sizeBytes: number | undefined
  readonly startedAt: Instant
  transferredBytes: number
  toldBytes: number
  /** Where the present rate is measured from. */
  rateFromBytes: number
  rateFromAt: Instant
  bytesPerSecond: number
  state: FileState
  /** Whether the person has seen it: own ones they have. */
  isRead: boolean
  reason: string | undefined
  file: number | undefined
  path: string | undefined
}

export interface FileTransfersOptions {
  /** Does something with the engine's files; what follows is sent. */
  readonly files: <T>(use: (files: FileCommands) => T) => T
  readonly onChanged: (view: FileTransferView) => void
  /** A friend offers a file, which the person has not seen yet. */
  readonly onOffered: (view: FileTransferView) => void
  /** The newest file of a friend, or how many are unread, is another. */
  readonly onFriendChanged: (friend: string) => void
}

/** Files on their way between two people who are both online: the engine moves the bytes, this reads and writes them. */
export class FileTransfers {
  readonly #files: FileTransfersOptions['files']
  readonly #listener: Omit<FileTransfersOptions, 'files'>
  readonly #transfers = new Map<number, Transfer>()
  readonly #byTransferId = new Map<number, Transfer>()
  #nextId = 1

  constructor({ files, ...listener }: FileTransfersOptions) {
    this.#files = files
    this.#listener = listener
  }

  list(): FileTransferView[] {
    return [...this.#transfers.values()].map(viewOf)
  }

  /** The one that was offered last, by either side. */
  newest(friend: string): FileTransferView | undefined {
    const transfer = this.#of(friend).at(-1)
    return transfer && viewOf(transfer)
  }

  unreadCount(friend: string): number {
    return this.#of(friend).filter(({ isRead }) => !isRead).length
  }

  /** The person has seen what this friend offered up to `upToId`. */
  markRead(friend: string, upToId: number): void {
    for (const transfer of this.#of(friend)) {
      if (transfer.id <= upToId && this.#see(transfer)) this.#tell(transfer)
    }
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
    const { transferId } = outcome
    return this.#add({ transferId, friend, direction: 'out', name, sizeBytes: size, file, path }, now)
  }

  /** Takes an offered file into a new file at `path`. Throws ApiError if there is one already. */
  accept(id: number, path: string, now: Instant): FileTransferView {
    const transfer = this.#get(id)
    if (transfer.direction !== 'in' || transfer.state !== 'offered') throw notNow(transfer)
    transfer.file = openToWrite(path)
    transfer.path = path
    const { kind } = this.#files((files) => files.accept(transfer.transferId, now))
    if (kind !== 'done') {
      this.#end(transfer, 'failed', 'the offer is over')
      throw notNow(transfer)
    }
    this.#see(transfer)
    return this.#set(transfer, 'running')
  }

  pause(id: number, now: Instant): FileTransferView {
    const transfer = this.#get(id)
    if (this.#files((files) => files.pause(transfer.transferId, now)).kind !== 'done') throw notNow(transfer)
    return this.#set(transfer, 'paused')
  }

  resume(id: number, now: Instant): FileTransferView {
    const transfer = this.#get(id)
    if (this.#files((files) => files.resume(transfer.transferId, now)).kind !== 'done') throw notNow(transfer)
    return this.#set(transfer, 'running')
  }

  /** Refuses, withdraws or ends a transfer; what was received of it is removed. */
  cancel(id: number, now: Instant): FileTransferView {
    const transfer = this.#get(id)
    if (isOver(transfer)) throw notNow(transfer)
    this.#files((files) => files.cancel(transfer.transferId, now))
    this.#see(transfer)
    return this.#end(transfer, 'cancelled', undefined)
  }

  handleEvent(event: FileEvent, now: Instant): void {
    if (event.kind === 'fileOffered') {
      this.#handleOffer(event, now)
      return
    }
    const transfer = this.#byTransferId.get(event.transferId)
    if (!transfer) return
    if (event.kind === 'chunkWanted') this.#provide(transfer, event.position, event.length, now)
    else if (event.kind === 'fileChunk') this.#write(transfer, event.position, event.data, now)
    else if (event.kind === 'filePaused') this.#set(transfer, 'paused-by-friend')
    else if (event.kind === 'fileEnded') this.#handleEnded(transfer, event.ending)
    else this.#set(transfer, 'running')
  }

  /** Closes what is open; unfinished received files are removed. */
  close(): void {
    for (const transfer of this.#transfers.values()) {
      if (!isOver(transfer)) this.#end(transfer, 'failed', 'the app was closed')
    }
  }

  #handleOffer(event: Extract<FileEvent, { readonly kind: 'fileOffered' }>, now: Instant): void {
    // A friend's picture: this app draws its own, and says so politely by not asking for it.
    if (event.fileKind === 'avatar') return
    const { transferId, friend, size } = event
    const name = utf8Decode(event.name)
    const nowhere = { file: undefined, path: undefined }
    const offer = { transferId, friend: friend.hex, direction: 'in', name, sizeBytes: size, ...nowhere } as const
    this.#listener.onOffered(this.#add(offer, now))
  }

  #provide(transfer: Transfer, position: number, length: number, now: Instant): void {
    const data = new Uint8Array(length)
    try {
      const read = transfer.file === undefined ? 0 : readSync(transfer.file, data, 0, length, position)
      if (read < length) throw new Error('the file became shorter')
    } catch (error) {
      this.#fail(transfer, error, now)
      return
    }
    this.#files((files) => files.provideChunk(transfer.transferId, position, data, now))
    this.#progress(transfer, position + length, now)
  }

  #write(transfer: Transfer, position: number, data: Uint8Array, now: Instant): void {
    try {
      if (transfer.file !== undefined) writeSync(transfer.file, data, 0, data.length, position)
    } catch (error) {
      this.#fail(transfer, error, now)
      return
    }
    this.#progress(transfer, position + data.length, now)
  }

  #handleEnded(transfer: Transfer, ending: Extract<FileEvent, { kind: 'fileEnded' }>['ending']): void {
    if (ending === 'finished') this.#end(transfer, 'finished', undefined)
    else if (ending === 'cancelledByFriend') this.#end(transfer, 'cancelled', 'the friend cancelled')
    else this.#end(transfer, 'failed', ending === 'disconnected' ? 'the friend went offline' : 'the file ended early')
  }

  #fail(transfer: Transfer, error: unknown, now: Instant): void {
    this.#files((files) => files.cancel(transfer.transferId, now))
    this.#end(transfer, 'failed', error instanceof Error ? error.message : String(error))
  }

  #add(offer: Pick<Transfer, OfferFields>, now: Instant): FileTransferView {
    const id = this.#nextId
    this.#nextId += 1
    const nothing = { transferredBytes: 0, toldBytes: 0, rateFromBytes: 0, bytesPerSecond: 0 }
    const times = { startedAt: now, rateFromAt: now }
    const isRead = offer.direction === 'out'
    const added: Transfer = { ...offer, id, ...nothing, ...times, state: 'offered', isRead, reason: undefined }
    this.#transfers.set(id, added)
    this.#byTransferId.set(offer.transferId, added)
    this.#dropOldest()
    const view = this.#tell(added)
    this.#listener.onFriendChanged(added.friend)
    return view
  }

  #dropOldest(): void {
    const ended = [...this.#transfers.values()].filter(isOver)
    for (const { id, friend } of ended.slice(0, Math.max(0, ended.length - ENDED_SHOWN_MAX))) {
      this.#transfers.delete(id)
      this.#listener.onFriendChanged(friend)
    }
  }

  #of(friend: string): Transfer[] {
    return [...this.#transfers.values()].filter((transfer) => transfer.friend === friend)
  }

  /** Returns whether it was new to the person. */
  #see(transfer: Transfer): boolean {
    if (transfer.isRead) return false
    transfer.isRead = true
    this.#listener.onFriendChanged(transfer.friend)
    return true
  }

  #progress(transfer: Transfer, upTo: number, now: Instant): void {
    transfer.transferredBytes = Math.max(transfer.transferredBytes, upTo)
    measureRate(transfer, now)
    if (transfer.transferredBytes - transfer.toldBytes >= PROGRESS_STEP_BYTES) this.#tell(transfer)
  }

  #set(transfer: Transfer, state: FileState): FileTransferView {
    // A rate begins anew with a transfer that goes on, and ends with one that does not.
    transfer.state = state
    if (state !== 'running') transfer.bytesPerSecond = 0
    return this.#tell(transfer)
  }

  #end(transfer: Transfer, state: FileState, reason: string | undefined): FileTransferView {
    const { file, path } = transfer
    if (file !== undefined) {
      if (transfer.direction === 'in' && state === 'finished') fsyncSync(file)
      closeSync(file)
    }
    transfer.file = undefined
    if (transfer.direction === 'in' && state !== 'finished' && path !== undefined) rmSync(path, { force: true })
    transfer.reason = reason
    this.#byTransferId.delete(transfer.transferId)
    return this.#set(transfer, state)
  }

  #tell(transfer: Transfer): FileTransferView {
    transfer.toldBytes = transfer.transferredBytes
    const view = viewOf(transfer)
    this.#listener.onChanged(view)
    return view
  }

  #get(id: number): Transfer {
    const transfer = this.#transfers.get(id)
    if (!transfer) throw new ApiError(ApiErrorCode.NotFound, `no file transfer ${id}`)
    return transfer
  }
}

type OfferFields = 'transferId' | 'friend' | 'direction' | 'name' | 'sizeBytes' | 'file' | 'path'

function measureRate(transfer: Transfer, now: Instant): void {
  const elapsedMs = now - transfer.rateFromAt
  if (elapsedMs < RATE_MS_MIN) return
  const rate = ((transfer.transferredBytes - transfer.rateFromBytes) * 1_000) / elapsedMs
  const former = transfer.bytesPerSecond
  transfer.bytesPerSecond = Math.round(former === 0 ? rate : former + RATE_SMOOTHING * (rate - former))
  transfer.rateFromAt = now
  transfer.rateFromBytes = transfer.transferredBytes
}

const OFFER_PROBLEMS = {
  offline: 'the friend is offline',
  tooMany: 'too many files are under way',
  full: 'the connection is busy, try again',
  nameTooLong: 'the name is too long',
} as const

function isOver({ state }: Transfer): boolean {
  return state === 'finished' || state === 'cancelled' || state === 'failed'
}

function isLost({ state }: Transfer): boolean {
  return state === 'cancelled' || state === 'failed'
}

function notNow({ id, state }: Transfer): ApiError {
  return new ApiError(ApiErrorCode.Conflict, `file transfer ${id} is ${state}`)
}

function viewOf(transfer: Transfer): FileTransferView {
  const { id, friend, direction, name, sizeBytes, transferredBytes, bytesPerSecond, state, isRead, reason, path } =
    transfer
  const size = sizeBytes === undefined ? {} : { sizeBytes }
  const why = reason === undefined ? {} : { reason }
  // What was received of a transfer that did not end well is gone.
  const place = path === undefined || (direction === 'in' && isLost(transfer)) ? {} : { path }
  const startedAt = timestampOf(transfer.startedAt)
  return {
    id,
    friend,
    direction,
    name,
    ...size,
    transferredBytes,
    bytesPerSecond,
    startedAt,
    ...place,
    state,
    isRead,
    ...why,
  }
}
