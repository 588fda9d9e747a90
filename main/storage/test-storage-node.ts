import { Address } from '../base/address.ts'
import { assert } from '../base/assert.ts'
import { Counters } from '../base/counters.ts'
import type { Random } from '../base/random.ts'
import { SeededRandom } from '../base/random.ts'
import type { Instant } from '../base/time.ts'
import type { Transmit } from '../base/transmit.ts'
import { createKeyPair } from '../crypto/keys.ts'
import type { SigningKey } from '../crypto/sign.ts'
import type { Contact } from '../ring/contact.ts'
import { Exchange } from '../ring/exchange.ts'
import type { Payload } from '../ring/ring-access.ts'
import { type Codec, decode, encode } from '../wire/codec.ts'
import { DhtEnvelopes } from '../wire/dht-envelope.ts'
import {
  mailboxRequest,
  signedProofRequest,
  STORAGE_KIND,
  type StorageKind,
  tokenBody,
  tokenRequest,
} from '../wire/storage-packets.ts'
import {
  type Challenge,
  challenge,
  type DepositProof,
  PAID_OPERATION,
  type ProofRequest,
  refusalBody,
  wholeDeposit,
} from '../wire/storage-proof.ts'
import type { SignedHeader } from '../wire/storage-record.ts'
import { depositClaim } from './claim.ts'
import type { EffortFormula } from './effort.ts'
import { signMailboxRequest } from './mailbox-request.ts'
import { VAULT_LIMITS_DEFAULT, type VaultLimits } from './quota.ts'
import { signHeader } from './record.ts'
import { refusalFrom } from './refusal.ts'
import { StorageNode } from './storage-node.ts'
import { TEST_FORMULA, TestDeposits } from './test-deposits.ts'
import { createNodeKeys, TestRings } from './test-rings.ts'
import { Tokens } from './tokens.ts'
import { Transfers } from './transfers.ts'
import type { Vault } from './vault.ts'
import { createMemoryVault } from './vault-memory.ts'

const { sha512d } = { sha512d: 1 as const }

/** One StorageNode under test, with depositors and readers who know how to talk to it. */
export class TestStorageNode {
  readonly random: Random
  readonly deposits: TestDeposits
  readonly rings: TestRings
  readonly vault: Vault
  readonly transfers: Transfers
  readonly exchange: Exchange
  readonly node: StorageNode
  readonly sent: Transmit[] = []

  constructor(seed: number, limits: Partial<VaultLimits> = {}, formula: EffortFormula = TEST_FORMULA) {
    this.random = new SeededRandom(seed)
    this.deposits = new TestDeposits(seed + 1)
    const { random } = this
    const counters = new Counters()
    const { signingKey, dhtKey } = createNodeKeys(random)
    this.rings = new TestRings(dhtKey)
    const transmits = { send: (bytes: Uint8Array, to: Address) => this.sent.push({ bytes, to }) }
    const envelopes = new DhtEnvelopes(signingKey.toKeyPair(), random)
    this.exchange = new Exchange({ envelopes, random, transmits, counters })
    this.transfers = new Transfers({ exchange: this.exchange, random, counters })
    this.vault = createMemoryVault({ ringCount: 3, limits: { ...VAULT_LIMITS_DEFAULT, ...limits } })
    const { vault, rings, exchange, transfers } = this
    const tokens = new Tokens(random)
    this.node = new StorageNode({ vault, rings, exchange, transfers, tokens, signingKey, random, counters, formula })
  }

  contact(host = '192.0.2.1', port = 33_445): Contact {
    const address = Address.parse(host, port)
    assert(address !== undefined, 'a test has a good address')
    return { key: createKeyPair(this.random).publicKey, address }
  }

  ask<T>(kind: StorageKind, codec: Codec<T>, value: T, from: Contact, now: Instant): Payload {
    const answer = this.node.answer({ kind, body: encode(codec, value) }, from, now)
    assert(answer !== undefined, 'every request here is answered')
    return answer
  }

  quote(claim: ProofRequest, signature: Uint8Array, from: Contact, now: Instant): Payload {
    return this.ask(STORAGE_KIND.proofRequest, signedProofRequest, { claim, signature }, from, now)
  }

  /** A challenge for this record, solved. */
  prove(signed: SignedHeader, from: Contact, now: Instant): DepositProof {
    const claim = claimFor(signed)
    const answer = this.quote(claim, signed.signature, from, now)
    assert(answer.kind === STORAGE_KIND.challenge, `no challenge: ${describe(answer)}`)
    return this.deposits.solve(claim, decodedChallenge(answer))
  }

  put(signed: SignedHeader, body: Uint8Array, proof: DepositProof, from: Contact, now: Instant): Payload {
    const { operation } = claimFor(signed)
    assert(operation !== PAID_OPERATION.renew, 'a deposit is no renewal')
    return this.ask(STORAGE_KIND.offlineData, wholeDeposit, { operation, signed, proof, body }, from, now)
  }

  /** The whole way of one record. */
  store(signed: SignedHeader, body: Uint8Array, from: Contact, now: Instant): Payload {
    return this.put(signed, body, this.prove(signed, from, now), from, now)
  }

  token(from: Contact, now: Instant): Uint8Array {
    const answer = this.ask(STORAGE_KIND.tokenRequest, tokenRequest, { padding: new Uint8Array(16) }, from, now)
    return decode(tokenBody, answer.body).token
  }

  /** A mailbox request with a good token, if no other is given. */
  askOwner<T>(
    signer: SigningKey,
    kind: StorageKind,
    codec: Codec<T>,
    command: T,
    from: Contact,
    now: Instant,
    token = this.token(from, now),
  ): Payload {
    const request = signMailboxRequest(signer, kind, this.rings.selfKey, token, encode(codec, command))
    return this.ask(kind, mailboxRequest, request, from, now)
  }

  /** A record of the test's mailbox. */
  record(options: { slot?: number; revision?: number; body?: Uint8Array; ttlMs?: number }, now: Instant) {
    const body = options.body ?? this.deposits.body()
    const signed = signHeader(this.deposits.mailbox, this.deposits.header({ ...options, body }, now))
    return { signed, body }
  }
}

export function claimFor({ header }: SignedHeader): ProofRequest {
  return depositClaim(header.revision === 0 ? PAID_OPERATION.insert : PAID_OPERATION.update, sha512d, header)
}

export function decodedChallenge(answer: Payload): Challenge {
  return decode(challenge, answer.body)
}

/** `refused: reason`, or the kind in hex. */
export function describe(answer: Payload | undefined): string {
  if (answer?.kind !== STORAGE_KIND.refused) return `0x${answer?.kind.toString(16)}`
  return refusalFrom(decode(refusalBody, answer.body))?.reason ?? 'unknown reason'
}
