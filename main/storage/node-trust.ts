import { ExpiringMap } from '../base/expiring-map.ts'
import { DAY_MS, type Instant, MINUTE_MS } from '../base/time.ts'
import type { PublicKey } from '../crypto/keys.ts'

/** A node that failed so often is not used again. */
const FAILURES_MAX = 2
const NODES_MAX = 1_024
/** Silences that are nearer to each other than this come of one cause, which may be our own network. */
const SILENCES_APART_MS = MINUTE_MS
/** A lookup takes at most so many keys to leave out: the latest count. */
const AVOIDED_MAX = 64

/**
 * Which storage nodes failed us: lost a record that they gave a receipt for, or failed twice (silence while others
 * answered, answers that are not true). Deposits go to others for a day; what they hold is read all the same.
 */
export class NodeTrust {
  readonly #failures = new ExpiringMap<string, { readonly count: number; readonly at: Instant }>(
    DAY_MS,
    NODES_MAX,
    'storage: forget failures of nodes',
  )
  /** Until when, by hex of the DHT key; the oldest goes first when there are too many. */
  readonly #avoidedUntil = new Map<string, Instant>()

  noteSuccess(node: PublicKey): void {
    this.#failures.delete(node.hex)
  }

  noteFailure(node: PublicKey, now: Instant): void {
    const count = (this.#failures.get(node.hex, now)?.count ?? 0) + 1
    this.#failures.set(node.hex, { count, at: now }, now)
    if (count >= FAILURES_MAX) this.#avoid(node, now)
  }

  /** It was silent while another node answered: operations under way together see that many times, and it counts once. */
  noteSilence(node: PublicKey, now: Instant): void {
    const last = this.#failures.get(node.hex, now)
    if (!last || now - last.at >= SILENCES_APART_MS) this.noteFailure(node, now)
  }

  /** It denies a record for which it gave us a receipt. */
  noteLoss(node: PublicKey, now: Instant): void {
    this.#avoid(node, now)
  }

  isAvoided(node: PublicKey, now: Instant): boolean {
    return (this.#avoidedUntil.get(node.hex) ?? now) > now
  }

  /** Hex of the DHT keys, at most 64. */
  avoided(now: Instant): ReadonlySet<string> {
    for (const [hex, until] of this.#avoidedUntil) if (until <= now) this.#avoidedUntil.delete(hex)
    return new Set(this.#avoidedUntil.keys())
  }

  #avoid(node: PublicKey, now: Instant): void {
    this.#avoidedUntil.delete(node.hex)
    this.#avoidedUntil.set(node.hex, now + DAY_MS)
    for (const hex of this.#avoidedUntil.keys()) {
      if (this.#avoidedUntil.size <= AVOIDED_MAX) return
      this.#avoidedUntil.delete(hex)
    }
  }
}
