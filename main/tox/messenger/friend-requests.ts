import { equalInConstantTime } from '../../base/bytes.ts'
import type { PublicKey } from '../../crypto/keys.ts'
import { NOSPAM_BYTES } from './tox-id.ts'

/** As in c-toxcore: so many requesters are remembered, and a repeated request is shown once. */
const REQUESTERS_MAX = 32

/** A request that waits for the person's answer. */
export interface PendingRequest {
  readonly sender: PublicKey
  readonly message: Uint8Array
}

interface Requester extends PendingRequest {
  isPending: boolean
}

/**
 * Lets through requests that know our nospam, once each. The last 32 requesters are remembered; the oldest goes first,
 * answered or not (its owner repeats the request).
 */
export class FriendRequests {
  readonly #requesters = new Map<string, Requester>()

  /** Returns the request if it is new and knows the nospam. */
  receive(request: PendingRequest, nospam: Uint8Array, ownNospam: Uint8Array): PendingRequest | undefined {
    if (nospam.length !== NOSPAM_BYTES || request.message.length === 0) return undefined
    if (this.#requesters.has(request.sender.hex)) return undefined
    if (!equalInConstantTime(nospam, ownNospam)) return undefined
    this.#makeRoom()
    const requester = { sender: request.sender, message: request.message.slice(), isPending: true }
    this.#requesters.set(request.sender.hex, requester)
    return requester
  }

  /** Marks the request as answered: further copies of it stay unseen. */
  settle(sender: PublicKey): void {
    const requester = this.#requesters.get(sender.hex)
    if (requester) requester.isPending = false
  }

  /** Forgets the requester, so that a new request of theirs is shown: after they were removed as a friend. */
  forget(sender: PublicKey): void {
    this.#requesters.delete(sender.hex)
  }

  pending(): readonly PendingRequest[] {
    return [...this.#requesters.values()].filter(({ isPending }) => isPending)
  }

  #makeRoom(): void {
    if (this.#requesters.size < REQUESTERS_MAX) return
    for (const oldest of this.#requesters.keys()) {
      this.#requesters.delete(oldest)
      return
    }
  }
}
