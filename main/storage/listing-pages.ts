import type { Instant } from '../base/time.ts'
import type { FoundMember } from '../ring/ring-access.ts'
import { encode } from '../wire/codec.ts'
import { fetchCommand, KNOWN_SLOTS_MAX, listing, type Listing, STORAGE_KIND } from '../wire/storage-packets.ts'
import type { OwnerRequests } from './owner-requests.ts'
import type { KnownSlot } from './record-collector.ts'
import { tryDecode } from './try-decode.ts'

/** More pages than this no honest node has (1,024 records, and the tombstones of earlier ones). */
const PAGES_MAX = 128

export interface PageRequest {
  readonly fromSlot: number
  /** Nothing is asked beyond this slot. */
  readonly toSlot: number
  /** The first page brings the first record that is not known. */
  readonly wantsBody: boolean
  readonly known: () => readonly KnownSlot[]
}

/** Reads one node's whole listing, page after page. `onEnd`: whether it was read to its end. */
export function readListing(
  requests: OwnerRequests,
  member: FoundMember,
  request: PageRequest,
  now: Instant,
  handlers: {
    readonly onPage: (page: Listing, now: Instant) => void
    readonly onEnd: (isWhole: boolean, now: Instant) => void
  },
): void {
  ask(request.fromSlot, 1, now)

  function ask(fromSlot: number, page: number, at: Instant): void {
    const known = request
      .known()
      .filter(({ slot }) => slot >= fromSlot)
      .slice(0, KNOWN_SLOTS_MAX)
    const command = encode(fetchCommand, { fromSlot, wantsBody: request.wantsBody && page === 1, known })
    requests.ask(member, STORAGE_KIND.fetch, command, at, (answer, then) => {
      const value = answer?.kind === STORAGE_KIND.listing ? tryDecode(listing, answer.body) : undefined
      if (!value) return handlers.onEnd(false, then)
      const last = lastSlotOf(value)
      handlers.onPage(value, then)
      if (value.isLast || (last !== undefined && last >= request.toSlot)) return handlers.onEnd(true, then)
      // Each page must go further than the one before it, or a node could keep us for ever.
      if (last === undefined || last < fromSlot || page === PAGES_MAX) return handlers.onEnd(false, then)
      ask(last + 1, page + 1, then)
    })
  }
}

function lastSlotOf({ slots }: Listing): number | undefined {
  const last = slots.at(-1)
  return last?.kind === 'gone' ? last.entry.slot : last?.slot
}
