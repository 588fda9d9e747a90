import type { Instant } from '../base/time.ts'
import type { SigningKey } from '../crypto/sign.ts'
import type { RequestId } from '../ring/exchange.ts'
import type { FoundMember } from '../ring/ring-access.ts'
import { encode, encodeForNow } from '../wire/codec.ts'
import { mailboxRequest, STORAGE_KIND, TOKEN_BYTES, tokenBody, tokenRequest } from '../wire/storage-packets.ts'
import type { Answer, ClientContext } from './client-context.ts'
import { signMailboxRequest } from './mailbox-request.ts'
import { tryDecode } from './try-decode.ts'

type OwnerKind = typeof STORAGE_KIND.fetch | typeof STORAGE_KIND.get | typeof STORAGE_KIND.delete
type Handler = (answer: Answer, now: Instant) => void

/**
 * Requests of a mailbox's owner: each signed for its node, with a token of that node. A token that is missing is asked
 * for first; one that the node no longer knows is replaced by the one it answers with, once.
 */
export class OwnerRequests {
  readonly #context: ClientContext
  readonly #signer: SigningKey
  readonly #pending = new Set<RequestId>()
  #isStopped = false

  constructor(context: ClientContext, signer: SigningKey) {
    this.#context = context
    this.#signer = signer
  }

  /** The handler gets the answer, never a `token`, or undefined for silence; never within this call. */
  ask(to: FoundMember, kind: OwnerKind, command: Uint8Array, now: Instant, handler: Handler): void {
    const token = this.#context.tokenOf(to, now)
    if (token) return this.#askWith(token, { to, kind, command }, now, handler, true)
    this.#send(to, STORAGE_KIND.tokenRequest, NO_TOKEN_YET, now, (answer, then) => {
      const given = this.#tokenIn(to, answer, then)
      if (given) this.#askWith(given, { to, kind, command }, then, handler, false)
      else handler(undefined, then)
    })
  }

  /** No handler is called any more. */
  stop(): void {
    this.#isStopped = true
    for (const requestId of this.#pending) this.#context.forgetRequest(requestId)
    this.#pending.clear()
  }

  #askWith(
    token: Uint8Array,
    { to, kind, command }: { readonly to: FoundMember; readonly kind: OwnerKind; readonly command: Uint8Array },
    now: Instant,
    handler: Handler,
    isFirst: boolean,
  ): void {
    const request = signMailboxRequest(this.#signer, kind, to.contact.key, token, command)
    this.#send(to, kind, encodeForNow(mailboxRequest, request), now, (answer, then) => {
      if (answer?.kind !== STORAGE_KIND.token) return handler(answer, then)
      const given = isFirst ? this.#tokenIn(to, answer, then) : undefined
      if (given) this.#askWith(given, { to, kind, command }, then, handler, false)
      else handler(undefined, then)
    })
  }

  #send(
    to: FoundMember,
    kind: OwnerKind | typeof STORAGE_KIND.tokenRequest,
    body: Uint8Array,
    now: Instant,
    handler: Handler,
  ): void {
    const requestId = this.#context.ask(to, kind, body, now, (answer, then) => {
      if (requestId !== undefined) this.#pending.delete(requestId)
      if (!this.#isStopped) handler(answer, then)
    })
    if (requestId !== undefined) this.#pending.add(requestId)
  }

  #tokenIn(to: FoundMember, answer: Answer, now: Instant): Uint8Array | undefined {
    const token = answer?.kind === STORAGE_KIND.token ? tryDecode(tokenBody, answer.body)?.token : undefined
    if (token) this.#context.keepToken(to.contact, token, now)
    return token
  }
}

const NO_TOKEN_YET = encode(tokenRequest, { padding: new Uint8Array(TOKEN_BYTES) })
