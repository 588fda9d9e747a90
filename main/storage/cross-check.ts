import { equalBytes } from '../base/bytes.ts'
import { randomBytes } from '../base/random.ts'
import type { Instant } from '../base/time.ts'
import type { PublicKey } from '../crypto/keys.ts'
import type { Contact } from '../ring/contact.ts'
import type { FoundMember } from '../ring/ring-access.ts'
import { encode } from '../wire/codec.ts'
import {
  type AskedSlot,
  CHECK_NONCE_BYTES,
  SLOT_STANDING,
  slotsCheck,
  slotsProof,
  UPKEEP_KIND,
  PROOF_DIGEST_BYTES,
} from '../wire/upkeep-packets.ts'
import { contentDigest, type SlotContent } from './range-digest.ts'
import { LIVE_RANKS } from './replica-view.ts'
import { tryDecode } from './try-decode.ts'
import type { UpkeepParts } from './upkeep-parts.ts'

/** So many other rings must know a record. */
const RINGS_ASKED = 2

/** A slot that somebody brings, with its place in each ring. */
export interface Questioned extends Omit<AskedSlot, 'place'> {
  readonly places: readonly number[]
}

/** What a holder in another ring said, to be compared with the content once it is here. */
interface Proof {
  readonly nonce: Uint8Array
  readonly holder: PublicKey
  readonly digest: Uint8Array
}

/**
 * `failed`: whoever was asked has nothing. `disputed`: one ring has it, another not; a ring may have lost what is good.
 * `unknown`: nobody could be asked; no reason to blame anyone.
 */
export type CrossVerdict =
  | { readonly kind: 'held'; readonly proofs: readonly Proof[] }
  | { readonly kind: 'failed' }
  | { readonly kind: 'disputed'; readonly proofs: readonly Proof[] }
  | { readonly kind: 'unknown' }

type RingVerdict = Proof | 'nobodyElse' | 'failed' | 'unknown'

/**
 * Asks a holder in each of two other rings, found by our own lookup and of another prefix than who brings the record,
 * whether it has it too: what nobody else holds is somebody's own making.
 */
export class CrossCheck {
  readonly #parts: UpkeepParts

  constructor(parts: UpkeepParts) {
    this.#parts = parts
  }

  run(
    slot: Questioned,
    ring: number,
    source: Contact,
    now: Instant,
    then: (verdict: CrossVerdict, now: Instant) => void,
  ) {
    const others = slot.places.map((_, index) => index).filter((index) => index !== ring)
    const asked = others.slice(0, RINGS_ASKED)
    const verdicts: RingVerdict[] = []
    const collect = (verdict: RingVerdict, at: Instant): void => {
      verdicts.push(verdict)
      if (verdicts.length === asked.length) then(summary(verdicts), at)
    }
    if (asked.length === 0) return then({ kind: 'held', proofs: [] }, now)
    for (const other of asked) this.#askRing(slot, other, source, now, collect)
  }

  #askRing(
    slot: Questioned,
    ring: number,
    source: Contact,
    now: Instant,
    then: (verdict: RingVerdict, now: Instant) => void,
  ): void {
    const { asks, counters } = this.#parts
    counters.add('upkeep: cross-checks')
    asks.find(ring, slot.places[ring] ?? 0, now, (members, at) => {
      const others = (members ?? []).filter(({ isSelf, contact }) => !isSelf && !contact.key.equals(source.key))
      if (members && others.length === 0) return then('nobodyElse', at)
      const askable = others.filter(({ contact }) => isApart(contact, source)).slice(0, LIVE_RANKS)
      this.#askNext(slot, ring, askable, 'unknown', at, then)
    })
  }

  #askNext(
    slot: Questioned,
    ring: number,
    [first, ...rest]: readonly FoundMember[],
    soFar: 'failed' | 'unknown',
    now: Instant,
    then: (verdict: RingVerdict, now: Instant) => void,
  ): void {
    if (!first) return then(soFar, now)
    const { asks, random } = this.#parts
    const nonce = randomBytes(random, CHECK_NONCE_BYTES)
    const { tag, idStart, kind, counter, places } = slot
    const question = { ring, nonce, slots: [{ place: places[ring] ?? 0, tag, idStart, kind, counter }] }
    asks.ask(first.contact, UPKEEP_KIND.slotsCheck, encode(slotsCheck, question), now, (reply, at) => {
      const proof = reply?.kind === UPKEEP_KIND.slotsProof ? tryDecode(slotsProof, reply.body)?.slots[0] : undefined
      if (proof && proof.standing !== SLOT_STANDING.notHeld && proof.standing !== SLOT_STANDING.differs) {
        return then({ nonce, holder: first.contact.key, digest: proof.digest.slice() }, at)
      }
      this.#askNext(slot, ring, rest, proof?.standing === SLOT_STANDING.notHeld ? 'failed' : soFar, at, then)
    })
  }
}

/** Whether what came is what the holders in the other rings have. */
export function areProofsOf(proofs: readonly Proof[], content: SlotContent, self: PublicKey): boolean {
  return proofs.every(({ nonce, holder, digest }) => {
    const expected = contentDigest({ nonce, asker: self, holder }, content)
    return equalBytes(expected.subarray(0, PROOF_DIGEST_BYTES), digest)
  })
}

function isApart(contact: Contact, source: Contact): boolean {
  return contact.address.isLan || contact.address.prefix !== source.address.prefix
}

function summary(verdicts: readonly RingVerdict[]): CrossVerdict {
  const proofs = verdicts.filter((verdict) => typeof verdict === 'object')
  if (verdicts.includes('failed')) return proofs.length > 0 ? { kind: 'disputed', proofs } : { kind: 'failed' }
  if (verdicts.includes('unknown')) return { kind: 'unknown' }
  return { kind: 'held', proofs }
}
