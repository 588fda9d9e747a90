import { toHex } from '../base/bytes.ts'
import type { PendingChange } from '../base/outputs.ts'
import type { Instant } from '../base/time.ts'
import type { PublicKey } from '../crypto/keys.ts'
import type { Change } from '../offline/change.ts'
import type { Offline } from '../offline/offline.ts'
import type { AcceptFriendOutcome, AddFriendOutcome, Messenger } from '../tox/messenger/messenger.ts'
import { encode } from '../wire/codec.ts'
import { PROOF_ALGORITHM, receipt as receiptCodec, RECEIPT_BYTES } from '../wire/storage-proof.ts'
import type { EngineEvent } from './events.ts'
import type { NetworkFace } from './network-face.ts'
import type { SavedProfile } from './profile-file.ts'
import type { StorageFace } from './storage-face.ts'
import type { ToxCore } from './tox-core.ts'
import type { WaitingStorage } from './waiting-storage.ts'

const SIGNATURE_BYTES = 64
/** Nodes to begin with at the next start: enough that some are still there after weeks. */
const SAVED_NODES_MAX = 32

/** What the person's settings say to the engine. */
export interface UserSettings {
  readonly readReceipts: boolean
  readonly proofAlgorithm: keyof typeof PROOF_ALGORITHM
}

/** Who keeps a copy of an own message, and what it signed. Keys and bytes in upper-case hex. */
export interface DeliveryView {
  readonly holders: readonly {
    readonly nodeKey: string
    readonly ring: number
    readonly status: 'held' | 'lost' | 'unknown'
    readonly checkedAt: Instant | undefined
  }[]
  readonly receipts: readonly {
    readonly nodeKey: string
    readonly receivedAt: Instant
    readonly expiresAt: Instant
    readonly receipt: string
    readonly signature: string
  }[]
}

/** What the person's side needs of the whole engine. */
export interface WholeEngine {
  readonly network: NetworkFace
  readonly storage: StorageFace
  readonly tox: Pick<ToxCore, 'dht'>
  pollEvent(): EngineEvent | undefined
  pollChange(): PendingChange<Change> | undefined
  persisted(sequence: number, now: Instant): void
}

/** An engine with a person: what the application may do with it, beside what every node does. */
export class UserEngine {
  readonly messenger: Messenger
  readonly offline: Offline
  readonly #engine: WholeEngine
  readonly #waitingStorage: WaitingStorage

  constructor(engine: WholeEngine, messenger: Messenger, offline: Offline, waitingStorage: WaitingStorage) {
    this.#engine = engine
    this.messenger = messenger
    this.offline = offline
    this.#waitingStorage = waitingStorage
  }

  get network(): NetworkFace {
    return this.#engine.network
  }

  get storage(): StorageFace {
    return this.#engine.storage
  }

  pollEvent(): EngineEvent | undefined {
    return this.#engine.pollEvent()
  }

  pollChange(): PendingChange<Change> | undefined {
    return this.#engine.pollChange()
  }

  persisted(sequence: number, now: Instant): void {
    this.#engine.persisted(sequence, now)
  }

  /** toxId   38 bytes */
  addFriend(toxId: Uint8Array, message: Uint8Array, now: Instant): AddFriendOutcome {
    return this.messenger.addFriend(toxId, message, now)
  }

  acceptFriend(publicKey: PublicKey, now: Instant): AcceptFriendOutcome {
    const outcome = this.messenger.acceptFriend(publicKey, now)
    if (outcome.kind === 'added') this.offline.addFriend(publicKey, now)
    return outcome
  }

  /** Ends all that concerns a friend. Returns whether there was such a friend. */
  removeFriend(publicKey: PublicKey, now: Instant): boolean {
    this.offline.removeFriend(publicKey, now)
    return this.messenger.removeFriend(publicKey, now)
  }

  /** messageIds   32 hex digits each */
  markRead(friend: PublicKey, messageIds: readonly string[], now: Instant): void {
    this.offline.markRead(friend, messageIds, now)
  }

  setSettings({ readReceipts, proofAlgorithm }: UserSettings): void {
    this.#waitingStorage.algorithm = PROOF_ALGORITHM[proofAlgorithm]
    this.offline.setTellsRead(readReceipts)
  }

  delivery(messageId: string): DeliveryView {
    const { holders, receipts } = this.offline.delivery(messageId)
    return {
      holders: holders.map(({ node, ring, isLost, checkedAt }) => ({
        nodeKey: node.hex,
        ring,
        status: isLost ? 'lost' : 'held',
        checkedAt: checkedAt > 0 ? checkedAt : undefined,
      })),
      receipts: receipts.map((receipt) => {
        const bytes = encode(receiptCodec, receipt)
        return {
          nodeKey: receipt.issuer.hex,
          receivedAt: receipt.acceptedAt,
          expiresAt: receipt.notAfter,
          receipt: toHex(bytes.subarray(0, RECEIPT_BYTES - SIGNATURE_BYTES)),
          signature: toHex(bytes.subarray(RECEIPT_BYTES - SIGNATURE_BYTES)),
        }
      }),
    }
  }

  /** The savefile's content as it is now. While no node answers, those of before may be of use again. */
  savedProfile(saved: SavedProfile, now: Instant): SavedProfile {
    const nodes = this.#engine.tox.dht.randomNodes(SAVED_NODES_MAX, now)
    return { ...saved, ...this.messenger.snapshot(now), dhtNodes: nodes.length > 0 ? nodes : saved.dhtNodes }
  }
}
