import { toHex } from '../base/bytes.ts'
import type { Instant } from '../base/time.ts'
import type { FoundMember } from '../ring/ring-access.ts'
import type { ListedSlot } from '../wire/storage-packets.ts'
import type { TombstoneEntry } from '../wire/storage-record.ts'
import type { SlotView } from './storage-events.ts'

/** No honest mailbox has more slots at a node. */
const SLOTS_MAX = 4_096
/** States of one slot that are told apart; honest nodes differ in two or three. */
const CLAIMS_PER_SLOT_MAX = 8

/** What some nodes say that they hold: true only once a record proved it. */
export interface Claim {
  readonly slot: number
  readonly revision: number
  readonly bodyHash: Uint8Array
  readonly holders: FoundMember[]
  notAfter: Instant
  counter: number
}

interface Slot {
  /** By revision and body hash. */
  readonly claims: Map<string, Claim>
  tombstone: { readonly revision: number; readonly entry: TombstoneEntry } | undefined
}

/** The union of what nodes list, with who said what. It believes nobody: it keeps different words side by side. */
export class SlotUnion {
  readonly #slots = new Map<number, Slot>()

  get hasClaims(): boolean {
    return [...this.#slots.values()].some(({ claims }) => claims.size > 0)
  }

  /** Adds a node's word. Returns whether anything was new. */
  add(listed: ListedSlot, from: FoundMember): boolean {
    const number = listed.kind === 'gone' ? listed.entry.slot : listed.slot
    const slot = this.#slots.get(number) ?? { claims: new Map<string, Claim>(), tombstone: undefined }
    if (!this.#slots.has(number)) {
      if (this.#slots.size >= SLOTS_MAX) return false
      this.#slots.set(number, slot)
    }
    if (listed.kind === 'gone') return bury(slot, listed)
    return claim(slot, listed, from)
  }

  /** What is said to be held in a slot: the highest revision first, then what most nodes say. */
  claimsOf(number: number): Claim[] {
    const claims = [...(this.#slots.get(number)?.claims.values() ?? [])]
    return claims.sort((left, right) => right.revision - left.revision || right.holders.length - left.holders.length)
  }

  slots(): number[] {
    return [...this.#slots.keys()].sort((left, right) => left - right)
  }

  tombstoneOf(number: number): TombstoneEntry | undefined {
    return this.#slots.get(number)?.tombstone?.entry
  }

  /** The state of each slot that stands if everybody said the truth: the highest revision, with its holders. */
  views(): SlotView[] {
    return this.slots().flatMap((number) => {
      const slot = this.#slots.get(number)
      return slot ? viewOf(number, slot, this.claimsOf(number)[0]) : []
    })
  }
}

function viewOf(slot: number, { tombstone }: Slot, best: Claim | undefined): SlotView[] {
  if (best) {
    const { revision, bodyHash, notAfter, counter, holders } = best
    const nodes = holders.map(({ contact }) => contact.key)
    return [{ slot, revision, bodyHash, tombstone: tombstone?.entry, notAfter, renewCounter: counter, holders: nodes }]
  }
  if (!tombstone) return []
  const { revision, entry } = tombstone
  return [{ slot, revision, bodyHash: entry.bodyHash, tombstone: entry, notAfter: 0, renewCounter: 0, holders: [] }]
}

function bury(slot: Slot, { revision, entry }: Extract<ListedSlot, { kind: 'gone' }>): boolean {
  const known = slot.tombstone
  // `collected` (1) beats `cancelled` (2), a higher revision a lower one.
  if (known && (known.revision > revision || (known.revision === revision && known.entry.kind <= entry.kind)))
    return false
  slot.tombstone = { revision, entry }
  return true
}

function claim(slot: Slot, listed: Extract<ListedSlot, { kind: 'held' }>, from: FoundMember): boolean {
  const { revision, bodyHash, notAfter, counter } = listed
  const key = `${revision} ${toHex(bodyHash)}`
  const known = slot.claims.get(key)
  if (!known) {
    if (slot.claims.size >= CLAIMS_PER_SLOT_MAX) return false
    slot.claims.set(key, { slot: listed.slot, revision, bodyHash, notAfter, counter, holders: [from] })
    return true
  }
  if (counter > known.counter) {
    known.counter = counter
    known.notAfter = notAfter
  }
  if (known.holders.some(({ contact }) => contact.key.equals(from.contact.key))) return false
  known.holders.push(from)
  return true
}
