import type { Instant } from '../base/time.ts'
import type { PublicKey } from '../crypto/keys.ts'
import type { SigningKey } from '../crypto/sign.ts'
import type { OperationId } from '../storage/storage-events.ts'
import type { SendOutcome } from '../tox/messenger/messenger.ts'
import type { MessageKind } from '../tox/messenger/messenger-events.ts'
import type { Receipt } from '../wire/storage-proof.ts'
import type { RecordHeader } from '../wire/storage-record.ts'
import type { Journal } from './journal.ts'
import type {
  Deletion,
  OfflineMessenger,
  OfflineStorage,
  RenewalWish,
  SealedRecord,
  SettledSlots,
} from './lower-machines.ts'

/**
 * The only way out: commits the journal before every call, so that nothing leaves that rests on what a crash could undo.
 * Whoever calls it has completed its changes, as they become one transaction at that moment.
 */
export class Gate implements OfflineMessenger, OfflineStorage {
  readonly #journal: Journal
  readonly #messenger: OfflineMessenger
  readonly #storage: OfflineStorage

  constructor(journal: Journal, messenger: OfflineMessenger, storage: OfflineStorage) {
    this.#journal = journal
    this.#messenger = messenger
    this.#storage = storage
  }

  sendMessage(friend: PublicKey, kind: MessageKind, text: Uint8Array, now: Instant): SendOutcome {
    this.#journal.commit()
    return this.#messenger.sendMessage(friend, kind, text, now)
  }

  sendCustom(friend: PublicKey, data: Uint8Array, now: Instant): SendOutcome {
    this.#journal.commit()
    return this.#messenger.sendCustom(friend, data, now)
  }

  insert(record: SealedRecord, receipts: readonly Receipt[], now: Instant): OperationId {
    this.#journal.commit()
    return this.#storage.insert(record, receipts, now)
  }

  renew(signer: SigningKey, header: RecordHeader, renewal: RenewalWish, now: Instant): OperationId {
    this.#journal.commit()
    return this.#storage.renew(signer, header, renewal, now)
  }

  remove(signer: SigningKey, deletions: readonly Deletion[], now: Instant): OperationId {
    this.#journal.commit()
    return this.#storage.remove(signer, deletions, now)
  }

  status(
    signer: SigningKey,
    records: readonly RecordHeader[],
    watchedSlots: readonly number[],
    now: Instant,
  ): OperationId {
    this.#journal.commit()
    return this.#storage.status(signer, records, watchedSlots, now)
  }

  fetch(signer: SigningKey, settled: SettledSlots, now: Instant): OperationId {
    this.#journal.commit()
    return this.#storage.fetch(signer, settled, now)
  }

  cancel(operationId: OperationId, now: Instant): void {
    this.#storage.cancel(operationId, now)
  }
}
