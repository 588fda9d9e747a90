import { assert } from '../../base/assert.ts'
import type { Counters } from '../../base/counters.ts'
import { type Random, randomBytes } from '../../base/random.ts'
import type { Instant } from '../../base/time.ts'
import type { PublicKey } from '../../crypto/keys.ts'
import { FILE_ID_BYTES, FILE_NAME_BYTES_MAX } from '../../wire/messenger-packets.ts'
import type { FileEvent, FileKind } from './file-events.ts'
import { type FileCommandOutcome, FriendFiles } from './friend-files.ts'
import type { Friend, FriendList } from './friend-list.ts'
import type { MessengerNetCrypto } from './lower-machines.ts'
import type { ProvideOutcome } from './outgoing-file.ts'
import { TransferRegistry } from './transfer-registry.ts'

interface FileTransfersParts {
  readonly friends: FriendList
  readonly netCrypto: MessengerNetCrypto
  readonly random: Random
  readonly counters: Counters
  readonly emit: { push(event: FileEvent): void }
}

/** What a file is offered with. */
export interface FileToSend {
  readonly fileKind: FileKind
  /** In bytes; undefined: it ends where `provideChunk` gives less than was wanted. */
  readonly size: number | undefined
  /** UTF-8, at most 255 bytes. */
  readonly name: Uint8Array
  /** 32 bytes; by default random. For an avatar, the hash of its content. */
  readonly fileId?: Uint8Array
}

export type OfferOutcome =
  | { readonly kind: 'offered'; readonly transferId: number }
  | { readonly kind: 'offline' | 'tooMany' | 'full' | 'nameTooLong' }

const UNKNOWN_TRANSFER: FileCommandOutcome = { kind: 'unknownTransfer' }

/**
 * The front door of file transfers with all friends. A transfer is named by the id from `offer` or from the event
 * `fileOffered`; ids are never used twice, so an answer that comes late cannot reach another file.
 */
export class FileTransfers {
  readonly #parts: FileTransfersParts
  readonly #registry = new TransferRegistry<FriendFiles>()

  constructor(parts: FileTransfersParts) {
    this.#parts = parts
  }

  /** Offers a file to a friend; its data is asked for by `chunkWanted` once the friend accepts. */
  offer(friend: PublicKey, file: FileToSend, now: Instant): OfferOutcome {
    assert(file.size === undefined || (Number.isSafeInteger(file.size) && file.size >= 0), 'file size out of range')
    if (file.name.length > FILE_NAME_BYTES_MAX) return { kind: 'nameTooLong' }
    const session = this.#parts.friends.get(friend)?.session
    if (!session?.isAnnounced) return { kind: 'offline' }
    const fileId = file.fileId ?? randomBytes(this.#parts.random, FILE_ID_BYTES)
    return session.files.offer({ ...file, fileId }, now)
  }

  /** Accepts an offered file: its bytes follow as events `fileChunk`. */
  accept(transferId: number, now: Instant): FileCommandOutcome {
    return this.#registry.ownerOf(transferId)?.accept(transferId, now) ?? UNKNOWN_TRANSFER
  }

  pause(transferId: number, now: Instant): FileCommandOutcome {
    return this.#registry.ownerOf(transferId)?.pause(transferId, now) ?? UNKNOWN_TRANSFER
  }

  /** Ends our own pause; the friend's can only be ended by the friend. */
  resume(transferId: number, now: Instant): FileCommandOutcome {
    return this.#registry.ownerOf(transferId)?.resume(transferId, now) ?? UNKNOWN_TRANSFER
  }

  /** Refuses an offer, withdraws one, or ends a transfer. */
  cancel(transferId: number, now: Instant): FileCommandOutcome {
    return this.#registry.ownerOf(transferId)?.cancel(transferId, now) ?? UNKNOWN_TRANSFER
  }

  /** Takes an offered file from byte `position` on, before it is accepted: what came before is here already. */
  seek(transferId: number, position: number, now: Instant): FileCommandOutcome {
    return this.#registry.ownerOf(transferId)?.seek(transferId, position, now) ?? UNKNOWN_TRANSFER
  }

  /**
   * Answers the oldest `chunkWanted` of a transfer.
   *
   * data      as many bytes as were wanted; fewer only at the end of a file of unknown size. Not copied: it is ours now
   * returns   'unexpected' if nothing (more) is wanted at `position`: the transfer has ended, or so has the file
   */
  provideChunk(transferId: number, position: number, data: Uint8Array, now: Instant): ProvideOutcome {
    return this.#registry.ownerOf(transferId)?.provide(transferId, position, data, now) ?? 'unexpected'
  }

  /** The transfers of a new connection. */
  open({ publicKey: friend, fileOffers: offers }: Friend): FriendFiles {
    const { netCrypto, emit, counters } = this.#parts
    return new FriendFiles({ friend, netCrypto, emit, registry: this.#registry, offers, counters })
  }
}
