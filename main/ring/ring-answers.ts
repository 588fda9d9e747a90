import { DecodeError } from '../base/byte-reader.ts'
import type { Instant } from '../base/time.ts'
import { decode } from '../wire/codec.ts'
import {
  carryResponse,
  deliverResponse,
  helloResponse,
  lookupResponse,
  RingKind,
  stateResponse,
} from '../wire/ring-packets.ts'
import type { Answered, ExchangeEvent, TimedOut } from './exchange.ts'
import type { RingParts } from './ring-parts.ts'

/** Outcomes of our own requests: handed to the part that asked. */
export class RingAnswers {
  readonly #parts: RingParts

  constructor(parts: RingParts) {
    this.#parts = parts
  }

  /** An answer that is malformed, or of a kind that does not fit the request, counts as silence. */
  handle(event: ExchangeEvent, now: Instant): void {
    if (event.kind === 'timedOut') return this.#handleSilence(event, now)
    try {
      if (event.responseKind !== event.requestKind + 1) throw new DecodeError('answer to another question')
      this.#handleAnswer(event, now)
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      this.#parts.counters.add('ring: malformed answer')
      const { requestId, requestKind, from: to } = event
      this.#handleSilence({ kind: 'timedOut', requestId, requestKind, to }, now)
    }
  }

  #handleAnswer({ requestId, requestKind, from, body }: Answered, now: Instant): void {
    const { peers, stabiliser, lookups, reachability } = this.#parts
    switch (requestKind) {
      case RingKind.helloRequest:
        return peers.handleHelloAnswer(from, decode(helloResponse, body), now)
      case RingKind.stateRequest:
      case RingKind.joinRequest:
        return stabiliser.handleAnswer(from, decode(stateResponse, body), now)
      case RingKind.lookupRequest: {
        const answer = decode(lookupResponse, body)
        peers.confirm(from, answer.role === 1, now)
        return lookups.handleAnswer(requestId, from, answer, now)
      }
      case RingKind.carryRequest:
        return reachability.handleAccepted(requestId, decode(carryResponse, body).isAccepted, now)
      case RingKind.deliverRequest:
        return reachability.handleAccepted(requestId, decode(deliverResponse, body).isAccepted, now)
      case RingKind.tokenRequest:
        return reachability.handleDelivered(requestId, true, now)
      // LEAVE and OUTCOME need only have arrived.
    }
  }

  #handleSilence({ requestId, requestKind, to }: TimedOut, now: Instant): void {
    const { peers, stabiliser, lookups, reachability } = this.#parts
    switch (requestKind) {
      case RingKind.helloRequest:
        return peers.handleHelloSilence(to, now)
      case RingKind.stateRequest:
      case RingKind.joinRequest:
        return stabiliser.handleSilence(to, now)
      case RingKind.lookupRequest: {
        const peer = peers.get(to.key)
        if (peer?.contact.address.equals(to.address)) stabiliser.suspect(peer, now)
        return lookups.handleSilence(requestId, to, now)
      }
      case RingKind.carryRequest:
      case RingKind.deliverRequest:
        return reachability.handleAccepted(requestId, false, now)
      case RingKind.tokenRequest:
        return reachability.handleDelivered(requestId, false, now)
    }
  }
}
