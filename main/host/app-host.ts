import type { NetworkScope } from '../base/address.ts'
import type { Log } from '../base/log.ts'
import type { Instant } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import type { MessageRow } from '../db/message-row.ts'
import type { ProfileDatabase } from '../db/profile-database.ts'
import type { BootstrapNode } from '../driver/bootstrap-nodes.ts'
import { osRandom } from '../driver/os-random.ts'
import type { SavedProfile } from '../engine/profile-file.ts'
import type { UserEngine } from '../engine/user-engine.ts'
import type { Contract } from '../../shared/api/contract.ts'
import { ApiError, ApiErrorCode } from '../../shared/api/errors.ts'
import type { Emitters, Handlers } from '../../shared/api/rpc.ts'
import type { Friend } from '../../shared/model/friend.ts'
import type { Message } from '../../shared/model/message.ts'
import { EngineRunner } from './engine-runner.ts'
import { EventBridge } from './event-bridge.ts'
import { FileTransfers } from './file-transfers.ts'
import { createHandlers } from './handlers/handlers.ts'
import { networkOf } from './handlers/network.ts'
import { proofShareOf } from './handlers/settings.ts'
import { storageOf } from './handlers/storage.ts'
import type { HostContext } from './host-context.ts'
import { NewsPacer } from './news-pacer.ts'
import { asProfileError, ProfileFolder } from './profile-folder.ts'
import { SettingsStore } from './settings-store.ts'
import { StorageSettings } from './storage-settings.ts'
import { friendOf, messageOf } from './views.ts'

export interface AppHostOptions {
  readonly profileFolder: string
  readonly passphrase: Uint8Array | undefined
  readonly udpPort: number
  readonly bootstrap: readonly BootstrapNode[]
  readonly lanDiscovery: boolean
  /** What to give to others from now on; undefined leaves it as the profile has it. */
  readonly storageBytes: number | undefined
  readonly scope: NetworkScope
  readonly log: Log
  readonly emit: Emitters<Contract>
}

const LEAVE_MS_MAX = 10_000
/** An engine that broke its own rules is started anew from what was persisted, so often in an hour at most. */
const RESTARTS_PER_HOUR_MAX = 3
const HOUR_MS = 3_600_000
/** How often the network and storage pages hear of changes at most. */
const NEWS_INTERVAL_MS = 1_000
/** Pages of the search index that are filled in between. */
const INDEX_PAUSE_MS = 5

/** One user's application without a face: profile folder, database, engine, and the contract answered. */
export class AppHost implements HostContext {
  readonly folder: ProfileFolder
  readonly settings: SettingsStore
  readonly storageSettings: StorageSettings
  readonly files: FileTransfers
  readonly emit: Emitters<Contract>
  readonly handlers: Handlers<Contract>
  readonly quitAsked: Promise<void>
  readonly #options: AppHostOptions
  readonly #bridge: EventBridge
  readonly #progress = new Map<string, number>()
  readonly #news: NewsPacer<'network' | 'storage'>
  readonly #restartedAt: Instant[] = []
  #quit: () => void = () => {}
  #restarting: Promise<void> | undefined
  #end: Promise<void> | undefined
  #runner: EngineRunner | undefined
  #hasFailed = false
  #isStopping = false
  #isSaveDue = false
  readonly #startedAtMs = performance.now()

  private constructor(options: AppHostOptions, folder: ProfileFolder) {
    this.#options = options
    this.folder = folder
    this.emit = options.emit
    this.settings = new SettingsStore(folder.database.settings)
    this.storageSettings = new StorageSettings(folder.database.settings)
    if (options.storageBytes !== undefined) this.storageSettings.change({ allocationBytes: options.storageBytes })
    this.files = new FileTransfers({
      files: (use) => this.turn(({ messenger }) => use(messenger.files)),
      onChanged: (view) => this.emit.files.changed(view),
    })
    this.#news = new NewsPacer(NEWS_INTERVAL_MS, {
      network: () => this.#whileRunning(() => this.emit.network.changed(networkOf(this))),
      storage: () => this.#whileRunning(() => this.emit.storage.changed(storageOf(this))),
    })
    this.#bridge = new EventBridge(folder.database, this.files, {
      messageChanged: (rowId) => this.#emitMessage(rowId),
      progressChanged: (messageId, progress) => this.#setProgress(messageId, progress),
      friendChanged: (publicKey) => this.emitFriend(publicKey),
      friendRequested: (request) => this.emit.friends.requested(request),
      networkChanged: () => this.#news.touch('network'),
      storageChanged: () => this.#news.touch('storage'),
      profileChanged: () => {
        this.#isSaveDue = true
      },
    })
    this.handlers = createHandlers(this)
    this.quitAsked = new Promise((resolve) => {
      this.#quit = resolve
    })
  }

  /**
   * Opens the profile and goes online.
   *
   * throws   ProfileError if the folder cannot be used, Error if the port is taken; nothing is changed then
   */
  static async start(options: AppHostOptions): Promise<AppHost> {
    await sodiumReady
    const folder = new ProfileFolder(options.profileFolder, options.passphrase, osRandom)
    try {
      const host = new AppHost(options, folder)
      await host.#startEngine(folder.profile)
      if (options.storageBytes !== undefined) host.storageSettings.keep()
      host.#fillIndex()
      return host
    } catch (error) {
      folder.close()
      throw asProfileError(error)
    }
  }

  get database(): ProfileDatabase {
    return this.folder.database
  }

  get hasFailed(): boolean {
    return this.#hasFailed
  }

  get runner(): EngineRunner {
    if (!this.#runner) throw new ApiError(ApiErrorCode.Busy, 'the engine is just starting anew: ask again')
    return this.#runner
  }

  turn<T>(action: (engine: UserEngine, now: Instant) => T): T {
    try {
      return this.runner.turn((engine, now) => action(engine.asUser(), now))
    } catch (error) {
      if (!(error instanceof ApiError)) this.#handleFailure(error)
      throw error
    }
  }

  friends(): Friend[] {
    return this.turn(({ messenger, offline }, now) =>
      messenger.friends(now).map((view) =>
        friendOf(view, {
          offlineMessages: offline.friendState(view.publicKey),
          unreadCount: this.database.messages.unreadCount(view.publicKey.hex),
        }),
      ),
    )
  }

  friend(publicKey: string): Friend | undefined {
    return this.friends().find((friend) => friend.publicKey === publicKey)
  }

  emitFriend(publicKey: string): void {
    const friend = this.friend(publicKey)
    if (friend) this.emit.friends.changed(friend)
  }

  message(row: MessageRow): Message {
    return messageOf(row, row.messageId === undefined ? undefined : this.#progress.get(row.messageId))
  }

  saveProfile(): void {
    this.#isSaveDue = false
    this.folder.save(this.turn((engine, now) => engine.savedProfile(this.folder.profile, now)))
  }

  applySettings(): void {
    const { proofThreads } = this.settings.settings
    this.runner.setProofShare(proofShareOf(proofThreads))
    this.turn((engine) => engine.setSettings(this.settings.settings))
  }

  async replaceProfile(profile: SavedProfile): Promise<void> {
    const runner = this.runner
    this.#runner = undefined
    await runner.stop(0)
    this.folder.save(profile)
    this.database.forgetIdentity()
    try {
      await this.#startEngine(profile)
    } catch (error) {
      this.#giveUp(error)
      throw error
    }
  }

  quit(): void {
    this.#quit()
  }

  /** Says goodbye, hands over what is stored for others, saves and closes. Asked again, it is the same end. */
  stop(): Promise<void> {
    this.#end ??= this.#stop()
    return this.#end
  }

  async #stop(): Promise<void> {
    this.#isStopping = true
    this.#news.close()
    await this.#restarting
    if (this.#runner) {
      this.saveProfile()
      this.files.close()
      await this.#runner.stop(LEAVE_MS_MAX)
      this.storageSettings.noteSession(performance.now() - this.#startedAtMs)
    }
    this.folder.close()
  }

  async #startEngine(profile: SavedProfile): Promise<void> {
    const { udpPort, scope, bootstrap, log, lanDiscovery } = this.#options
    const { proofThreads } = this.settings.settings
    const early: unknown[] = []
    const runner = await EngineRunner.start({
      udpPort,
      scope,
      bootstrap,
      log,
      random: osRandom,
      vaultPath: this.folder.vaultPath,
      limits: this.storageSettings.limits,
      proofShare: proofShareOf(proofThreads),
      engine: {
        profile,
        offline: { state: this.database.engineState.load(), settings: this.settings.settings },
        dht: { lanDiscovery: lanDiscovery && this.settings.settings.lanDiscovery },
      },
      onTurn: (engine, now) => this.#handleTurn(engine.asUser(), now),
      onFailure: (error) => (this.#runner === runner ? this.#handleFailure(error) : early.push(error)),
    })
    if (early.length > 0) {
      await runner.kill()
      throw early[0]
    }
    this.#runner = runner
    runner.begin()
  }

  #handleTurn(engine: UserEngine, now: Instant): void {
    this.#bridge.drain(engine, now)
    if (this.#isSaveDue && !this.#isStopping) {
      this.#isSaveDue = false
      this.folder.save(engine.savedProfile(this.folder.profile, now))
    }
  }

  /** A bug of ours: note it, and go on from what was persisted, unless it happens again and again. */
  #handleFailure(error: unknown): void {
    const { log } = this.#options
    log.write('error', error instanceof Error ? (error.stack ?? error.message) : String(error))
    const broken = this.#runner
    if (this.#isStopping || !broken) return
    this.#runner = undefined
    this.files.close()
    const now = Date.now()
    const recent = this.#restartedAt.filter((at) => now - at < HOUR_MS)
    this.#restartedAt.splice(0, this.#restartedAt.length, ...recent, now)
    const isHopeless = recent.length >= RESTARTS_PER_HOUR_MAX
    const after = isHopeless ? broken.kill().then(() => this.#giveUp('it failed too often')) : this.#restart(broken)
    this.#restarting = after.catch((reason: unknown) => this.#giveUp(reason))
  }

  async #restart(broken: EngineRunner): Promise<void> {
    await broken.kill()
    if (this.#isStopping) return
    await this.#startEngine(this.folder.profile)
    // Whom the person saw online is offline until the next meeting.
    for (const friend of this.friends()) this.emit.friends.changed(friend)
    this.#news.touch('network')
    this.#news.touch('storage')
  }

  #giveUp(reason: unknown): void {
    this.#options.log.write('error', reason instanceof Error ? (reason.stack ?? reason.message) : String(reason))
    this.#hasFailed = true
    this.#quit()
  }

  /** News can wait until there is an engine again; it is told then. */
  #whileRunning(tell: () => void): void {
    if (this.#runner) tell()
  }

  #emitMessage(rowId: number): void {
    const row = this.database.messages.get(rowId)
    if (!row) return
    if (row.state !== 'proving' && row.messageId !== undefined) this.#progress.delete(row.messageId)
    this.emit.messages.changed(this.message(row))
    if (!row.isOutgoing) this.emitFriend(row.friend)
  }

  #setProgress(messageId: string, progress: number): void {
    this.#progress.set(messageId, Math.max(progress, this.#progress.get(messageId) ?? 0))
    const row = this.database.messages.getByMessageId(messageId)
    if (row?.state === 'proving') this.emit.messages.changed(this.message(row))
  }

  /** Fills the search index in the background, a page at a time. */
  #fillIndex(): void {
    if (this.#isStopping) return
    if (this.database.indexSome()) setTimeout(() => this.#fillIndex(), INDEX_PAUSE_MS)
  }
}
