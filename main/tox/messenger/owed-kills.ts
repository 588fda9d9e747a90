import type { Instant, Wake } from '../../base/time.ts'
import type { PublicKey } from '../../crypto/keys.ts'
import { encode } from '../../wire/codec.ts'
import { FileControl, fileControlPacket } from '../../wire/messenger-packets.ts'
import type { MessengerNetCrypto } from './lower-machines.ts'

/** net_crypto had no room: look again after this long. */
const RETRY_DELAY_MS = 50

/** One of the two files that a number stands for. */
interface FilePlace {
  /** Whether the friend sends it. */
  readonly isAboutReceived: boolean
  readonly fileNumber: number
}

/** What ended on our side and the friend still has to hear of: said as soon as net_crypto has room. One per file number. */
export class OwedKills {
  readonly #friend: PublicKey
  readonly #netCrypto: MessengerNetCrypto
  readonly #owed = new Map<string, FilePlace>()
  #retryAt: Instant | undefined

  constructor(friend: PublicKey, netCrypto: MessengerNetCrypto) {
    this.#friend = friend
    this.#netCrypto = netCrypto
  }

  add(place: FilePlace, now: Instant): void {
    this.#owed.set(keyOf(place), place)
    this.flush(now)
  }

  /** The friend has ended it too: the number may stand for another file by the time a kill arrives. */
  withdraw(place: FilePlace): void {
    this.#owed.delete(keyOf(place))
    if (this.#owed.size === 0) this.#retryAt = undefined
  }

  /** Sends what there is room for; returns whether nothing is left. */
  flush(now: Instant): boolean {
    this.#retryAt = undefined
    for (const [key, place] of this.#owed) {
      const packet = encode(fileControlPacket, { ...place, control: FileControl.kill, position: undefined })
      if (this.#netCrypto.send(this.#friend, packet, now) === undefined) {
        this.#retryAt = now + RETRY_DELAY_MS
        return false
      }
      this.#owed.delete(key)
    }
    return true
  }

  /** The connection ended, and every file with it. */
  clear(): void {
    this.#owed.clear()
    this.#retryAt = undefined
  }

  handleTimeout(now: Instant): void {
    if (this.#retryAt !== undefined && now >= this.#retryAt) this.flush(now)
  }

  nextTimeout(): Wake | undefined {
    return this.#retryAt === undefined ? undefined : { at: this.#retryAt, why: 'files: say what has ended' }
  }
}

function keyOf({ isAboutReceived, fileNumber }: FilePlace): string {
  return `${isAboutReceived ? 'received' : 'sent'} ${fileNumber}`
}
