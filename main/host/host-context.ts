import type { NetworkScope } from '../base/address.ts'
import type { Instant } from '../base/time.ts'
import type { MessageRow } from '../db/message-row.ts'
import type { ProfileDatabase } from '../db/profile-database.ts'
import type { EffortFormula } from '../engine/engine.ts'
import type { UserEngine } from '../engine/user-engine.ts'
import type { SavedProfile } from '../engine/profile-file.ts'
import type { Contract } from '../../shared/api/contract.ts'
import type { Emitters } from '../../shared/api/rpc.ts'
import type { AppInfo } from '../../shared/model/app.ts'
import type { Friend } from '../../shared/model/friend.ts'
import type { Message } from '../../shared/model/message.ts'
import type { Network } from '../../shared/model/network.ts'
import type { SettingsChange } from '../../shared/model/settings.ts'
import type { BootstrapBook } from './bootstrap-book.ts'
import type { EngineRunner } from './engine-runner.ts'
import type { FileTransfers } from './file-transfers.ts'
import type { ProfileFolder } from './profile-folder.ts'
import type { ProofSpeed } from './proof-speed.ts'
import type { SettingsStore } from './settings-store.ts'
import type { StorageHistory } from './storage-history.ts'
import type { StorageSettings } from './storage-settings.ts'

/** What the handlers of the contract work with. */
export interface HostContext {
  readonly folder: ProfileFolder
  readonly database: ProfileDatabase
  readonly settings: SettingsStore
  readonly storageSettings: StorageSettings
  readonly storageHistory: StorageHistory
  readonly proofSpeed: ProofSpeed
  readonly bootstrap: BootstrapBook
  readonly files: FileTransfers
  readonly emit: Emitters<Contract>
  readonly runner: EngineRunner
  readonly scope: NetworkScope
  readonly shell: AppInfo['shell']
  readonly run: string
  /** Another price of storing than the usual, for tests that cannot wait for proofs. */
  readonly formula: EffortFormula | undefined
  /** Does something with the engine; when it returns, what followed is persisted and sent. */
  turn<T>(action: (engine: UserEngine, now: Instant) => T): T
  friends(): Friend[]
  friend(publicKey: string): Friend | undefined
  emitFriend(publicKey: string): void
  /** A row as the contract shows it, with the progress of its proofs. */
  message(row: MessageRow): Message
  /** Bytes over the network since the start, and lately a second. */
  traffic(): Pick<Network, 'sentBytes' | 'receivedBytes' | 'sentBytesPerSecond' | 'receivedBytesPerSecond'>
  /** The newest lines of the log, oldest first. */
  logLines(): string[]
  /** Writes the savefile as the messenger has it now. */
  saveProfile(): void
  /** What protects the profile has changed. */
  noteAccount(): void
  /** Keeps new settings and makes them hold; a network that is to be another begins anew. Throws ApiError if it cannot. */
  changeSettings(change: SettingsChange): Promise<void>
  /** Resolves once what was to be handed over is, or the engine that held it is gone. */
  handedOver(): Promise<void>
  /** Asks the bootstrap nodes whose names were just resolved. */
  joinNetwork(): Promise<void>
  /** Starts anew as another identity. */
  replaceProfile(profile: SavedProfile): Promise<void>
  /** Ends the host after the reply to this call went out. */
  quit(): void
}
