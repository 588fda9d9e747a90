import { compareBytes, concat } from '../base/bytes.ts'
import { LruMap } from '../base/lru-map.ts'
import { blake2b } from '../crypto/hash.ts'
import type { PublicKey } from '../crypto/keys.ts'
import { clockwise } from '../ring/circle.ts'
import type { FoundMember, RingAccess } from '../ring/ring-access.ts'
import type { VaultEntry } from './vault.ts'

/** Copies count at the first 4 nodes of a place; these compare with each other and are asked. */
export const LIVE_RANKS = 4
/** With so few other nodes every node is wanted for six copies. */
export const SMALL_NETWORK = 6
const IN_SIGHT = 8

const STAND_INS_MAX = 8_192

type Placed = Pick<VaultEntry, 'places' | 'copiesPerRing'>
type Slot = Pick<VaultEntry, 'mailbox' | 'slot'>

/** Where this node stands among the nodes of a place, as far as its rings can see. */
export class ReplicaView {
  readonly #rings: RingAccess
  /** Rings in which a role fell to us, since one of the first holds the record for another ring already. */
  readonly #standsIn = new LruMap<string, ReadonlySet<number>>(STAND_INS_MAX)

  constructor(rings: RingAccess) {
    this.#rings = rings
  }

  get ringCount(): number {
    return this.#rings.ringCount
  }

  get selfKey(): PublicKey {
    return this.#rings.selfKey
  }

  /** 0: owner. Undefined: out of sight or far behind. */
  rank(entry: Placed, ring: number): number | undefined {
    return this.#rings.rank(ring, entry.places[ring] ?? 0)
  }

  /** Among the first `copiesPerRing` of this ring: the copy belongs here. */
  isNeededIn(entry: Placed, ring: number): boolean {
    return (this.rank(entry, ring) ?? IN_SIGHT) < entry.copiesPerRing
  }

  isNeeded(entry: Placed): boolean {
    return this.#ringList().some((ring) => this.isNeededIn(entry, ring))
  }

  /** The copy here counts for a ring of lower number: in this one the next node clockwise takes the role. */
  isSharedIn(entry: Placed & Slot, ring: number): boolean {
    const standsIn = this.#standsIn.get(slotName(entry))
    return this.#ringList().some(
      (other) => other < ring && (this.isNeededIn(entry, other) || standsIn?.has(other) === true),
    )
  }

  /** The copy here is, or is no longer, one of those that a ring counts though this node is not one of its first. */
  setStandIn(entry: Slot, ring: number, isStandIn: boolean): void {
    const name = slotName(entry)
    const known = this.#standsIn.get(name)
    if (isStandIn === (known?.has(ring) === true)) return
    const rings = new Set(known)
    if (isStandIn) rings.add(ring)
    else rings.delete(ring)
    if (rings.size > 0) this.#standsIn.set(name, rings)
    else this.#standsIn.delete(name)
  }

  /** The first 4 nodes at a place without this one, nearest first; empty if out of sight. */
  others(ring: number, place: number): readonly FoundMember[] {
    const members = this.#rings.replicaSet(ring, place, LIVE_RANKS) ?? []
    return members.filter(({ isSelf }) => !isSelf)
  }

  /** How many known nodes come before `key` at a place, itself known or not: 0, it is the owner. */
  rankOf(key: PublicKey, ring: number, place: number): number | undefined {
    const members = this.#rings.replicaSet(ring, place, IN_SIGHT)
    const own = this.#rings.nodePlaces(key)[ring]
    if (!members || own === undefined) return undefined
    const steps = clockwise(place, own)
    return members.filter((member) => !member.contact.key.equals(key) && clockwise(place, member.place) < steps).length
  }

  #ringList(): number[] {
    return Array.from({ length: this.#rings.ringCount }, (_, ring) => ring)
  }
}

function slotName({ mailbox, slot }: Slot): string {
  return `${mailbox.hex} ${slot}`
}

/**
 * Which of the live holders of a record repairs, when several see that a copy is missing: 0 does, 1 only if nothing
 * happened for a while, and so on.
 */
export function repairTurn(recordId: Uint8Array, self: PublicKey, holders: readonly PublicKey[]): number {
  const own = turnHash(recordId, self)
  return holders.filter((holder) => !holder.equals(self) && compareBytes(turnHash(recordId, holder), own) < 0).length
}

function turnHash(recordId: Uint8Array, key: PublicKey): Uint8Array {
  return blake2b(concat(recordId, key.bytes))
}
