import type { OfflineEvent } from '../offline/offline-events.ts'
import type { ProofTask } from '../pow/proof.ts'
import type { FileTransfers } from '../tox/messenger/file-transfers.ts'
import type { FriendView } from '../tox/messenger/friend-list.ts'
import type { MessengerEvent } from '../tox/messenger/messenger-events.ts'

/** News for the owner of an engine. */
export type EngineEvent =
  | MessengerEvent
  | OfflineEvent
  /** Whether any node of Tox's DHT answers. */
  | { readonly kind: 'dhtConnected'; readonly isConnected: boolean }
  /** Who is around us in the rings changed. */
  | { readonly kind: 'membersChanged' }
  /** Whether this node stores for others. */
  | { readonly kind: 'roleChanged'; readonly isStorage: boolean }
  /** What is stored for others changed. */
  | { readonly kind: 'vaultChanged' }

/** What the proof solver is to do. */
export type ProofOrder =
  | { readonly kind: 'solve'; readonly jobId: number; readonly task: ProofTask }
  | { readonly kind: 'cancel'; readonly jobId: number }

/** What the owner may ask of file transfers with friends who are online. */
export type FileCommands = Pick<
  FileTransfers,
  'offer' | 'accept' | 'pause' | 'resume' | 'cancel' | 'seek' | 'provideChunk'
>

export type { Change, MessageChange, MessageContent } from '../offline/change.ts'
export type { StorageTotals } from './storage-face.ts'
export type { FriendView }
