import { type Instant, SECOND_MS } from '../base/time.ts'
import type { VerifyKey } from '../crypto/sign.ts'
import type { FoundMember, LookupId, Payload } from '../ring/ring-access.ts'
import { SIGNED_HEADER_BYTES } from '../wire/storage-record.ts'
import type { ClientContext } from './client-context.ts'

/** Only the first so many nodes of a place hold what belongs there. */
export const HOLDER_RANKS = 4
/** A ring that gave nothing is looked up once more, after a moment. */
const ATTEMPTS_MAX = 2
const RETRY_MS = SECOND_MS / 2
/** The longest answer to a PROOF_REQUEST: what stands in the slot, with its signed header. */
const QUOTE_ANSWER_BYTES = 1 + SIGNED_HEADER_BYTES

/** The nodes that may hold what belongs to a mailbox in one ring. */
export interface FoundRing {
  readonly ring: number
  /** The first of them, nearest first: 4 that count, and up to 2 that may take the place of one that fails. */
  readonly members: readonly FoundMember[]
  /** The owner has not pulled this range yet: the next one knows more. */
  readonly isCatchingUp: boolean
}

export interface RingFinderOptions {
  readonly context: ClientContext
  readonly mailbox: VerifyKey
  /** Goes along to whoever is thought to be the owner. */
  readonly payload?: Payload
  /** Leave out nodes that failed us: for deposits; what they may hold is read all the same. */
  readonly isChoosy: boolean
  readonly onRing: (found: FoundRing, now: Instant) => void
  /** All rings have ended, some of them perhaps with nothing. */
  readonly onDone: (now: Instant) => void
}

/** Finds the holders of one mailbox in all rings, in parallel. */
export class RingFinder {
  readonly #options: RingFinderOptions
  readonly #places: readonly number[]
  readonly #lookups = new Set<LookupId>()
  readonly #waiting: Set<number>
  readonly #failed = new Set<number>()
  #attempts = 0
  #retryAt: Instant | undefined

  constructor(options: RingFinderOptions) {
    this.#options = options
    this.#places = options.context.rings.mailboxPlaces(options.mailbox)
    this.#waiting = new Set(this.#places.keys())
  }

  /** Every ring was found or given up. */
  get isDone(): boolean {
    return this.#waiting.size === 0
  }

  start(now: Instant): void {
    const { context, payload, isChoosy } = this.#options
    this.#attempts += 1
    const options = {
      rings: [...this.#waiting],
      ...(payload ? { payload, answerBytes: QUOTE_ANSWER_BYTES } : {}),
      ...(isChoosy ? { avoid: context.trust.avoided(now) } : {}),
    }
    const lookupId = context.lookup(this.#places, options, now, (event, then) => {
      if (!this.#waiting.has(event.ring)) return
      if (event.kind === 'notFound') return this.#fail(event.ring, then)
      this.#waiting.delete(event.ring)
      this.#failed.delete(event.ring)
      const { ring, isCatchingUp } = event
      for (const { contact, token } of event.members) if (token) context.keepToken(contact, token, then)
      this.#options.onRing({ ring, members: event.members, isCatchingUp }, then)
      if (this.isDone) this.#options.onDone(then)
    })
    this.#lookups.add(lookupId)
  }

  stop(): void {
    for (const lookupId of this.#lookups) this.#options.context.forgetLookup(lookupId)
    this.#retryAt = undefined
  }

  nextTimeout(): Instant | undefined {
    return this.#retryAt
  }

  handleTimeout(now: Instant): void {
    if (this.#retryAt === undefined || now < this.#retryAt) return
    this.#retryAt = undefined
    this.#failed.clear()
    this.start(now)
  }

  #fail(ring: number, now: Instant): void {
    this.#failed.add(ring)
    if (this.#failed.size < this.#waiting.size) return
    if (this.#attempts < ATTEMPTS_MAX) {
      this.#retryAt = now + RETRY_MS
      return
    }
    this.#waiting.clear()
    this.#options.onDone(now)
  }
}
