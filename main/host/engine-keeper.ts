import type { Log } from '../base/log.ts'
import type { Instant } from '../base/time.ts'
import { isDiskFault } from '../db/disk-fault.ts'
import { osRandom } from '../driver/os-random.ts'
import type { UserEngine } from '../engine/user-engine.ts'
import { ApiError, ApiErrorCode } from '../../shared/api/errors.ts'
import { diskFullError, inDiskWords } from './disk-full.ts'
import { EngineRunner, type EngineRunnerOptions } from './engine-runner.ts'

const LEAVE_MS_MAX = 10_000
/** An engine that broke its own rules is started anew from what was persisted, so often in an hour at most. */
const RESTARTS_PER_HOUR_MAX = 3
const HOUR_MS = 3_600_000
/** How often a disk that took nothing is tried again. */
const DISK_RETRY_MS = 10_000

export interface EngineKeeperOptions {
  readonly log: Log
  /** What the next engine is made of: profile, settings and rows as they are then. */
  readonly next: () => Omit<EngineRunnerOptions, 'log' | 'random' | 'onTurn' | 'onFailure'>
  readonly onTurn: (engine: UserEngine, now: Instant) => void
  /** An engine runs, the first or another; what is not part of its options is set up here. */
  readonly onStarted: (runner: EngineRunner) => void
  /** The engine is to be another, or is gone of itself: what hangs on it is over. */
  readonly onEnding: () => void
  /** The disk took nothing: there is no engine until it does. Told once, then `onStarted` when it goes on. */
  readonly onDiskFull: () => void
  /** Whether the disk takes something again. */
  readonly hasRoom: () => boolean
  readonly diskRetryMs?: number | undefined
  /** It broke too often, or could not be started anew. */
  readonly onGivenUp: () => void
}

/**
 * Keeps one engine running: starts it, starts it anew when it broke or when the network is to be another, and stops it.
 * While the disk is full there is none, for what an engine says must be kept first; that is no fault of the engine's.
 */
export class EngineKeeper {
  readonly #options: EngineKeeperOptions
  readonly #restartedAt: Instant[] = []
  #runner: EngineRunner | undefined
  #work: Promise<void> = Promise.resolve()
  #isStopping = false
  #isDiskFull = false
  #diskTimer: NodeJS.Timeout | undefined
  #pastSentBytes = 0
  #pastReceivedBytes = 0

  constructor(options: EngineKeeperOptions) {
    this.#options = options
  }

  get runner(): EngineRunner {
    if (!this.#runner) throw this.#whyNone()
    return this.#runner
  }

  get isRunning(): boolean {
    return this.#runner !== undefined
  }

  /** Bytes sent and received by all engines since the start. */
  get traffic(): { readonly sentBytes: number; readonly receivedBytes: number } {
    const counts = this.#runner?.counts
    return {
      sentBytes: this.#pastSentBytes + (counts?.sentBytes ?? 0),
      receivedBytes: this.#pastReceivedBytes + (counts?.receivedBytes ?? 0),
    }
  }

  /** Resolves once there is an engine: an old one answers while it leaves, then the next is waited for. */
  async ready(): Promise<void> {
    if (!this.#runner) await this.#settled()
  }

  /** Throws Error if the port is in use or the vault's file cannot be made. */
  async start(): Promise<void> {
    const early: unknown[] = []
    const runner = await EngineRunner.start({
      ...this.#options.next(),
      log: this.#options.log,
      random: osRandom,
      onTurn: (engine, now) => this.#options.onTurn(engine.asUser(), now),
      onFailure: (error) => (this.#runner === runner ? this.#handleFailure(error) : early.push(error)),
    })
    if (early.length > 0) {
      await runner.kill()
      throw early[0]
    }
    this.#runner = runner
    this.#isDiskFull = false
    try {
      this.#options.onStarted(runner)
      runner.begin()
    } catch (error) {
      // Something that it wanted kept at once was not; if it broke it is gone already.
      if (this.#runner === runner) {
        this.#detach()
        await runner.kill()
      }
      throw error
    }
  }

  turn<T>(action: (engine: UserEngine, now: Instant) => T): T {
    try {
      return this.runner.turn((engine, now) => action(engine.asUser(), now))
    } catch (error) {
      if (error instanceof ApiError) throw error
      this.#handleFailure(error)
      throw inDiskWords(error)
    }
  }

  /**
   * Leaves the network and begins anew with the options as they are then. One at a time, in the order of the calls.
   *
   * between   called when the old engine has ended; throws if nothing is to change, which leaves the engine as it was
   * undo      makes the options as they were, should there be no new engine; one that ended is started with those then
   * throws    what starting threw; ApiError while the app leaves
   */
  async renew(leave: 'at once' | 'politely', between: () => void, undo?: () => void): Promise<void> {
    // Takes its place in the row at once: two that wait for the same work would begin together when it ends.
    this.#work = this.#settled().then(() => this.#renew(leave, between, undo))
    await this.#work
  }

  async stop(beforeEnd: () => void): Promise<void> {
    this.#isStopping = true
    clearTimeout(this.#diskTimer)
    await this.#settled()
    const runner = this.#runner
    if (!runner) return
    beforeEnd()
    await this.#end(runner, LEAVE_MS_MAX)
  }

  async #renew(leave: 'at once' | 'politely', between: () => void, undo: (() => void) | undefined): Promise<void> {
    const runner = this.#runner
    if (this.#isStopping || !runner) {
      undo?.()
      throw this.#whyNone()
    }
    this.#options.onEnding()
    if (leave === 'politely') await runner.leave(LEAVE_MS_MAX).catch((error: unknown) => this.#handleFailure(error))
    // It broke meanwhile, and the next one has the new options already.
    if (this.#runner !== runner) return await this.#settled()
    this.#detach()
    await this.#end(runner, 0)
    try {
      between()
    } catch (error) {
      // Nothing has changed, then: the next engine is as the last.
      await this.#startOrEnd()
      throw inDiskWords(error)
    }
    try {
      await this.start()
    } catch (error) {
      if (!undo) {
        this.#endWithout(error)
        throw inDiskWords(error)
      }
      this.#undo(undo)
      await this.#startOrEnd()
      throw inDiskWords(error)
    }
  }

  /** What it could not say or keep at its end is no reason to keep it. */
  async #end(runner: EngineRunner, leaveMsMax: number): Promise<void> {
    try {
      await runner.stop(leaveMsMax)
    } catch (error) {
      this.#note(error)
    }
  }

  /** A full disk may not take the former options back; then those hold that it took. */
  #undo(undo: () => void): void {
    try {
      undo()
    } catch (error) {
      this.#note(error)
    }
  }

  async #settled(): Promise<void> {
    await this.#work.catch(() => {
      // Whoever caused it hears of it; what is not running answers for itself.
    })
  }

  /** From now on nobody is answered, until another engine runs. */
  #detach(): void {
    const { sentBytes, receivedBytes } = this.traffic
    this.#pastSentBytes = sentBytes
    this.#pastReceivedBytes = receivedBytes
    this.#runner = undefined
  }

  /** A bug of ours: note it, and go on from what was persisted, unless it happens again and again. */
  #handleFailure(error: unknown): void {
    this.#note(error)
    const broken = this.#runner
    if (this.#isStopping || !broken) return
    this.#detach()
    this.#options.onEnding()
    this.#work = this.#replace(broken, error)
  }

  async #replace(broken: EngineRunner, error: unknown): Promise<void> {
    const isHopeless = !isDiskFault(error) && this.#isOneTooMany()
    try {
      await broken.kill()
    } catch (reason) {
      this.#note(reason)
    }
    if (isHopeless) this.#endWithout('it failed too often')
    else if (isDiskFault(error)) this.#endWithout(error)
    else if (!this.#isStopping) await this.#startOrEnd()
  }

  /** A full disk is no bug of ours, and does not count as one. */
  #isOneTooMany(): boolean {
    const now = Date.now()
    const recent = this.#restartedAt.filter((at) => now - at < HOUR_MS)
    this.#restartedAt.splice(0, this.#restartedAt.length, ...recent, now)
    return recent.length >= RESTARTS_PER_HOUR_MAX
  }

  async #startOrEnd(): Promise<void> {
    try {
      await this.start()
    } catch (error) {
      this.#endWithout(error)
    }
  }

  /** There is no engine: it is tried again if that is for want of room, and over otherwise. */
  #endWithout(reason: unknown): void {
    if (!isDiskFault(reason)) return this.#giveUp(reason)
    if (!this.#isDiskFull) this.#options.onDiskFull()
    this.#isDiskFull = true
    this.#retryLater()
  }

  #retryLater(): void {
    if (this.#isStopping) return
    clearTimeout(this.#diskTimer)
    this.#diskTimer = setTimeout(() => {
      if (this.#options.hasRoom()) this.#work = this.#settled().then(() => this.#startOrEnd())
      else this.#retryLater()
    }, this.#options.diskRetryMs ?? DISK_RETRY_MS)
  }

  #whyNone(): ApiError {
    if (this.#isStopping) return new ApiError(ApiErrorCode.Busy, 'the app is leaving')
    if (this.#isDiskFull) return diskFullError()
    return new ApiError(ApiErrorCode.Busy, 'the engine is just starting anew: ask again')
  }

  #giveUp(reason: unknown): void {
    this.#note(reason)
    this.#options.onGivenUp()
  }

  #note(error: unknown): void {
    this.#options.log.write('error', error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
}
