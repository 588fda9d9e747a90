import type { Counters } from '../../base/counters.ts'
import { earliest, type Instant, type Wake } from '../../base/time.ts'
import type { TokenBucket } from '../../base/token-bucket.ts'
import type { PublicKey } from '../../crypto/keys.ts'
import { encode } from '../../wire/codec.ts'
import {
  FILE_SIZE_UNKNOWN,
  FileControl,
  type FileControlPacket,
  type FileDataPacket,
  type FileOfferPacket,
  fileControlPacket,
  fileOfferPacket,
} from '../../wire/messenger-packets.ts'
import type { FileDirection, FileEnding, FileEvent, FileKind } from './file-events.ts'
import { IncomingFile } from './incoming-file.ts'
import type { MessengerNetCrypto } from './lower-machines.ts'
import { OutgoingFile, type ProvideOutcome } from './outgoing-file.ts'
import { OutgoingFiles } from './outgoing-files.ts'
import { OwedKills } from './owed-kills.ts'
import type { TransferRegistry } from './transfer-registry.ts'

/** A size above this cannot be counted in a number; nobody has such a file. */
const FILE_BYTES_MAX = BigInt(Number.MAX_SAFE_INTEGER)

export interface FriendFilesParts {
  readonly friend: PublicKey
  readonly netCrypto: MessengerNetCrypto
  readonly emit: { push(event: FileEvent): void }
  /** Shared by all friends: the next transfer's id, and who has it. */
  readonly registry: TransferRegistry<FriendFiles>
  /** How often this friend may offer; it outlives the connection. */
  readonly offers: TokenBucket
  readonly counters: Counters
}

export interface FileOffer {
  readonly fileKind: FileKind
  readonly size: number | undefined
  readonly fileId: Uint8Array
  readonly name: Uint8Array
}

export type FileCommandOutcome = { readonly kind: 'done' | 'unknownTransfer' | 'wrongState' | 'badPosition' | 'full' }

const DONE: FileCommandOutcome = { kind: 'done' }
const WRONG_STATE: FileCommandOutcome = { kind: 'wrongState' }

/**
 * The file transfers with one friend, for the life of one connection: they die with it.
 *
 * Packets about files that do not exist are ignored, except that an accept, pause or seek is answered with kill.
 *
 * source   Tox spec "File transfers"; tox-wire.md 5.2
 */
export class FriendFiles {
  readonly #friend: PublicKey
  readonly #netCrypto: MessengerNetCrypto
  readonly #emit: FriendFilesParts['emit']
  readonly #registry: TransferRegistry<FriendFiles>
  readonly #offers: TokenBucket
  readonly #counters: Counters
  readonly #outgoing: OutgoingFiles
  readonly #incoming = new Map<number, IncomingFile>()
  readonly #kills: OwedKills

  constructor({ friend, netCrypto, emit, registry, offers, counters }: FriendFilesParts) {
    this.#friend = friend
    this.#netCrypto = netCrypto
    this.#emit = emit
    this.#registry = registry
    this.#offers = offers
    this.#counters = counters
    this.#kills = new OwedKills(friend, netCrypto)
    this.#outgoing = new OutgoingFiles({ friend, netCrypto, emit })
  }

  offer(offer: FileOffer, now: Instant): { kind: 'offered'; transferId: number } | { kind: 'tooMany' | 'full' } {
    // A kill still owed may be about the number that this file gets.
    if (!this.#kills.flush(now)) return { kind: 'full' }
    const fileNumber = this.#outgoing.takeNumber()
    if (fileNumber === undefined) return { kind: 'tooMany' }
    const packet = encode(fileOfferPacket, {
      fileNumber,
      fileKind: offer.fileKind === 'avatar' ? 1 : 0,
      size: offer.size === undefined ? FILE_SIZE_UNKNOWN : BigInt(offer.size),
      fileId: offer.fileId,
      name: offer.name,
    })
    if (this.#netCrypto.send(this.#friend, packet, now) === undefined) return { kind: 'full' }
    const transferId = this.#registry.add(this)
    this.#outgoing.add(new OutgoingFile({ transferId, fileNumber, size: offer.size }))
    return { kind: 'offered', transferId }
  }

  accept(transferId: number, now: Instant): FileCommandOutcome {
    const file = find(this.#incoming.values(), transferId)
    if (!file || file.state !== 'offered') return WRONG_STATE
    if (!this.#sendControl(file, FileControl.accept, now)) return { kind: 'full' }
    file.accept()
    return DONE
  }

  pause(transferId: number, now: Instant): FileCommandOutcome {
    const file = this.#find(transferId)
    if (!file || file.state !== 'running' || file.isPausedByUs) return WRONG_STATE
    if (!this.#sendControl(file, FileControl.pause, now)) return { kind: 'full' }
    file.isPausedByUs = true
    return DONE
  }

  resume(transferId: number, now: Instant): FileCommandOutcome {
    const file = this.#find(transferId)
    if (!file || file.state !== 'running' || !file.isPausedByUs) return WRONG_STATE
    if (!this.#sendControl(file, FileControl.accept, now)) return { kind: 'full' }
    file.isPausedByUs = false
    this.#outgoing.pump(now)
    return DONE
  }

  /** Refuses an offer, or ends a transfer in either direction: at once here, with the friend when there is room. */
  cancel(transferId: number, now: Instant): FileCommandOutcome {
    const file = this.#find(transferId)
    if (!file) return WRONG_STATE
    this.#remove(file)
    this.#kills.add({ isAboutReceived: file instanceof IncomingFile, fileNumber: file.fileNumber }, now)
    this.#outgoing.pump(now)
    return DONE
  }

  /** Asks for the file from `position` on; only before it is accepted. */
  seek(transferId: number, position: number, now: Instant): FileCommandOutcome {
    const file = find(this.#incoming.values(), transferId)
    if (!file || file.state !== 'offered') return WRONG_STATE
    if (!Number.isSafeInteger(position) || position < 0 || !file.canSeek(position)) return { kind: 'badPosition' }
    if (!this.#sendControl(file, FileControl.seek, now, BigInt(position))) return { kind: 'full' }
    file.seek(position)
    return DONE
  }

  provide(transferId: number, position: number, data: Uint8Array, now: Instant): ProvideOutcome {
    const outcome = find(this.#outgoing.all(), transferId)?.provide(position, data) ?? 'unexpected'
    if (outcome === 'taken') this.#outgoing.pump(now)
    return outcome
  }

  handleOffer({ fileNumber, fileKind, size, fileId, name }: FileOfferPacket, now: Instant): void {
    if (this.#incoming.has(fileNumber)) return
    const place = { isAboutReceived: true, fileNumber }
    this.#kills.withdraw(place)
    const isTooLarge = size > FILE_BYTES_MAX && size !== FILE_SIZE_UNKNOWN
    const isOneTooMany = !this.#offers.take(now)
    if (isOneTooMany) this.#counters.add('messenger.offersOverLimit')
    if (fileKind > 1 || isTooLarge || isOneTooMany) {
      this.#kills.add(place, now)
      return
    }
    const transferId = this.#registry.add(this)
    const knownSize = size === FILE_SIZE_UNKNOWN ? undefined : Number(size)
    this.#incoming.set(fileNumber, new IncomingFile({ transferId, fileNumber, size: knownSize }))
    this.#emit.push({
      kind: 'fileOffered',
      friend: this.#friend,
      transferId,
      fileNumber,
      fileKind: fileKind === 1 ? 'avatar' : 'data',
      size: knownSize,
      fileId: fileId.slice(),
      name: name.slice(),
    })
  }

  handleControl(packet: FileControlPacket, now: Instant): void {
    const file = (packet.isAboutReceived ? this.#outgoing : this.#incoming).get(packet.fileNumber)
    if (!file) {
      const place = { isAboutReceived: !packet.isAboutReceived, fileNumber: packet.fileNumber }
      // A kill is never answered with a kill: two sides that cancel at once would go on for ever.
      if (packet.control === FileControl.kill) this.#kills.withdraw(place)
      else this.#kills.add(place, now)
      return
    }
    if (packet.control === FileControl.kill) this.#end(file, 'cancelledByFriend')
    else if (packet.control === FileControl.pause) this.#handlePause(file)
    else if (packet.control === FileControl.accept) this.#handleAccept(file)
    else this.#handleSeek(file, packet.position)
    this.#outgoing.pump(now)
  }

  handleData({ fileNumber, data }: FileDataPacket): void {
    const file = this.#incoming.get(fileNumber)
    const chunk = file?.receive(data)
    if (!file || !chunk) return
    const { transferId } = file
    if (chunk.data.length > 0) {
      const { position } = chunk
      this.#emit.push({
        kind: 'fileChunk',
        friend: this.#friend,
        transferId,
        fileNumber,
        position,
        data: chunk.data,
      })
    }
    if (chunk.end) this.#end(file, chunk.end)
  }

  /** net_crypto's peer took all packets with numbers before `before`. */
  handleAcknowledged(before: number, now: Instant): void {
    for (const file of this.#outgoing.acknowledged(before)) this.#end(file, 'finished')
    this.#outgoing.pump(now)
  }

  /** The connection ended, and all transfers with it. */
  handleDisconnect(): void {
    for (const file of [...this.#outgoing.all(), ...this.#incoming.values()]) this.#end(file, 'disconnected')
    this.#kills.clear()
  }

  handleTimeout(now: Instant): void {
    this.#kills.handleTimeout(now)
    this.#outgoing.handleTimeout(now)
  }

  nextTimeout(): Wake | undefined {
    return earliest(this.#kills.nextTimeout(), this.#outgoing.nextTimeout())
  }

  #handleAccept(file: OutgoingFile | IncomingFile): void {
    if (file instanceof OutgoingFile && file.state === 'offered') {
      file.accept()
      this.#emitControl('fileAccepted', file)
    } else if (file.isPausedByFriend) {
      file.isPausedByFriend = false
      this.#emitControl('fileResumed', file)
    }
  }

  #handlePause(file: OutgoingFile | IncomingFile): void {
    if (file.state !== 'running' || file.isPausedByFriend) return
    file.isPausedByFriend = true
    this.#emitControl('filePaused', file)
  }

  /** Only a receiver seeks; a position past what can be counted lies past every file's end. */
  #handleSeek(file: OutgoingFile | IncomingFile, position: bigint | undefined): void {
    if (file instanceof IncomingFile || position === undefined || position > FILE_BYTES_MAX) return
    file.seek(Number(position))
  }

  #emitControl(kind: 'fileAccepted' | 'filePaused' | 'fileResumed', file: OutgoingFile | IncomingFile): void {
    const { transferId, fileNumber } = file
    this.#emit.push({ kind, friend: this.#friend, transferId, fileNumber, direction: directionOf(file) })
  }

  #end(file: OutgoingFile | IncomingFile, ending: FileEnding): void {
    this.#remove(file)
    const { transferId, fileNumber } = file
    const direction = directionOf(file)
    this.#emit.push({ kind: 'fileEnded', friend: this.#friend, transferId, fileNumber, direction, ending })
  }

  #remove(file: OutgoingFile | IncomingFile): void {
    const files = file instanceof OutgoingFile ? this.#outgoing : this.#incoming
    files.delete(file.fileNumber)
    this.#registry.delete(file.transferId)
  }

  #find(transferId: number): OutgoingFile | IncomingFile | undefined {
    return find(this.#outgoing.all(), transferId) ?? find(this.#incoming.values(), transferId)
  }

  #sendControl(
    file: OutgoingFile | IncomingFile,
    control: FileControlPacket['control'],
    now: Instant,
    position?: bigint,
  ): boolean {
    const isAboutReceived = file instanceof IncomingFile
    const packet = encode(fileControlPacket, { isAboutReceived, fileNumber: file.fileNumber, control, position })
    return this.#netCrypto.send(this.#friend, packet, now) !== undefined
  }
}

function directionOf(file: OutgoingFile | IncomingFile): FileDirection {
  return file instanceof OutgoingFile ? 'sending' : 'receiving'
}

function find<F extends { readonly transferId: number }>(files: Iterable<F>, transferId: number): F | undefined {
  for (const file of files) {
    if (file.transferId === transferId) return file
  }
  return undefined
}
