import type { FileTransfers } from '../tox/messenger/file-transfers.ts'
import type { FriendView } from '../tox/messenger/friend-list.ts'
import type { MessengerEvent } from '../tox/messenger/messenger-events.ts'

/** News for the owner of an engine. */
export type EngineEvent =
  | MessengerEvent
  /** Whether any node of Tox's DHT answers. */
  | { readonly kind: 'dhtConnected'; readonly isConnected: boolean }

/** What the owner may ask of file transfers with friends who are online. */
export type FileCommands = Pick<
  FileTransfers,
  'offer' | 'accept' | 'pause' | 'resume' | 'cancel' | 'seek' | 'provideChunk'
>

export type { FriendView }
