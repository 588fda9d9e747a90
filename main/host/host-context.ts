import type { Instant } from '../base/time.ts'
import type { MessageRow } from '../db/message-row.ts'
import type { ProfileDatabase } from '../db/profile-database.ts'
import type { UserEngine } from '../engine/user-engine.ts'
import type { SavedProfile } from '../engine/profile-file.ts'
import type { Contract } from '../../shared/api/contract.ts'
import type { Emitters } from '../../shared/api/rpc.ts'
import type { Friend } from '../../shared/model/friend.ts'
import type { Message } from '../../shared/model/message.ts'
import type { EngineRunner } from './engine-runner.ts'
import type { FileTransfers } from './file-transfers.ts'
import type { ProfileFolder } from './profile-folder.ts'
import type { SettingsStore } from './settings-store.ts'
import type { StorageSettings } from './storage-settings.ts'

/** What the handlers of the contract work with. */
export interface HostContext {
  readonly folder: ProfileFolder
  readonly database: ProfileDatabase
  readonly settings: SettingsStore
  readonly storageSettings: StorageSettings
  readonly files: FileTransfers
  readonly emit: Emitters<Contract>
  readonly runner: EngineRunner
  /** Does something with the engine; when it returns, what followed is persisted and sent. */
  turn<T>(action: (engine: UserEngine, now: Instant) => T): T
  friends(): Friend[]
  friend(publicKey: string): Friend | undefined
  emitFriend(publicKey: string): void
  /** A row as the contract shows it, with the progress of its proofs. */
  message(row: MessageRow): Message
  /** Writes the savefile as the messenger has it now. */
  saveProfile(): void
  /** Hands the settings to engine and solver. */
  applySettings(): void
  /** Starts anew as another identity. */
  replaceProfile(profile: SavedProfile): Promise<void>
  /** Ends the host after the reply to this call went out. */
  quit(): void
}
