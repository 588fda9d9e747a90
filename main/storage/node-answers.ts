import type { Instant } from '../base/time.ts'
import type { Payload } from '../ring/ring-access.ts'
import { type Codec, encodeForNow } from '../wire/codec.ts'
import { standing, STORAGE_KIND, type StorageKind } from '../wire/storage-packets.ts'
import { challenge, receipt, refusalBody } from '../wire/storage-proof.ts'
import type { Accepted, InTheWay, Issued } from './deposit-desk.ts'
import { type Refusal, refusalBodyOf } from './refusal.ts'

/** What a deposit, in whichever of its steps, is answered with. */
export type DepositAnswer = Accepted | Issued | InTheWay | Refusal

export function payloadOf<T>(kind: StorageKind, codec: Codec<T>, value: T): Payload {
  return { kind, body: encodeForNow(codec, value) }
}

export function refusedPayload(refusal: Refusal, now: Instant): Payload {
  return payloadOf(STORAGE_KIND.refused, refusalBody, refusalBodyOf(refusal, now))
}

export function depositPayload(answer: DepositAnswer, now: Instant): Payload {
  switch (answer.kind) {
    case 'challenge':
      return payloadOf(STORAGE_KIND.challenge, challenge, answer.challenge)
    case 'receipt':
      return payloadOf(STORAGE_KIND.receipt, receipt, answer.receipt)
    case 'standing':
      return payloadOf(STORAGE_KIND.standing, standing, answer.standing)
    case 'refused':
      return refusedPayload(answer, now)
  }
}
