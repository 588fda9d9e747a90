import { SigningKey, type VerifyKey } from '../crypto/sign.ts'
import type { Random } from '../base/random.ts'
import type { PublicKey } from '../crypto/keys.ts'
import type { FoundMember, LookupId, LookupOptions, Payload, PayloadId, RingAccess } from '../ring/ring-access.ts'
import { mailboxPlace } from '../ring/places.ts'

/** Rings of a test: whose ranks are as set, and whose lookups are answered by the test. */
export class TestRings implements RingAccess {
  readonly ringCount = 3
  readonly selfKey: PublicKey
  isStorage = true
  /** Rank at every place; undefined: out of sight. */
  rankEverywhere: number | undefined = 0
  readonly lookups: { readonly lookupId: LookupId; readonly options: LookupOptions }[] = []
  readonly cancelled: LookupId[] = []
  readonly payloadAnswers = new Map<PayloadId, Payload | undefined>()
  readonly knownMemberCount = 0

  constructor(selfKey: PublicKey) {
    this.selfKey = selfKey
  }

  mailboxPlaces(mailboxKey: VerifyKey): readonly number[] {
    return [0, 1, 2].map((ring) => mailboxPlace(mailboxKey, ring))
  }

  nodePlaces(): readonly number[] {
    return [0, 0, 0]
  }

  lookup(_places: readonly number[], _now: number, options: LookupOptions = {}): LookupId {
    const lookupId = this.lookups.length + 1
    this.lookups.push({ lookupId, options })
    return lookupId
  }

  cancelLookup(lookupId: LookupId): void {
    this.cancelled.push(lookupId)
  }

  answerPayload(payloadId: PayloadId, answer: Payload | undefined): void {
    this.payloadAnswers.set(payloadId, answer)
  }

  owns(): boolean {
    return this.rankEverywhere === 0
  }

  rank(): number | undefined {
    return this.isStorage ? this.rankEverywhere : undefined
  }

  replicaSet(): readonly FoundMember[] | undefined {
    return undefined
  }

  ownerRange(): undefined {
    return undefined
  }

  replicaRange(): undefined {
    return undefined
  }

  successors(): [] {
    return []
  }

  predecessors(): [] {
    return []
  }

  rangePulled(): void {}

  reportSilent(): void {}
}

/** A node key with its DHT form. */
export function createNodeKeys(random: Random): { readonly signingKey: SigningKey; readonly dhtKey: PublicKey } {
  const signingKey = SigningKey.create(random)
  return { signingKey, dhtKey: signingKey.toKeyPair().publicKey }
}
