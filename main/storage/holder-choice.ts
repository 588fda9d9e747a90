import type { FoundMember } from '../ring/ring-access.ts'
import { type FoundRing, HOLDER_RANKS } from './ring-finder.ts'

/** A node that is to hold a copy, and the ring whose role it fills. */
export interface Choice {
  readonly member: FoundMember
  readonly ring: number
}

/** Copies wanted at most: the first 2 nodes of each of 3 rings, or 3 for an important record. */
export function copiesWanted(copiesPerRing: 2 | 3, ringCount: number): number {
  return copiesPerRing * ringCount
}

/**
 * Who is to hold the copies of one record: the first 2 (or 3) nodes of each ring, on distinct nodes; a role that falls
 * on a node which has one already, or failed, goes to the next clockwise among the first 4 of its ring, and if there is
 * none to a node among the first 4 of another. Pure bookkeeping: the operation asks the nodes.
 */
export class HolderChoice {
  readonly #copiesPerRing: 2 | 3
  readonly #rings = new Map<number, FoundRing>()
  readonly #openRoles = new Map<number, number>()
  readonly #used = new Set<string>()

  constructor(copiesPerRing: 2 | 3) {
    this.#copiesPerRing = copiesPerRing
  }

  /** Distinct nodes among the first 4 of the rings found so far. */
  get eligibleCount(): number {
    return new Set(this.#members().map(({ contact }) => contact.key.hex)).size
  }

  /** t: what is wanted, as far as the rings that were found give it. */
  targetFor(ringCount: number): number {
    return Math.min(copiesWanted(this.#copiesPerRing, ringCount), this.eligibleCount)
  }

  addRing(found: FoundRing): void {
    this.#rings.set(found.ring, { ...found, members: found.members.slice(0, HOLDER_RANKS) })
    this.#openRoles.set(found.ring, this.#copiesPerRing)
  }

  /** The next node for an open role of this ring, or undefined if its first 4 are used up. */
  next(ring: number): Choice | undefined {
    const open = this.#openRoles.get(ring) ?? 0
    const member = open > 0 ? this.#free(ring) : undefined
    if (!member) return undefined
    this.#openRoles.set(ring, open - 1)
    return this.#use(member, ring)
  }

  /** A node for a role that its own ring could not fill: any that is left, nearest first. */
  nextAnywhere(): Choice | undefined {
    for (let rank = 0; ; rank += 1) {
      const row = [...this.#rings.values()].flatMap(({ ring, members }) => {
        const member = members[rank]
        return member ? [{ ring, member }] : []
      })
      if (row.length === 0) return undefined
      const choice = row.find(({ member }) => !this.#used.has(member.contact.key.hex))
      if (choice) return this.#use(choice.member, choice.ring)
    }
  }

  /** The role that this ring's node had is open again: it failed. */
  reopen(ring: number): void {
    this.#openRoles.set(ring, (this.#openRoles.get(ring) ?? 0) + 1)
  }

  #use(member: FoundMember, ring: number): Choice {
    this.#used.add(member.contact.key.hex)
    return { member, ring }
  }

  #free(ring: number): FoundMember | undefined {
    return this.#rings.get(ring)?.members.find(({ contact }) => !this.#used.has(contact.key.hex))
  }

  #members(): FoundMember[] {
    return [...this.#rings.values()].flatMap(({ members }) => members)
  }
}
