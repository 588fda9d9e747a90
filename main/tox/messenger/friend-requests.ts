import { equalInConstantTime } from '../../base/bytes.ts'
import type { PublicKey } from '../../crypto/keys.ts'
import { NOSPAM_BYTES } from './tox-id.ts'

/** As in c-toxcore: so many requesters are remembered, and a repeated request is shown once. */
const REQUESTERS_MAX = 32

/** A request that the person has not seen yet. */
export interface FriendRequest {
  readonly sender: PublicKey
  readonly message: Uint8Array
}

/**
 * Lets through requests that know our nospam, once each: its owner shows them and keeps those that wait for an answer.
 * The last 32 requesters are remembered; the oldest goes first, and is shown again when it asks again.
 */
export class FriendRequests {
  /** Hex of their keys. */
  readonly #requesters = new Set<string>()

  /** Returns the request, with a message of its own, if it is new and knows the nospam. */
  receive(request: FriendRequest, nospam: Uint8Array, ownNospam: Uint8Array): FriendRequest | undefined {
    const { sender, message } = request
    if (nospam.length !== NOSPAM_BYTES || message.length === 0) return undefined
    if (this.#requesters.has(sender.hex)) return undefined
    if (!equalInConstantTime(nospam, ownNospam)) return undefined
    this.#makeRoom()
    this.#requesters.add(sender.hex)
    return { sender, message: message.slice() }
  }

  /** Forgets the requester, so that a new request of theirs is shown: after they were removed as a friend. */
  forget(sender: PublicKey): void {
    this.#requesters.delete(sender.hex)
  }

  #makeRoom(): void {
    if (this.#requesters.size < REQUESTERS_MAX) return
    for (const oldest of this.#requesters) {
      this.#requesters.delete(oldest)
      return
    }
  }
}
