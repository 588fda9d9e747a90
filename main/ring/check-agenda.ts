import { Agenda } from '../base/agenda.ts'
import type { Instant } from '../base/time.ts'
import type { Peer } from './peer.ts'

/** So many entries are never too many. */
const ENTRIES_MIN = 256
/** It is cleared when it holds so many times what it held after the last time. */
const GROWTH_MAX = 4

/**
 * Which peer is to be checked next. Checks are put off much more often than they are made, so a peer stays where it is
 * queued and finds its true time (`nextCheckAt`, which may be moved back by hand) only when it comes to the front.
 * Of what was left behind when peers were moved to the front, there is never more than four times what is needed.
 */
export class CheckAgenda {
  readonly #agenda = new Agenda<Peer>()
  readonly #isKnown: (peer: Peer) => boolean
  #entriesMax = ENTRIES_MIN

  /** `isKnown`: whether the peer is in a table still. */
  constructor(isKnown: (peer: Peer) => boolean) {
    this.#isKnown = isKnown
  }

  /** Peers that are queued, and what they left behind. */
  get entryCount(): number {
    return this.#agenda.count
  }

  /** The peer is to be checked then, whatever was said before. */
  schedule(peer: Peer, at: Instant): void {
    peer.nextCheckAt = at
    if (at < peer.queuedAt) this.#queue(peer)
  }

  /** When the first check is due; infinity: none. Peers that are in no table any more count until they are taken. */
  get nextAt(): Instant {
    for (;;) {
      const { nextAt, next } = this.#agenda
      if (nextAt === undefined || !next) return Number.POSITIVE_INFINITY
      // A peer that was moved to the front has left an entry behind.
      const isMeant = nextAt === next.queuedAt
      if (isMeant && next.nextCheckAt <= nextAt) return nextAt
      this.#agenda.take()
      if (isMeant) this.#queue(next)
    }
  }

  /** Takes out those whose checks are due until then. Whoever is to be checked later has to be scheduled again. */
  take(until: Instant): Peer[] {
    const taken: Peer[] = []
    while (this.nextAt <= until) {
      const peer = this.#agenda.take()?.item
      if (!peer) break
      peer.queuedAt = Number.POSITIVE_INFINITY
      taken.push(peer)
    }
    return taken
  }

  #queue(peer: Peer): void {
    if (this.#agenda.count >= this.#entriesMax) this.#clear()
    peer.queuedAt = peer.nextCheckAt
    this.#agenda.add(peer.queuedAt, peer)
  }

  #clear(): void {
    this.#agenda.retain((at, peer) => {
      const isKnown = this.#isKnown(peer)
      if (!isKnown) peer.queuedAt = Number.POSITIVE_INFINITY
      return isKnown && at === peer.queuedAt
    })
    this.#entriesMax = Math.max(ENTRIES_MIN, GROWTH_MAX * this.#agenda.count)
  }
}
