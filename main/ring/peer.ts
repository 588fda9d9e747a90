import { type Instant, SECOND_MS } from '../base/time.ts'
import { TokenBucket } from '../base/token-bucket.ts'
import type { Contact } from './contact.ts'

/** More than the lists of two nodes that meet need to become whole. */
const PROMPT_QUESTIONS_MAX = 16

/** A storage node that answered us from its address, as all rings share it. */
export class Peer {
  /** Replaced when the node answers from another address. */
  contact: Contact
  /** Its place in each ring. */
  readonly places: readonly number[]
  readonly knownSince: Instant
  heardAt: Instant
  nextCheckAt: Instant
  /** When the stabiliser looks whether it is time for that. */
  queuedAt = Number.POSITIVE_INFINITY
  /** When it was last asked for its state in all rings. */
  stateAskedAt = Number.NEGATIVE_INFINITY
  /** Checks in a row that it left unanswered. */
  failures = 0
  isBeingChecked = false
  /** Its state was taken in only in part, since some of whom it names are being asked whether they live. */
  isUnresolved = false
  /** How often it may be asked again at once for what its last answer did not say: nobody has us go on and on. */
  readonly promptQuestions = new TokenBucket(PROMPT_QUESTIONS_MAX, SECOND_MS)
  /** When we last answered it: for some minutes it knows that we listen here, and may send us long answers. */
  answeredByUsAt = Number.NEGATIVE_INFINITY
  /** Digest of its state in each ring as we took it in; undefined: never, or not completely. */
  readonly knownDigests: (Uint8Array | undefined)[]

  constructor(contact: Contact, places: readonly number[], now: Instant) {
    this.contact = contact
    this.places = places
    this.knownSince = now
    this.heardAt = now
    this.nextCheckAt = now
    this.knownDigests = places.map(() => undefined)
  }

  get key() {
    return this.contact.key
  }

  placeIn(ring: number): number {
    return this.places[ring] ?? 0
  }
}
