import type { Instant } from '../base/time.ts'
import type { PublicKey } from '../crypto/keys.ts'
import type { VerifyKey } from '../crypto/sign.ts'
import type { PlaceRange } from './circle.ts'
import type { Contact } from './contact.ts'

/** Names one lookup of ours, over all rings. */
export type LookupId = number

/** Names one storage request that came with somebody's lookup and waits for its answer. */
export type PayloadId = number

/** A storage request or answer of which the rings know nothing but its storage kind (0x40-0x7f) and its bytes. */
export interface Payload {
  readonly kind: number
  readonly body: Uint8Array
}

/** One of the first storage nodes clockwise from a place. */
export interface FoundMember {
  /** For ourselves (`isSelf`) the address is 0.0.0.0:0 or what others call us by: do not write to it. */
  readonly contact: Contact
  readonly place: number
  readonly isSelf: boolean
  /** Whether this node itself answered this lookup; the others are only named by the owner. */
  readonly hasAnswered: boolean
  /** What `tokenFor` of that node made for us; only if it answered. */
  readonly token?: Uint8Array
  /** Its answer to the payload; only if it got it (it is among the first 4) and gave one. */
  readonly payloadAnswer?: Payload
}

export interface LookupOptions {
  /** Goes along with the request to whoever is thought to be the owner, so that no round trip is lost. ≤ 900 bytes. */
  readonly payload?: Payload
  /** How long its answer may be, at most about 900 bytes: the request is padded to leave room. Default 0: what is left over. */
  readonly answerBytes?: number
  /** Nodes not to be asked and not to be counted (hex of their DHT keys): they failed this caller before. At most 64. */
  readonly avoid?: ReadonlySet<string>
  /** Rings to ask; all of them by default. `places` keeps one entry per ring all the same. */
  readonly rings?: readonly number[]
}

export type RoleReason =
  /** Storage node: the rings were joined. */
  | 'joined'
  /** Client: `setMember(false)`. */
  | 'notWanted'
  /** Client for now: looking for the rings, or being tested. */
  | 'joining'
  /** Client: strangers do not reach this node (NAT or firewall). Tested again every 15 minutes. */
  | 'unreachable'
  /** Client for now: the machine slept or its clock jumped by over 5 minutes; it joins anew. */
  | 'suspended'

export type RingsEvent =
  /**
   * A ring's part of a lookup ended at the owner, which answered itself (or is ourselves).
   * members: up to 6, the owner first, then clockwise; at most 2 of an IP prefix except on loopback and private networks.
   * isCatchingUp: the owner has not yet pulled this range from its successor: ask `members[1]` for what is stored.
   */
  | {
      readonly kind: 'found'
      readonly lookupId: LookupId
      readonly ring: number
      readonly place: number
      readonly members: readonly FoundMember[]
      readonly isCatchingUp: boolean
      /** Requests one after another until the owner's answer; 0 if the owner is ourselves. */
      readonly hopCount: number
      readonly requestCount: number
    }
  /** Nobody who owns the place answered: no storage node is known, or all that were asked stayed silent. */
  | { readonly kind: 'notFound'; readonly lookupId: LookupId; readonly ring: number; readonly place: number }
  /**
   * Somebody's lookup brought a storage request for a place of which we are among the first 4. Answer at once with
   * `answerPayload`: the lookup's answer waits for it.
   * roomBytes: how long the answer's body may be (0: only `undefined`).
   */
  | {
      readonly kind: 'payload'
      readonly payloadId: PayloadId
      readonly from: Contact
      readonly ring: number
      readonly place: number
      readonly payload: Payload
      readonly roomBytes: number
    }
  /**
   * The range that we own changed. Gained ranges count as "catching up" in our answers until `rangePulled` was called.
   * cause: what happened to the neighbour before us: it joined or came into sight (we lose), left or fell silent (we gain).
   */
  | {
      readonly kind: 'rangeChanged'
      readonly ring: number
      readonly gained: readonly PlaceRange[]
      readonly lost: readonly PlaceRange[]
      readonly cause: 'joined' | 'left' | 'failed' | 'ownRole'
    }
  /** The replica neighbourhood (successors, predecessors) of this ring changed in any way: ranks may have. */
  | { readonly kind: 'neighboursChanged'; readonly ring: number }
  /** A neighbour (successor or predecessor in some ring) said goodbye or fell silent. */
  | { readonly kind: 'memberGone'; readonly contact: Contact; readonly wasClean: boolean }
  /** Whether we are a storage node now, and why. */
  | { readonly kind: 'roleChanged'; readonly isStorage: boolean; readonly why: RoleReason }

/** What storage needs of the rings. `Rings` is the one implementation. */
export interface RingAccess {
  readonly ringCount: number
  readonly selfKey: PublicKey
  /** True between the events roleChanged true and false: we hold records and appear in answers. */
  readonly isStorage: boolean
  /** One place per ring, a whole number below 2^48. */
  mailboxPlaces(mailboxKey: VerifyKey): readonly number[]
  nodePlaces(key: PublicKey): readonly number[]
  /**
   * Finds the storage nodes of one place per ring, all rings in parallel. Each ring gives exactly one event, `found` or
   * `notFound`, unless the lookup is cancelled. Events come no earlier than the next `pollEvent`.
   */
  lookup(places: readonly number[], now: Instant, options?: LookupOptions): LookupId
  cancelLookup(lookupId: LookupId): void
  /** Answers the event `payload`; undefined: nothing to say to it. */
  answerPayload(payloadId: PayloadId, answer: Payload | undefined, now: Instant): void
  /** Whether we are the owner of the place, as far as we know. Always false for a client. */
  owns(ring: number, place: number): boolean
  /**
   * How many storage nodes of the replica set come before us at this place: 0 = we are its owner. Undefined if we are a
   * client, if the place is out of our sight, or if we are not among the first `REPLICA_RANK_MAX` (8).
   */
  rank(ring: number, place: number): number | undefined
  /** The first `count` (≤ 8) storage nodes at a place, ourselves included where we are one; undefined if out of our sight. */
  replicaSet(ring: number, place: number, count: number): readonly FoundMember[] | undefined
  /** The range we own: from our predecessor's place to ours; undefined for a client. */
  ownerRange(ring: number): PlaceRange | undefined
  /** The range of which we are one of the first `count` (≤ 4) nodes, prefixes aside; as wide as we can see. */
  replicaRange(ring: number, count: number): PlaceRange | undefined
  /** Successors, nearest first (at most 16), all of which answered us. */
  successors(ring: number): readonly Contact[]
  /** Predecessors, nearest first (at most 4: whether we are among the first 4 of a place depends on them). */
  predecessors(ring: number): readonly Contact[]
  /** Storage has pulled what its successor held of a gained range: from now on we answer for it without reserve. */
  rangePulled(ring: number, range: PlaceRange, now: Instant): void
  /** Storage heard nothing from a contact that should answer: the rings check it now instead of at the next round. */
  reportSilent(contact: Contact, now: Instant): void
  /** Distinct storage nodes known over all rings (ourselves not counted). */
  readonly knownMemberCount: number
}

export const REPLICA_RANK_MAX = 8
