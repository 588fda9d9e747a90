import { equalBytes, toHex } from '../base/bytes.ts'
import type { Instant } from '../base/time.ts'
import type { FoundMember } from '../ring/ring-access.ts'
import type { ListedSlot } from '../wire/storage-packets.ts'
import type { TombstoneEntry } from '../wire/storage-record.ts'
import type { SlotView } from './storage-events.ts'

/** No honest node keeps more slots of a mailbox; a liar can name no more that nobody else named before. */
const NEW_SLOTS_PER_NODE_MAX = 1_024

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

/**
 * The union of what nodes list, with who said what. It believes nobody: it keeps different words side by side, of each node
 * one word a slot, so that nobody can talk another down. It is as large as the few nodes of a mailbox that are asked.
 */
export class SlotUnion {
  readonly #slots = new Map<number, Slot>()
  /** Slots that each node (by hex of its key) was the first to name. */
  readonly #namedFirst = new Map<string, number>()

  get hasClaims(): boolean {
    return [...this.#slots.values()].some(({ claims }) => claims.size > 0)
  }

  /** Adds a node's word. Returns whether anything was new. */
  add(listed: ListedSlot, from: FoundMember): boolean {
    const number = listed.kind === 'gone' ? listed.entry.slot : listed.slot
    const slot = this.#slots.get(number) ?? this.#newSlot(number, from)
    if (!slot) return false
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

  /** The state of each slot that stands if everybody said the truth: the highest revision, with its holders. */
  views(): SlotView[] {
    return this.slots().flatMap((number) => {
      const slot = this.#slots.get(number)
      return slot ? viewOf(number, slot, this.claimsOf(number)[0]) : []
    })
  }

  /**
   * The same where every tombstone was checked before it was added: a node that was silent while a record was deleted
   * may still have it, and is no holder of what is gone.
   */
  provedViews(): SlotView[] {
    return this.views().map((view) => {
      const isGone = view.tombstone !== undefined && equalBytes(view.tombstone.bodyHash, view.bodyHash)
      return isGone ? { ...view, holders: [] } : view
    })
  }

  #newSlot(number: number, { contact }: FoundMember): Slot | undefined {
    const namedCount = this.#namedFirst.get(contact.key.hex) ?? 0
    if (namedCount >= NEW_SLOTS_PER_NODE_MAX) return undefined
    this.#namedFirst.set(contact.key.hex, namedCount + 1)
    const slot: Slot = { claims: new Map(), tombstone: undefined }
    this.#slots.set(number, slot)
    return slot
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
  const isOf = ({ holders }: Claim) => holders.some(({ contact }) => contact.key.equals(from.contact.key))
  if ([...slot.claims.values()].some((other) => other !== known && isOf(other))) return false
  if (!known) {
    slot.claims.set(key, { slot: listed.slot, revision, bodyHash, notAfter, counter, holders: [from] })
    return true
  }
  if (counter > known.counter) {
    known.counter = counter
    known.notAfter = notAfter
  }
  if (isOf(known)) return false
  known.holders.push(from)
  return true
}
