import { concat } from '../base/bytes.ts'
import type { Instant } from '../base/time.ts'
import type { SigningKey } from '../crypto/sign.ts'
import type { Deletion, SettledSlots, OfflineStorage, RenewalWish, SealedRecord } from '../offline/lower-machines.ts'
import type { StorageClient } from '../storage/storage-client.ts'
import type { OperationId } from '../storage/storage-events.ts'
import { encode } from '../wire/codec.ts'
import { PROOF_ALGORITHM, type ProofAlgorithm, type Receipt } from '../wire/storage-proof.ts'
import { type RecordHeader, signedHeader } from '../wire/storage-record.ts'

type Client = Pick<StorageClient, 'insert' | 'renew' | 'remove' | 'status' | 'fetch' | 'cancel'>

/** The storage network as the offline engine sees it: with the person's choice of algorithm for every proof. */
export class WaitingStorage implements OfflineStorage {
  readonly #client: Client
  algorithm: ProofAlgorithm = PROOF_ALGORITHM.argon2id

  constructor(client: Client) {
    this.#client = client
  }

  insert({ signed, body }: SealedRecord, receipts: readonly Receipt[], now: Instant): OperationId {
    return this.#client.insert(concat(encode(signedHeader, signed), body), { algorithm: this.algorithm, receipts }, now)
  }

  renew(signer: SigningKey, header: RecordHeader, renewal: RenewalWish, now: Instant): OperationId {
    return this.#client.renew(signer, header, renewal, { algorithm: this.algorithm }, now)
  }

  remove(signer: SigningKey, deletions: readonly Deletion[], now: Instant): OperationId {
    return this.#client.remove(signer, deletions, now)
  }

  status(
    signer: SigningKey,
    records: readonly RecordHeader[],
    watchedSlots: readonly number[],
    now: Instant,
  ): OperationId {
    return this.#client.status(signer, records, { watchedSlots }, now)
  }

  fetch(signer: SigningKey, settled: SettledSlots, now: Instant): OperationId {
    return this.#client.fetch(signer, settled, now)
  }

  cancel(operationId: OperationId, now: Instant): void {
    this.#client.cancel(operationId, now)
  }
}
