import { toHex } from '../base/bytes.ts'
import { DAY_MS, type Instant } from '../base/time.ts'
import type { PublicKey } from '../crypto/keys.ts'
import { decode, encode } from '../wire/codec.ts'
import type { DeliveryState } from './change.ts'
import type { Journal } from './journal.ts'
import { CURRENT, doneRow } from './state-rows.ts'

/** As long as a tombstone can tell of a message. */
const DONE_LIFE_MS = 62 * DAY_MS
/** The oldest are forgotten: their state stays what it is in the history. */
const DONE_MAX = 16_384

interface Done {
  readonly friend: PublicKey
  readonly state: DeliveryState
  readonly doneAt: Instant
}

/** Own messages that are settled and of which more may be heard: that they were read, or came after all. */
export class SettledMessages {
  readonly #journal: Journal
  readonly #byId = new Map<string, Done>()

  constructor(journal: Journal) {
    this.#journal = journal
  }

  /** Throws DecodeError. */
  restore(id: string, row: Uint8Array): void {
    const { friend, state, doneAt } = decode(doneRow, row)
    this.#byId.set(id, { friend, state, doneAt })
  }

  get count(): number {
    return this.#byId.size
  }

  /** The state of a settled message to this friend; undefined for one to another, or that we do not know. */
  stateOf(friend: PublicKey, messageId: Uint8Array): DeliveryState | undefined {
    const done = this.#byId.get(toHex(messageId))
    return done?.friend.equals(friend) ? done.state : undefined
  }

  set(friend: PublicKey, id: string, state: DeliveryState, now: Instant): void {
    this.#byId.delete(id)
    if (this.#byId.size >= DONE_MAX) this.#dropOldest()
    const done = { friend, state, doneAt: Math.floor(now) }
    this.#byId.set(id, done)
    this.#journal.write(`done/${id}`, encode(doneRow, { ...CURRENT, ...done }))
  }

  delete(id: string): void {
    if (this.#byId.delete(id)) this.#journal.erase(`done/${id}`)
  }

  expire(now: Instant): void {
    for (const [id, { doneAt }] of this.#byId) {
      if (now - doneAt >= DONE_LIFE_MS) this.delete(id)
    }
  }

  eraseFriend(friend: PublicKey): void {
    for (const [id, done] of this.#byId) {
      if (done.friend.equals(friend)) this.delete(id)
    }
  }

  #dropOldest(): void {
    for (const id of this.#byId.keys()) {
      this.delete(id)
      return
    }
  }
}
