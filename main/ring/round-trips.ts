import { LruMap } from '../base/lru-map.ts'
import type { Instant } from '../base/time.ts'
import { type Contact, contactId } from './contact.ts'

/** Contacts whose round trips are remembered; beyond it those not used for longest are forgotten. */
const CONTACTS_MAX = 4_096
/** What is known before the first answer ever (RFC 6298 says one second). */
const FIRST_TIMEOUT_MS = 800
const TIMEOUT_MS_MIN = 150
const TIMEOUT_MS_MAX = 4_000
/** Slack for the peer's own work where the path itself hardly varies. */
const VARIATION_MS_MIN = 12.5
const BACKOFF_MAX = 2
/** How long a contact that stayed silent is passed over. */
const DOUBTFUL_FOR_MS = 30_000
const HEDGE_MS_MIN = 60
const FIRST_HEDGE_MS = 300
/** How many of the latest round trips, of whatever contact, tell what an unknown one may take. */
const RECENT_COUNT = 64
/** RFC 6298 section 2: gains of the smoothed round trip and of its variation. */
const SMOOTHING = 1 / 8
const VARIATION_SMOOTHING = 1 / 4
/** Mean deviations above the mean under which nine in ten round trips lie (normal distribution: 1.28 × 1.25). */
const DEVIATIONS_OF_P90 = 1.6

interface Measured {
  smoothedMs: number
  variationMs: number
  /** Doubled by a time-out until the next clean measurement (RFC 6298 section 5.5, once: peers end, paths rarely clog). */
  backoff: number
  answeredAt?: Instant
  /** When a request was given up, if nothing was answered since. */
  failedAt?: Instant
}

/** How long contacts take to answer: time-outs after RFC 6298, by contact, and by all of them for a contact never asked. */
export class RoundTrips {
  readonly #byContact = new LruMap<string, Measured>(CONTACTS_MAX)
  readonly #recent: number[] = []
  #recentAt = 0
  #recentP90: number | undefined
  #lastFailedAt = Number.NEGATIVE_INFINITY

  /** Smoothed round trip of this contact, if one was measured. */
  rttMs(contact: Contact): number | undefined {
    const known = this.#byContact.get(contactId(contact))
    return known && known.smoothedMs > 0 ? known.smoothedMs : undefined
  }

  answeredAt(contact: Contact): Instant | undefined {
    return this.#byContact.get(contactId(contact))?.answeredAt
  }

  /** An answer came. `rttMs` is undefined if the request was repeated: then nobody knows which copy was answered (Karn). */
  recordAnswer(contact: Contact, rttMs: number | undefined, now: Instant): void {
    const id = contactId(contact)
    const known = this.#byContact.get(id)
    if (rttMs === undefined) {
      const { smoothedMs, variationMs, backoff } = known ?? { smoothedMs: 0, variationMs: 0, backoff: 1 }
      this.#byContact.set(id, { smoothedMs, variationMs, backoff, answeredAt: now })
      return
    }
    const measuredMs = Math.max(rttMs, 0.01)
    this.#byContact.set(id, { ...smoothed(known, measuredMs), backoff: 1, answeredAt: now })
    this.#recent[this.#recentAt] = measuredMs
    this.#recentAt = (this.#recentAt + 1) % RECENT_COUNT
    this.#recentP90 = undefined
  }

  /** A copy of a request went unanswered for as long as it should take. */
  recordTimeout(contact: Contact): void {
    const known = this.#byContact.get(contactId(contact))
    if (known) known.backoff = BACKOFF_MAX
  }

  /** A request was given up. */
  recordSilence(contact: Contact, now: Instant): void {
    const known = this.#byContact.get(contactId(contact)) ?? { smoothedMs: 0, variationMs: 0, backoff: 1 }
    this.#byContact.set(contactId(contact), { ...known, failedAt: now })
    this.#lastFailedAt = now
  }

  /** Whether the contact stayed silent lately and has not answered since. */
  isDoubtful(contact: Contact, now: Instant): boolean {
    // Lookups ask this of everybody they know, and mostly nobody was silent.
    if (now - this.#lastFailedAt >= DOUBTFUL_FOR_MS) return false
    const known = this.#byContact.get(contactId(contact))
    return known?.failedAt !== undefined && now - known.failedAt < DOUBTFUL_FOR_MS
  }

  /** How long to wait for the first copy of a request before it is repeated. */
  timeoutMs(contact: Contact): number {
    const known = this.#byContact.get(contactId(contact))
    const plain =
      known && known.smoothedMs > 0
        ? known.smoothedMs + 4 * Math.max(known.variationMs, VARIATION_MS_MIN)
        : this.#timeoutOfUnknownMs()
    return Math.min(TIMEOUT_MS_MAX, Math.max(TIMEOUT_MS_MIN, plain) * (known?.backoff ?? 1))
  }

  /** After how long nine in ten answers are there: the moment to ask somebody else too. */
  hedgeAfterMs(contact: Contact): number {
    const known = this.#byContact.get(contactId(contact))
    const own = known && known.smoothedMs > 0 ? known.smoothedMs + DEVIATIONS_OF_P90 * known.variationMs : undefined
    return Math.max(HEDGE_MS_MIN, own ?? this.#p90() ?? FIRST_HEDGE_MS)
  }

  #timeoutOfUnknownMs(): number {
    const p90 = this.#p90()
    return p90 === undefined ? FIRST_TIMEOUT_MS : Math.min(FIRST_TIMEOUT_MS, 1.5 * p90 + 4 * VARIATION_MS_MIN)
  }

  #p90(): number | undefined {
    if (this.#recent.length === 0) return undefined
    this.#recentP90 ??= [...this.#recent].sort((a, b) => a - b)[Math.floor(0.9 * (this.#recent.length - 1))]
    return this.#recentP90
  }
}

function smoothed(known: Measured | undefined, rttMs: number): { smoothedMs: number; variationMs: number } {
  if (!known || known.smoothedMs === 0) return { smoothedMs: rttMs, variationMs: rttMs / 2 }
  const deviation = Math.abs(known.smoothedMs - rttMs)
  return {
    variationMs: (1 - VARIATION_SMOOTHING) * known.variationMs + VARIATION_SMOOTHING * deviation,
    smoothedMs: (1 - SMOOTHING) * known.smoothedMs + SMOOTHING * rttMs,
  }
}
