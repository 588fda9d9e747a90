import type { Instant, Wake } from '../../base/time.ts'
import type { PublicKey } from '../../crypto/keys.ts'
import { encode } from '../../wire/codec.ts'
import { fileDataPacket } from '../../wire/messenger-packets.ts'
import type { FileEvent } from './file-events.ts'
import type { MessengerNetCrypto } from './lower-machines.ts'
import type { OutgoingFile } from './outgoing-file.ts'
import { isNumberBefore } from './receipts.ts'

/** File numbers are one byte. */
const FILES_MAX = 256

/** Wants unanswered and answers unsent for one friend, over all files that are not paused. */
const HOLDINGS_PER_FRIEND_MAX = 16

/** How often to look for room when net_crypto had none: its send rate is worked out this often. */
const PUMP_INTERVAL_MS = 50

interface OutgoingFilesParts {
  readonly friend: PublicKey
  readonly netCrypto: MessengerNetCrypto
  readonly emit: { push(event: FileEvent): void }
}

/**
 * The files that go to one friend, and the pump that moves their data: only into net_crypto's free slots for bulk, one
 * packet of each running file in turn, and never more wants open than a fixed number.
 */
export class OutgoingFiles {
  readonly #friend: PublicKey
  readonly #netCrypto: MessengerNetCrypto
  readonly #emit: OutgoingFilesParts['emit']
  readonly #files = new Map<number, OutgoingFile>()
  #nextNumber = 0
  #nextTurn = 0
  #pumpAt: Instant | undefined

  constructor({ friend, netCrypto, emit }: OutgoingFilesParts) {
    this.#friend = friend
    this.#netCrypto = netCrypto
    this.#emit = emit
  }

  get(fileNumber: number): OutgoingFile | undefined {
    return this.#files.get(fileNumber)
  }

  add(file: OutgoingFile): void {
    this.#files.set(file.fileNumber, file)
  }

  delete(fileNumber: number): void {
    this.#files.delete(fileNumber)
  }

  all(): OutgoingFile[] {
    return [...this.#files.values()]
  }

  /**
   * A number not in use, or undefined: all 256 are. They are given out in turn, so that what the friend still says about
   * a file that has ended does not meet the next one.
   */
  takeNumber(): number | undefined {
    for (let step = 0; step < FILES_MAX; step += 1) {
      const number = (this.#nextNumber + step) % FILES_MAX
      if (this.#files.has(number)) continue
      this.#nextNumber = (number + 1) % FILES_MAX
      return number
    }
    return undefined
  }

  /** The files whose last packet is among those with numbers before `before`. */
  acknowledged(before: number): OutgoingFile[] {
    return this.all().filter(({ lastPacketNumber: last }) => last !== undefined && isNumberBefore(last, before))
  }

  /** Sends what net_crypto has room for, then asks the owner for more. */
  pump(now: Instant): void {
    this.#pumpAt = undefined
    if (this.#files.size === 0) return
    this.#sendChunks(now)
    this.#raiseWants()
  }

  handleTimeout(now: Instant): void {
    if (this.#pumpAt !== undefined && now >= this.#pumpAt) this.pump(now)
  }

  nextTimeout(): Wake | undefined {
    return this.#pumpAt === undefined ? undefined : { at: this.#pumpAt, why: 'files: look for room' }
  }

  /** Asks for slots only when there is something to send: a question that finds none says that we are held up. */
  #sendChunks(now: Instant): void {
    let slots = 0
    for (let file = this.#nextSender(); file; file = this.#nextSender()) {
      if (slots === 0) slots = this.#netCrypto.freeSlots(this.#friend)
      if (slots === 0 || !this.#sendChunk(file, now)) {
        this.#pumpAt = now + PUMP_INTERVAL_MS
        return
      }
      slots -= 1
    }
  }

  #sendChunk(file: OutgoingFile, now: Instant): boolean {
    const data = file.nextChunk()
    if (!data) return false
    const packet = encode(fileDataPacket, { fileNumber: file.fileNumber, data })
    const packetNumber = this.#netCrypto.send(this.#friend, packet, now)
    if (packetNumber === undefined) return false
    file.chunkSent(packetNumber)
    this.#nextTurn = file.fileNumber + 1
    return true
  }

  /** The next file in turn that has a packet to send. */
  #nextSender(): OutgoingFile | undefined {
    return this.#inTurn().find((file) => file.nextChunk() !== undefined)
  }

  #raiseWants(): void {
    const files = this.#inTurn()
    let holdings = files.reduce((sum, file) => sum + file.holdings, 0)
    for (const file of files) {
      for (; holdings < HOLDINGS_PER_FRIEND_MAX; holdings += 1) {
        const want = file.nextWant()
        if (!want) break
        const { transferId, fileNumber } = file
        this.#emit.push({ kind: 'chunkWanted', friend: this.#friend, transferId, fileNumber, ...want })
      }
    }
  }

  #inTurn(): OutgoingFile[] {
    const running = [...this.#files.values()].filter((file) => file.state === 'running' && !file.isPaused)
    const files = running.sort((left, right) => left.fileNumber - right.fileNumber)
    const first = files.findIndex(({ fileNumber }) => fileNumber >= this.#nextTurn)
    return first <= 0 ? files : [...files.slice(first), ...files.slice(0, first)]
  }
}
