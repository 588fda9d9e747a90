import { Queue } from '../base/queue.ts'
import { type Instant, SECOND_MS, type Wake } from '../base/time.ts'
import type { PublicKey } from '../crypto/keys.ts'
import type { OfflineMessenger } from './lower-machines.ts'

/** A meeting's reports of 1,024 ids and all else that is said at once are 40 packets. */
const PACKETS_MAX = 256
/** net_crypto had no room: try again after this long. */
const RETRY_DELAY_MS = SECOND_MS / 4

interface Saying {
  readonly packet: Uint8Array
  readonly readIds: readonly Uint8Array[] | undefined
}

/** What is said to one friend besides its messages: packets 184, in order, sent as there is room. */
export class FriendLine {
  readonly #friend: PublicKey
  readonly #messenger: Pick<OfflineMessenger, 'sendCustom'>
  #waiting = new Queue<Saying>(PACKETS_MAX)
  #next: Saying | undefined
  readonly #unreceipted = new Map<number, readonly Uint8Array[]>()
  #retryAt: Instant | undefined

  constructor(friend: PublicKey, messenger: Pick<OfflineMessenger, 'sendCustom'>) {
    this.#friend = friend
    this.#messenger = messenger
  }

  /**
   * Returns false if too much waits already: what is dropped is said again at the next meeting.
   *
   * readIds   messages that the packet says were read, to be handed out when the friend's client took it
   */
  push(packet: Uint8Array, readIds?: readonly Uint8Array[]): boolean {
    return this.#waiting.push({ packet, readIds })
  }

  /** The friend's client took what we sent under this receipt id: the read messages that it named. */
  takeReceipt(receiptId: number): readonly Uint8Array[] {
    const readIds = this.#unreceipted.get(receiptId) ?? []
    this.#unreceipted.delete(receiptId)
    return readIds
  }

  /** Sends what it can. Returns whether nothing is left. */
  flush(now: Instant): boolean {
    this.#retryAt = undefined
    for (;;) {
      this.#next ??= this.#waiting.poll()
      if (!this.#next) return true
      const outcome = this.#messenger.sendCustom(this.#friend, this.#next.packet, now)
      if (outcome.kind === 'full' || outcome.kind === 'offline') {
        this.waitForRoom(now)
        return false
      }
      if (outcome.kind === 'sent' && this.#next.readIds) this.#unreceipted.set(outcome.receiptId, this.#next.readIds)
      this.#next = undefined
    }
  }

  /** There was no room for a message: look again later. */
  waitForRoom(now: Instant): void {
    this.#retryAt = now + RETRY_DELAY_MS
  }

  nextTimeout(): Wake | undefined {
    return this.#retryAt === undefined ? undefined : { at: this.#retryAt, why: 'room to a friend' }
  }

  /** The connection is gone, and with it what was to be said over it. */
  clear(): void {
    this.#waiting = new Queue(PACKETS_MAX)
    this.#next = undefined
    this.#retryAt = undefined
    this.#unreceipted.clear()
  }
}
