import type { NetworkScope } from '../base/address.ts'
import type { Instant } from '../base/time.ts'
import { fromHex, toHex } from '../base/bytes.ts'
import { randomBytes } from '../base/random.ts'
import { PublicKey } from '../crypto/keys.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { isDiskFault } from '../db/disk-fault.ts'
import type { MessageRow } from '../db/message-row.ts'
import type { ForgottenIdentity, ProfileDatabase } from '../db/profile-database.ts'
import { type BootstrapNode, publicBootstrapNodes } from '../driver/bootstrap-nodes.ts'
import { osRandom } from '../driver/os-random.ts'
import { type PowerSource, readPowerSource } from '../driver/power-source.ts'
import type { EffortFormula } from '../engine/engine.ts'
import type { FriendView } from '../engine/events.ts'
import type { SavedProfile } from '../engine/profile-file.ts'
import type { UserEngine } from '../engine/user-engine.ts'
import type { Contract } from '../../shared/api/contract.ts'
import type { Emitters } from '../../shared/api/rpc.ts'
import type { AppInfo } from '../../shared/model/app.ts'
import type { Friend } from '../../shared/model/friend.ts'
import type { Message } from '../../shared/model/message.ts'
import type { Network } from '../../shared/model/network.ts'
import type { SettingsChange } from '../../shared/model/settings.ts'
import { removeCopies } from './backup.ts'
import { BootstrapBook } from './bootstrap-book.ts'
import { EngineKeeper } from './engine-keeper.ts'
import type { EngineRunner } from './engine-runner.ts'
import { EventBridge, type MessageNews } from './event-bridge.ts'
import { FileTransfers } from './file-transfers.ts'
import { createHandlers, type HostHandlers } from './handlers/handlers.ts'
import { networkOf } from './handlers/network.ts'
import { storageOf } from './handlers/storage.ts'
import type { HostContext } from './host-context.ts'
import type { KeyStore } from './key-store.ts'
import type { HostLog } from './log.ts'
import { NamedNewsPacer, NewsPacer } from './news-pacer.ts'
import { type NoticeCause, noticeOf } from './notices.ts'
import { asProfileError, ProfileFolder } from './profile-folder.ts'
import { ProofSpeed } from './proof-speed.ts'
import { Rounds } from './rounds.ts'
import { SettingsApplier } from './settings-applier.ts'
import { SettingsStore } from './settings-store.ts'
import { StorageHistory } from './storage-history.ts'
import { StorageSettings } from './storage-settings.ts'
import { TrafficMeter } from './traffic-meter.ts'
import { friendOf, messageOf } from './views.ts'

export interface AppHostOptions {
  readonly profileFolder: string
  readonly passphrase: Uint8Array | undefined
  /** Who lives in a folder that has no profile yet; a fresh identity if left out. */
  readonly identity?: SavedProfile | undefined
  /** Wraps the data key where there is no passphrase. */
  readonly keyStore?: KeyStore
  readonly shell: AppInfo['shell']
  readonly scope: NetworkScope
  readonly log: HostLog
  readonly emit: Emitters<Contract>
  /** What to join through beside the person's own; the list that comes with the app if left out. */
  readonly bootstrap?: readonly BootstrapNode[]
  /** For this run, whatever the settings say. */
  readonly udpPort?: number
  /** False: not in this run, whatever the settings say. */
  readonly lanDiscovery?: boolean
  /** What to give to others from now on; what the profile has if left out. */
  readonly storageBytes?: number | undefined
  /** Another price of storing, for tests that cannot wait for proofs. */
  readonly formula?: EffortFormula
  /** How often a full disk is tried again, for tests that cannot wait. */
  readonly diskRetryMs?: number
  /** What the computer runs on; as Linux tells it if left out. */
  readonly powerSource?: () => PowerSource
}

/** How often the network and storage pages hear of changes at most. */
const NEWS_INTERVAL_MS = 1_000
/** How often the page hears at most of what one friend changes. */
const FRIEND_INTERVAL_MS = 100
/** Between two pages of the search index: long beside a page, for the app has just begun and is asked for much. */
const INDEX_PAUSE_MS = 10

/** One user's application without a face: profile folder, database, engine, and the contract answered. */
export class AppHost implements HostContext {
  readonly folder: ProfileFolder
  readonly settings: SettingsStore
  readonly storageSettings: StorageSettings
  readonly storageHistory: StorageHistory
  readonly proofSpeed: ProofSpeed
  readonly bootstrap: BootstrapBook
  readonly files: FileTransfers
  readonly emit: Emitters<Contract>
  readonly handlers: HostHandlers
  readonly quitAsked: Promise<void>
  readonly scope: NetworkScope
  readonly shell: AppInfo['shell']
  readonly run = toHex(randomBytes(osRandom, 16))
  readonly formula: EffortFormula | undefined
  /** Set by the owner: what protects the profile has changed. */
  onAccountChanged: () => void = () => {}
  readonly #options: AppHostOptions
  readonly #keeper: EngineKeeper
  readonly #bridge: EventBridge
  readonly #applier: SettingsApplier
  readonly #meter = new TrafficMeter()
  readonly #progress = new Map<string, number>()
  readonly #news: NewsPacer<'network' | 'storage' | 'profile'>
  readonly #friendNews = new NamedNewsPacer(FRIEND_INTERVAL_MS, (publicKey) =>
    this.#whileRunning(() => this.emitFriend(publicKey)),
  )
  readonly #rounds: Rounds
  #quit: () => void = () => {}
  #end: Promise<void> | undefined
  #hasFailed = false
  #isStopping = false
  #isSaveDue = false
  readonly #onHandedOver: (() => void)[] = []
  #lastNetwork: Network | undefined
  readonly #startedAtMs = performance.now()

  private constructor(options: AppHostOptions, folder: ProfileFolder) {
    const { scope, shell, emit, formula, storageBytes } = options
    const table = folder.database.settings
    this.#options = options
    this.folder = folder
    this.emit = emit
    this.scope = scope
    this.shell = shell
    this.formula = formula
    this.settings = new SettingsStore(table)
    this.storageSettings = new StorageSettings(table)
    this.storageHistory = new StorageHistory(table)
    this.proofSpeed = new ProofSpeed(table)
    const nodes = options.bootstrap ?? publicBootstrapNodes(scope)
    this.bootstrap = new BootstrapBook({ nodes, source: options.bootstrap ? 'given' : 'shipped', table, scope })
    if (storageBytes !== undefined) this.storageSettings.change({ allocationBytes: storageBytes })
    this.files = new FileTransfers({
      database: folder.database,
      now: Date.now(),
      areSourcesKept: shell !== 'web',
      files: (use) => this.turn(({ messenger }) => use(messenger.files)),
      onChanged: (view) => this.emit.files.changed(view),
      onOffered: ({ friend, name: fileName }) =>
        this.#notify({ kind: 'file', friend, name: this.#nameOf(friend), fileName }),
      onRemoved: (id, friend) => this.emit.files.removed({ id, friend }),
      onFriendChanged: (friend) => this.emitFriend(friend),
    })
    this.#keeper = this.#createKeeper()
    this.#applier = new SettingsApplier({
      settings: this.settings,
      keeper: this.#keeper,
      scope,
      allowsLan: options.lanDiscovery ?? true,
      fixedUdpPort: options.udpPort,
      powerSource: options.powerSource ?? readPowerSource,
    })
    this.#news = new NewsPacer(NEWS_INTERVAL_MS, {
      network: () => this.#whileRunning(() => this.#tellNetwork()),
      storage: () => this.#whileRunning(() => this.emit.storage.changed(storageOf(this))),
      profile: () => this.#whileRunning(() => this.#saveInTurn()),
    })
    this.#bridge = this.#createBridge()
    this.#rounds = new Rounds({
      traffic: () => this.#whileRunning(() => this.#measureTraffic()),
      history: () => this.#whileRunning(() => this.#noteHistory()),
      power: () => this.#whileRunning(() => this.#applier.applyPower()),
      names: () => this.#whileRunning(() => this.#retryNames()),
      files: () => this.#whileRunning(() => this.files.tidy(Date.now())),
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
    const { profileFolder, passphrase, identity, keyStore, storageBytes } = options
    const folder = new ProfileFolder(profileFolder, { passphrase, identity, keyStore, random: osRandom })
    try {
      removeCopies(profileFolder)
      folder.database.settleIn(folder.profile.keys.publicKey.hex, Date.now())
      const host = new AppHost(options, folder)
      await host.#keeper.start()
      if (storageBytes !== undefined) host.storageSettings.keep()
      host.#rounds.begin()
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
    return this.#keeper.runner
  }

  /** Resolves once no engine is being started anew: calls in between wait instead of being refused. */
  ready(): Promise<void> {
    return this.#keeper.ready()
  }

  turn<T>(action: (engine: UserEngine, now: Instant) => T): T {
    return this.#keeper.turn(action)
  }

  friends(): Friend[] {
    return this.turn((engine, now) => engine.messenger.friends(now).map((view) => this.#friendOf(view, engine)))
  }

  friend(publicKey: string): Friend | undefined {
    return this.turn((engine, now) => {
      const view = engine.messenger.friend(new PublicKey(fromHex(publicKey)), now)
      return view && this.#friendOf(view, engine)
    })
  }

  emitFriend(publicKey: string): void {
    const friend = this.friend(publicKey)
    if (friend) this.emit.friends.changed(friend)
  }

  message(row: MessageRow): Message {
    return messageOf(row, row.messageId === undefined ? undefined : this.#progress.get(row.messageId))
  }

  traffic(): ReturnType<HostContext['traffic']> {
    return { ...this.#keeper.traffic, ...this.#meter.rates }
  }

  logLines(): string[] {
    return this.#options.log.lines()
  }

  saveProfile(): void {
    this.#isSaveDue = false
    const profile = this.turn((engine, now) => engine.savedProfile(this.folder.profile, now))
    try {
      this.folder.save(profile)
    } catch (error) {
      if (!isDiskFault(error)) throw error
      this.#saveInTurn()
    }
  }

  noteAccount(): void {
    this.onAccountChanged()
  }

  async changeSettings(change: SettingsChange): Promise<void> {
    await this.#applier.change(change)
    this.#news.touch('network')
  }

  handedOver(): Promise<void> {
    if (!this.turn(({ storage }) => storage.isHandingOver)) return Promise.resolve()
    return new Promise((resolve) => this.#onHandedOver.push(resolve))
  }

  async joinNetwork(): Promise<void> {
    const found = await this.bootstrap.resolve()
    if (!this.#isStopping) this.turn((engine, now) => this.bootstrap.join(engine, found, now))
  }

  async replaceProfile(profile: SavedProfile): Promise<void> {
    await this.#keeper.renew('at once', () => {
      const { requests, settled } = this.#becomeAnother(profile)
      for (const { publicKey } of requests) this.emit.friends.requestRemoved({ publicKey })
      const rows = settled.flatMap((rowId) => this.database.messages.get(rowId) ?? [])
      for (const row of rows) this.emit.messages.changed(this.message(row))
    })
  }

  /** Both, or neither: what belongs to one identity is nothing to another. */
  #becomeAnother(profile: SavedProfile): ForgottenIdentity {
    const former = this.folder.profile
    this.folder.save(profile)
    try {
      const forgotten = this.database.replaceIdentity(profile.keys.publicKey.hex, Date.now())
      this.files.endAll('interrupted')
      return forgotten
    } catch (error) {
      this.folder.save(former)
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
    this.#friendNews.close()
    this.#rounds.end()
    await this.#keeper.stop(() => {
      this.#ifDiskAllows(() => this.#noteHistory())
      this.#ifDiskAllows(() => this.saveProfile())
      this.#ifDiskAllows(() => this.files.breakOff('app-closed', Date.now()))
      this.#ifDiskAllows(() => this.storageSettings.noteSession(performance.now() - this.#startedAtMs))
    })
    this.folder.close()
  }

  #createKeeper(): EngineKeeper {
    return new EngineKeeper({
      log: this.#options.log,
      next: () => ({
        ...this.#applier.engineOptions(),
        scope: this.scope,
        vaultPath: this.folder.vaultPath,
        limits: this.storageSettings.limits,
        engine: {
          profile: this.folder.profile,
          offline: { state: this.database.engineState.load(), settings: this.settings.settings },
          dht: { lanDiscovery: this.#applier.isLanOn },
          ...(this.formula ? { formula: this.formula } : {}),
        },
      }),
      onTurn: (engine, now) => this.#handleTurn(engine, now),
      onStarted: (runner) => this.#handleStarted(runner),
      onEnding: () => this.#ifDiskAllows(() => this.files.breakOff('interrupted', Date.now())),
      onDiskFull: () => this.#tellDiskFull(),
      hasRoom: () => this.folder.hasRoom(),
      diskRetryMs: this.#options.diskRetryMs,
      onGivenUp: () => {
        this.#hasFailed = true
        this.#quit()
      },
    })
  }

  #createBridge(): EventBridge {
    return new EventBridge(this.database, this.files, {
      messageChanged: (rowId) => this.#emitMessage(rowId),
      messageNews: (kind, rowId) => this.#tellNews(kind, rowId),
      progressChanged: (messageId, progress) => this.#setProgress(messageId, progress),
      // A friend can cause it with each packet; what the person does is told at once.
      friendChanged: (publicKey) => this.#friendNews.touch(publicKey),
      friendRequested: (request, isNew) => {
        this.emit.friends.requested(request)
        if (isNew) this.#notify({ kind: 'request', ...request })
      },
      networkChanged: () => this.#news.touch('network'),
      storageChanged: () => this.#news.touch('storage'),
      // A friend can cause it with each packet; what the person changes is saved by its handler.
      profileChanged: () => this.#news.touch('profile'),
    })
  }

  /** A turn meets a full disk as any other would, and the save is due until there is room. */
  #saveInTurn(): void {
    this.#isSaveDue = true
    this.turn(() => undefined)
  }

  #handleTurn(engine: UserEngine, now: Instant): void {
    this.#bridge.drain(engine, now)
    if (!engine.storage.isHandingOver) for (const tell of this.#onHandedOver.splice(0)) tell()
    if (this.#isSaveDue && !this.#isStopping) {
      this.folder.save(engine.savedProfile(this.folder.profile, now))
      this.#isSaveDue = false
    }
  }

  #handleStarted(runner: EngineRunner): void {
    this.storageHistory.beginAnew()
    this.#applier.applyPower()
    runner.turn((engine, now) => {
      this.bootstrap.join(engine.asUser(), undefined, now)
      engine.network.rejoin(this.folder.profile.dhtNodes, now)
    })
    void this.joinNetwork().catch((error: unknown) => this.#options.log.write('warn', String(error)))
    // Whom the person saw online is offline until the next meeting.
    for (const friend of this.friends()) this.emit.friends.changed(friend)
    this.#news.touch('network')
    this.#news.touch('storage')
  }

  /** For what is good to have on disk at an end, and no reason not to end. */
  #ifDiskAllows(keep: () => void): void {
    try {
      keep()
    } catch (error) {
      if (!isDiskFault(error)) throw error
      this.#options.log.write('warn', 'the disk took nothing more', { error: String(error) })
    }
  }

  /** Nothing is sent or taken in until there is room: whoever looks sees why. */
  #tellDiskFull(): void {
    const last = this.#lastNetwork
    if (!last) return
    const away = { connected: false, dhtNodes: 0, storageNodes: 0, sentBytesPerSecond: 0, receivedBytesPerSecond: 0 }
    this.emit.network.changed({ ...last, ...away, role: 'client', trouble: 'disk-full' })
  }

  #friendOf(view: FriendView, { offline }: UserEngine): Friend {
    const { friends, messages, transfers } = this.database
    const publicKey = view.publicKey.hex
    return friendOf(view, {
      offlineMessages: offline.friendState(view.publicKey),
      unreadCount: messages.unreadCount(publicKey) + transfers.unreadCount(publicKey),
      hasMet: friends.lastSeenAt(publicKey) !== undefined,
      draft: friends.draft(publicKey),
      ttlSeconds: friends.ttlSeconds(publicKey),
      newest: messages.newest(publicKey),
      newestFile: transfers.newest(publicKey),
    })
  }

  /** News can wait until there is an engine again; it is told then. Nobody calls, so nobody else can take an error. */
  #whileRunning(tell: () => void): void {
    if (!this.#keeper.isRunning || this.#isStopping) return
    try {
      tell()
    } catch (error) {
      this.#options.log.write('error', error instanceof Error ? (error.stack ?? error.message) : String(error))
    }
  }

  #tellNetwork(): void {
    this.#lastNetwork = networkOf(this)
    this.emit.network.changed(this.#lastNetwork)
  }

  #measureTraffic(): void {
    if (this.#meter.sample(this.#keeper.traffic, Date.now())) this.#news.touch('network')
  }

  #noteHistory(): void {
    const { view, totals } = this.turn(({ storage }, now) => ({ view: storage.view(now), totals: storage.totals() }))
    this.storageHistory.add(view, totals, Date.now())
  }

  #retryNames(): void {
    if (!this.bootstrap.hasUnresolved || !this.settings.settings.udpEnabled) return
    void this.joinNetwork().catch((error: unknown) => this.#options.log.write('warn', String(error)))
  }

  #emitMessage(rowId: number): void {
    const row = this.database.messages.get(rowId)
    if (!row) return
    if (row.state !== 'proving' && row.messageId !== undefined) this.#progress.delete(row.messageId)
    this.emit.messages.changed(this.message(row))
    this.emitFriend(row.friend)
  }

  #tellNews(kind: MessageNews, rowId: number): void {
    const row = this.database.messages.get(rowId)
    if (row) this.#notify({ kind, row, name: this.#nameOf(row.friend) })
  }

  #notify(cause: NoticeCause): void {
    const notice = noticeOf(cause, this.settings.settings, new Date())
    if (notice) this.emit.app.notice(notice)
  }

  #nameOf(publicKey: string): string {
    return this.friend(publicKey)?.name ?? ''
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
