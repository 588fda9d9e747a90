import { Address } from '../base/address.ts'
import { assert } from '../base/assert.ts'
import type { Counters } from '../base/counters.ts'
import { Queue } from '../base/queue.ts'
import type { Random } from '../base/random.ts'
import { earliest, type Instant, type Wake } from '../base/time.ts'
import type { SigningKey } from '../crypto/sign.ts'
import type { Contact } from '../ring/contact.ts'
import type { Exchange } from '../ring/exchange.ts'
import type { Payload, RingAccess, RingsEvent } from '../ring/ring-access.ts'
import { decode, encode } from '../wire/codec.ts'
import { EXTENSION_BODY_BYTES_MAX } from '../wire/extension-packet.ts'
import {
  deleted,
  fetchedRecord,
  listing,
  mailboxRequest,
  type MailboxRequest,
  signedProofRequest,
  standing,
  STORAGE_KIND,
  tokenBody,
  tokenRequest,
  transferReady,
} from '../wire/storage-packets.ts'
import {
  deposit,
  type ProofAlgorithm,
  renewDeposit,
  type StoredRecord,
  wholeDeposit,
  type WholeDeposit,
} from '../wire/storage-proof.ts'
import type { Tombstone } from '../wire/storage-record.ts'
import { ChallengeDesk } from './challenge.ts'
import { copyFault, tombstoneFault } from './copy-check.ts'
import { DepositDesk } from './deposit-desk.ts'
import type { EffortFormula } from './effort.ts'
import { fetchedRecordBytes, MailboxDesk } from './mailbox-desk.ts'
import { type DepositAnswer, depositPayload, payloadOf, refusedPayload } from './node-answers.ts'
import { paidState } from './payments.ts'
import { RateLimit } from './rate-limit.ts'
import { refuse } from './refusal.ts'
import { SegmentedDeposits } from './segmented-deposits.ts'
import type { Tokens } from './tokens.ts'
import type { TransferEvent, Transfers } from './transfers.ts'
import { tryDecode } from './try-decode.ts'
import type { PutOutcome, Vault, VaultEntry, VaultEvent } from './vault.ts'

const EVENTS_MAX = 8_192
/** Requests that cost their sender nothing, a prefix: fetching 200 mailboxes at one node takes 200 of them. */
const FREE_REQUESTS_BURST = 1_024
const FREE_REQUESTS_PER_SECOND = 64
/** To ourselves an answer may have any length. */
const NO_LIMIT_BYTES = Number.MAX_SAFE_INTEGER

export type StorageNodeEvent =
  /** A deposit or renewal is held now. Upkeep sees to it that the others of the place have it. */
  | { readonly kind: 'stored'; readonly entry: VaultEntry }
  /** A tombstone stands in place of a record. */
  | { readonly kind: 'buried'; readonly entry: VaultEntry }
  | VaultEvent

export interface StorageNodeOptions {
  readonly vault: Vault
  readonly rings: RingAccess
  readonly exchange: Exchange
  readonly transfers: Transfers
  /** Shared with the rings, which hand a token out with each lookup. */
  readonly tokens: Tokens
  /** The node key; its Curve25519 form is the DHT key. */
  readonly signingKey: SigningKey
  readonly random: Random
  readonly counters: Counters
  readonly formula?: EffortFormula
  readonly algorithms?: readonly ProofAlgorithm[]
}

/**
 * What we keep for others: serves deposits, renewals, fetches and deletions, whether they come as datagrams, with a
 * lookup, or from this very node. Every request gets one answer, at once; the same request again gets the same.
 *
 * It does not look after copies: upkeep (checks, repair, offers, hand-over) builds on `vault`, `takeCopy`,
 * `takeTombstone`, `setServing` and the events.
 *
 * source  offline-messaging.md sections 5 and 6
 */
export class StorageNode {
  readonly vault: Vault
  readonly #rings: RingAccess
  readonly #exchange: Exchange
  readonly #transfers: Transfers
  readonly #tokens: Tokens
  readonly #random: Random
  readonly #counters: Counters
  readonly #formula: EffortFormula | undefined
  readonly #challenges: ChallengeDesk
  readonly #deposits: DepositDesk
  readonly #segmented: SegmentedDeposits
  readonly #mailboxes: MailboxDesk
  readonly #self: Contact
  readonly #rateLimit = new RateLimit(FREE_REQUESTS_BURST, FREE_REQUESTS_PER_SECOND)
  /** For requests in the name of an address that may be another's: they use up nothing of whose it is. */
  readonly #unprovedLimit = new RateLimit(FREE_REQUESTS_BURST, FREE_REQUESTS_PER_SECOND)
  readonly #events = new Queue<StorageNodeEvent>(EVENTS_MAX)
  #isServing = true

  constructor(options: StorageNodeOptions) {
    const { vault, rings, exchange, transfers, tokens, signingKey, random, counters, formula, algorithms } = options
    this.vault = vault
    this.#rings = rings
    this.#exchange = exchange
    this.#transfers = transfers
    this.#tokens = tokens
    this.#random = random
    this.#counters = counters
    this.#formula = formula
    this.#self = { key: rings.selfKey, address: new Address(new Uint8Array(4), 0) }
    const priced = formula ? { formula } : {}
    const offered = algorithms ? { algorithms } : {}
    this.#challenges = new ChallengeDesk({ issuer: signingKey.verifyKey, random, ...priced, ...offered })
    this.#deposits = new DepositDesk({ vault, rings, signingKey, challenges: this.#challenges, ...priced })
    this.#segmented = new SegmentedDeposits(this.#deposits, transfers)
    this.#mailboxes = new MailboxDesk({ vault, tokens, selfKey: rings.selfKey })
  }

  /** We are a storage node and have not stopped serving. */
  get isServing(): boolean {
    return this.#isServing && this.#rings.isStorage
  }

  /** False: deposits are refused and mailboxes look empty until true again (after a suspend). What is held stays. */
  setServing(isServing: boolean): void {
    this.#isServing = isServing
  }

  /** What a request is answered with; undefined if its kind is not served here. Throws DecodeError. */
  answer({ kind, body }: Payload, from: Contact, now: Instant): Payload | undefined {
    return this.#answer(kind, from, body, EXTENSION_BODY_BYTES_MAX, now)
  }

  /** A request that came as a datagram. Returns false if its kind is not served here. Throws DecodeError. */
  handleRequest(kind: number, from: Contact, requestId: Uint8Array, body: Uint8Array, now: Instant): boolean {
    if (kind === STORAGE_KIND.keepAlive) return true
    const answer = this.answer({ kind, body }, from, now)
    if (!answer) return false
    assert(answer.body.length <= EXTENSION_BODY_BYTES_MAX, 'an answer fits a datagram')
    this.#exchange.respond(from, answer.kind, requestId, answer.body, now)
    return true
  }

  /** A PROOF_REQUEST that came with somebody's lookup: its answer is always shorter than the request. */
  handleRingsEvent(event: RingsEvent, now: Instant): void {
    if (event.kind !== 'payload') return
    const { payloadId, from, payload, roomBytes, ring, place } = event
    const isQuote = payload.kind === STORAGE_KIND.proofRequest
    const request = isQuote ? tryDecode(signedProofRequest, payload.body) : undefined
    const answer =
      request &&
      depositPayload(
        this.#serve(() => this.#deposits.quote(request, from, now, { ring, place })),
        now,
      )
    this.#rings.answerPayload(payloadId, answer && answer.body.length <= roomBytes ? answer : undefined, now)
  }

  /** A request of our own client to ourselves, where we are one of the holders. Its answer may have any length. */
  answerSelf({ kind, body }: Payload, now: Instant): Payload | undefined {
    return this.#answer(kind, this.#self, body, NO_LIMIT_BYTES, now)
  }

  /** The same for a deposit of any length. */
  depositSelf(value: WholeDeposit, now: Instant): Payload {
    return depositPayload(
      this.#serve(() => this.#deposits.take(value, this.#self, now)),
      now,
    )
  }

  /** News of transfers that belong to the node. */
  handleTransferEvent(event: TransferEvent, now: Instant): void {
    const outcome = this.#segmented.handleTransferEvent(event, now)
    if (outcome) this.#note(outcome)
  }

  /**
   * Keeps a copy that another node brought, after every check that a deposit goes through; whether its offerer is to be
   * believed at all is upkeep's to judge.
   *
   * offerer  whose prefix the copy is counted for
   */
  takeCopy(record: StoredRecord, offerer: Address, now: Instant): PutOutcome {
    const fault = copyFault(record, this.#random, now, this.#formula)
    if (fault) return refuse(fault)
    const mailbox = paidState(record.payments)?.signed.header.mailbox
    if (!mailbox) return refuse('malformed')
    const origin = { kind: 'repair' as const, prefix: offerer.isLan ? undefined : offerer.prefix }
    return this.vault.put({ record, places: this.#rings.mailboxPlaces(mailbox), origin }, now)
  }

  /** Puts a tombstone that another node showed in place of the record that is held here. */
  takeTombstone(tombstone: Tombstone, now: Instant): PutOutcome {
    const fault = tombstoneFault(tombstone, now)
    if (fault) return refuse(fault)
    const put = this.vault.bury(tombstone, now)
    if (put.kind === 'stored') this.#raise({ kind: 'buried', entry: put.entry })
    return put
  }

  pollEvent(): StorageNodeEvent | undefined {
    return this.#events.poll() ?? this.vault.pollEvent()
  }

  nextTimeout(): Wake | undefined {
    return earliest(this.vault.nextTimeout(), this.#segmented.nextTimeout())
  }

  handleTimeout(now: Instant): void {
    this.vault.handleTimeout(now)
    this.#segmented.handleTimeout(now)
  }

  #answer(kind: number, from: Contact, body: Uint8Array, roomBytes: number, now: Instant): Payload | undefined {
    switch (kind) {
      case STORAGE_KIND.proofRequest: {
        const request = decode(signedProofRequest, body)
        return depositPayload(
          this.#serve(() => this.#deposits.quote(request, from, now)),
          now,
        )
      }
      case STORAGE_KIND.offlineData: {
        const whole = decode(wholeDeposit, body)
        return depositPayload(
          this.#serve(() => this.#deposits.take(whole, from, now)),
          now,
        )
      }
      case STORAGE_KIND.depositOpen:
        return this.#openDeposit(body, from, now)
      case STORAGE_KIND.renew:
        return this.#answerRenewal(body, from, now)
      case STORAGE_KIND.fetch:
      case STORAGE_KIND.get:
      case STORAGE_KIND.delete:
        return this.#answerOwner(kind, decode(mailboxRequest, body), from, roomBytes, now)
      case STORAGE_KIND.tokenRequest:
        decode(tokenRequest, body)
        return payloadOf(STORAGE_KIND.token, tokenBody, { token: this.#tokens.tokenFor(from, now) })
      default:
        return undefined
    }
  }

  #openDeposit(body: Uint8Array, from: Contact, now: Instant): Payload {
    const value = decode(deposit, body)
    if (!this.isServing) return refusedPayload(refuse('notStoring'), now)
    const answer = this.#segmented.open(value, from, now)
    return answer.kind === 'ready'
      ? payloadOf(STORAGE_KIND.transferReady, transferReady, answer.ready)
      : depositPayload(answer, now)
  }

  #answerRenewal(body: Uint8Array, from: Contact, now: Instant): Payload {
    const value = decode(renewDeposit, body)
    const limit = this.#challenges.isIssuedTo(value.proof.id, from) ? this.#rateLimit : this.#unprovedLimit
    if (!limit.take(from.address, now)) return refusedPayload(refuse('rateLimited'), now)
    return depositPayload(
      this.#serve(() => this.#deposits.renew(value, from, now)),
      now,
    )
  }

  #answerOwner(
    kind: typeof STORAGE_KIND.fetch | typeof STORAGE_KIND.get | typeof STORAGE_KIND.delete,
    request: MailboxRequest,
    from: Contact,
    roomBytes: number,
    now: Instant,
  ): Payload {
    // Only a token shows that the asker is where it says: without one, nothing counts against that prefix.
    const token = this.#mailboxes.tokenInstead(request, from, now)
    if (token) return payloadOf(STORAGE_KIND.token, tokenBody, { token })
    if (!this.#rateLimit.take(from.address, now)) return refusedPayload(refuse('rateLimited'), now)
    if (!this.#mailboxes.isOwners(kind, request)) return refusedPayload(refuse('signatureWrong'), now)
    if (!this.isServing) return refusedPayload(refuse('notStoring'), now)
    const { mailbox, command } = request
    switch (kind) {
      case STORAGE_KIND.fetch:
        return this.#listMailbox(request, roomBytes, now)
      case STORAGE_KIND.get:
        return this.#giveRecord(request, from, roomBytes, now)
      case STORAGE_KIND.delete: {
        const { outcomes, buried } = this.#mailboxes.delete(mailbox, command, now)
        for (const entry of buried) this.#raise({ kind: 'buried', entry })
        return payloadOf(STORAGE_KIND.deleted, deleted, { outcomes })
      }
    }
  }

  #listMailbox({ mailbox, command }: MailboxRequest, roomBytes: number, now: Instant): Payload {
    const found = this.#mailboxes.list(mailbox, command, roomBytes, now)
    if (found.record) this.#counters.add('storage: served')
    return payloadOf(STORAGE_KIND.listing, listing, found)
  }

  #giveRecord({ mailbox, command }: MailboxRequest, from: Contact, roomBytes: number, now: Instant): Payload {
    const given = this.#mailboxes.get(mailbox, command, now)
    if (given.kind === 'refused') return refusedPayload(given, now)
    if (given.kind === 'header') {
      return payloadOf(STORAGE_KIND.standing, standing, { kind: 'record', signed: given.signed })
    }
    const { record } = given
    this.#counters.add('storage: served')
    if (fetchedRecordBytes(record) <= roomBytes) return payloadOf(STORAGE_KIND.record, fetchedRecord, record)
    const ready = this.#transfers.offer(from, encode(fetchedRecord, record), 'node', now)
    return ready
      ? payloadOf(STORAGE_KIND.transferReady, transferReady, ready)
      : refusedPayload(refuse('transferLimit'), now)
  }

  #serve(act: () => DepositAnswer): DepositAnswer {
    if (!this.isServing) return refuse('notStoring')
    const answer = act()
    this.#note(answer)
    return answer
  }

  #note(answer: DepositAnswer): void {
    if (answer.kind === 'refused') this.#counters.add(`storage: refused ${answer.reason}`)
    if (answer.kind === 'receipt' && answer.stored) this.#raise({ kind: 'stored', entry: answer.stored })
  }

  #raise(event: StorageNodeEvent): void {
    if (!this.#events.push(event)) this.#counters.add('storage: event dropped')
  }
}
