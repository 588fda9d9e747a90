import { toHex } from '../base/bytes.ts'
import { LruMap } from '../base/lru-map.ts'
import { HOUR_MS, type Instant, MINUTE_MS } from '../base/time.ts'
import type { Contact } from '../ring/contact.ts'
import { askedSlotOf } from './check.ts'
import { CrossCheck } from './cross-check.ts'
import { SMALL_NETWORK } from './replica-view.ts'
import type { UpkeepParts } from './upkeep-parts.ts'
import type { VaultEntry } from './vault.ts'

const KNOWN_FOR_MS = 4 * HOUR_MS
const UNKNOWN_FOR_MS = 10 * MINUTE_MS
const RECORDS_MAX = 8_192

export type HearsayHandler = (isKnown: boolean, now: Instant) => void

/**
 * Whether anybody in another ring has a record that we are about to offer. Whoever leaves junk with one honest node
 * would otherwise have it spread by that node, and that node refused by all to which it offers the junk.
 */
export class Hearsay {
  readonly #parts: UpkeepParts
  readonly #crossCheck: CrossCheck
  readonly #heard = new LruMap<string, { readonly isKnown: boolean; readonly until: Instant }>(RECORDS_MAX)

  constructor(parts: UpkeepParts) {
    this.#parts = parts
    this.#crossCheck = new CrossCheck(parts)
  }

  /** `to` is to be offered the record in `ring`: it is no witness. */
  ask(entry: VaultEntry, ring: number, to: Contact, now: Instant, then: HearsayHandler): void {
    const name = toHex(entry.recordId)
    const heard = this.#heard.get(name)
    if (entry.kind !== 'record' || this.#parts.rings.knownMemberCount < SMALL_NETWORK) return then(true, now)
    if (heard && heard.until > now) return then(heard.isKnown, now)
    const questioned = { ...askedSlotOf(entry, ring), places: entry.places }
    this.#crossCheck.run(questioned, ring, to, now, (verdict, at) => {
      // Rings that do not answer say nothing, and one that lost the record is why it is offered.
      const isKnown = verdict.kind !== 'failed'
      this.#heard.set(name, { isKnown, until: at + (isKnown ? KNOWN_FOR_MS : UNKNOWN_FOR_MS) })
      then(isKnown, at)
    })
  }
}
