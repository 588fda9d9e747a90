import { toHex } from '../base/bytes.ts'
import { ExpiringMap } from '../base/expiring-map.ts'
import { DAY_MS, type Instant } from '../base/time.ts'
import type { VerifyKey } from '../crypto/sign.ts'
import type { Contact } from '../ring/contact.ts'
import { askedSlotOf } from './check.ts'
import type { CrossCheck } from './cross-check.ts'
import type { UpkeepParts } from './upkeep-parts.ts'

const ON_PROBATION_MS = DAY_MS
const COPIES_MAX = 8_192

/** A copy that was taken on its bringer's word alone. */
interface Taken {
  readonly tag: Uint8Array
  readonly mailbox: VerifyKey
  readonly slot: number
  readonly ring: number
  readonly source: Contact
}

/**
 * Copies that were taken over without asking elsewhere. Once their bringer is found to bring what nobody else has, each
 * of them is asked for in two other rings after all, one after another, and goes unless both have it.
 */
export class Probation {
  readonly #parts: UpkeepParts
  readonly #crossCheck: CrossCheck
  readonly #taken = new ExpiringMap<string, Taken>(ON_PROBATION_MS, COPIES_MAX, 'upkeep: trust copies')
  readonly #queue: Taken[] = []
  #isUnderWay = false

  constructor(parts: UpkeepParts, crossCheck: CrossCheck) {
    this.#parts = parts
    this.#crossCheck = crossCheck
  }

  note(taken: Taken, now: Instant): void {
    this.#taken.expire(now)
    this.#taken.set(toHex(taken.tag), taken, now)
  }

  /** This node brought junk: what else came from it? */
  lookAgain(source: Contact, now: Instant): void {
    for (const taken of this.#taken.values(now)) {
      if (!taken.source.key.equals(source.key)) continue
      this.#taken.delete(toHex(taken.tag))
      this.#queue.push(taken)
    }
    this.#next(now)
  }

  #next(now: Instant): void {
    if (this.#isUnderWay) return
    const taken = this.#queue.shift()
    if (!taken) return
    const entry = this.#parts.node.vault.entry(taken.mailbox, taken.slot, now)
    // A deposit that came since then was paid for here.
    if (entry?.kind !== 'record' || entry.origin.kind !== 'repair') return this.#next(now)
    const questioned = { ...askedSlotOf(entry, taken.ring), places: entry.places }
    this.#isUnderWay = true
    this.#crossCheck.run(questioned, taken.ring, taken.source, now, (verdict, at) => {
      this.#isUnderWay = false
      if (verdict.kind === 'failed' || verdict.kind === 'disputed') {
        this.#parts.counters.add('upkeep: junk dropped')
        this.#parts.node.vault.drop(taken.mailbox, taken.slot)
      }
      this.#next(at)
    })
  }
}
