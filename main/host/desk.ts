import { readFileSync } from 'node:fs'
import { utf8Encode, wipe } from '../base/bytes.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { osRandom } from '../driver/os-random.ts'
import { createProfile, type SavedProfile } from '../engine/profile-file.ts'
import { type Contract, contract } from '../../shared/api/contract.ts'
import { ApiError, ApiErrorCode } from '../../shared/api/errors.ts'
import {
  createForwarders,
  createPipeEmitters,
  type Emitters,
  type Handlers,
  type Pipe,
  serve,
} from '../../shared/api/rpc.ts'
import type { Account, AccountPhase } from '../../shared/model/account.ts'
import { AppHost, type AppHostOptions } from './app-host.ts'
import { wordsOf } from './disk-files.ts'
import { ProfileError } from './profile-error.ts'
import { lookIntoFolder, readSavedProfile } from './profile-folder.ts'
import { finishRestore, restoreProfile } from './restore.ts'

export type DeskOptions = Omit<AppHostOptions, 'passphrase' | 'identity' | 'emit'>

/** What opens a profile: nothing where it is not encrypted; an identity for a folder that has none. */
type Opening = Pick<AppHostOptions, 'passphrase' | 'identity'>

/**
 * One person's app as the shells hold it: any number of windows or tabs speak the contract with it over pipes that stay
 * the same from the first start to the end. Before a profile is open only `account` answers.
 */
export class Desk {
  readonly quitAsked: Promise<void>
  readonly #options: DeskOptions
  readonly #pipes = new Set<Pipe>()
  readonly #emit: Emitters<Contract>
  readonly #handlers: Handlers<Contract>
  #phase: AccountPhase
  #reason: string | undefined
  #host: AppHost | undefined
  #work: Promise<void> = Promise.resolve()
  #end: Promise<void> | undefined
  #quit: () => void = () => {}

  constructor(options: DeskOptions) {
    this.#options = options
    this.#emit = createPipeEmitters(contract, {
      send: (frame) => {
        for (const pipe of this.#pipes) pipe.send(frame)
      },
      onFrame: () => {},
    })
    const forwarders = createForwarders(contract, () => this.#hostHandlers())
    this.#handlers = { ...forwarders, account: this.#accountHandlers() }
    this.quitAsked = new Promise((resolve) => {
      this.#quit = resolve
    })
    this.#phase = this.#look()
  }

  /** Serves the contract on a pipe and sends it all news. Returns how to stop that, before the pipe is closed. */
  attach(pipe: Pipe): () => void {
    const guarded: Pipe = {
      send: (frame) => {
        if (this.#pipes.has(guarded)) pipe.send(frame)
      },
      onFrame: (listener) =>
        pipe.onFrame((frame) => {
          if (this.#pipes.has(guarded)) listener(frame)
        }),
    }
    this.#pipes.add(guarded)
    serve(contract, this.#handlers, guarded, (error) => this.#note(error))
    return () => {
      this.#pipes.delete(guarded)
    }
  }

  get account(): Account {
    const reason = this.#reason
    const keyProtection = this.#host?.folder.keyProtection ?? (this.#phase === 'locked' ? 'passphrase' : undefined)
    return {
      phase: this.#phase,
      ...(reason === undefined ? {} : { reason }),
      ...(keyProtection === undefined ? {} : { keyProtection }),
    }
  }

  /** The engine broke its own rules too often: what was kept is on disk, and the app should end. */
  get hasFailed(): boolean {
    return this.#host?.hasFailed ?? false
  }

  /** Opens a profile that needs no passphrase; any other waits for `account`. */
  begin(): void {
    if (this.#phase !== 'opening') return
    const opened = this.#run('opening', () => this.#open({ passphrase: undefined, identity: undefined }))
    void opened.catch((error: unknown) => this.#note(error))
  }

  /**
   * Opens the profile, or makes a new one where there is none.
   *
   * passphrase   the caller wipes it
   * throws       ProfileError or Error with the reason in words
   */
  async openOrCreate(passphrase: Uint8Array | undefined): Promise<void> {
    await this.#run(this.#phase, () => this.#open({ passphrase, identity: undefined }))
  }

  /** Leaves the network, hands over what is stored for others (10 s at most), saves and closes. */
  stop(): Promise<void> {
    this.#end ??= this.#work
      .catch(() => {
        // A profile that could not be opened needs no closing.
      })
      .then(() => this.#host?.stop())
    return this.#end
  }

  #accountHandlers(): Handlers<Contract>['account'] {
    return {
      get: () => this.account,
      create: ({ name, passphrase }) =>
        this.#make(() => ({
          identity: { ...createProfile(osRandom), name: utf8Encode(name) },
          ...secretOf(passphrase),
        })),
      unlock: ({ passphrase }) => this.#answer('locked', () => this.#openWith(secretOf(passphrase))),
      import: ({ path, passphrase }) =>
        this.#make(() => {
          const secret = secretOf(passphrase)
          return { identity: readForeignSavefile(path, secret.passphrase), ...secret }
        }),
      restore: ({ path, passphrase }) =>
        this.#make(async () => {
          const secret = utf8Encode(passphrase)
          await restoreProfile(this.#options.profileFolder, path, secret, osRandom)
          return { identity: undefined, passphrase: secret }
        }),
      retry: () => this.#answer('failed', () => this.#retry()),
    }
  }

  /** Makes a profile where there is none, and opens it. */
  #make(prepare: () => Opening | Promise<Opening>): Promise<Account> {
    return this.#answer('new', async () => {
      await sodiumReady
      await this.#openWith(await prepare())
    })
  }

  async #openWith(opening: Opening): Promise<void> {
    try {
      await this.#open(opening)
    } finally {
      if (opening.passphrase) wipe(opening.passphrase)
    }
  }

  async #retry(): Promise<void> {
    const found = this.#look()
    if (found === 'opening') await this.#open({ passphrase: undefined, identity: undefined })
    else this.#show(found, found === 'failed' ? this.#reason : undefined)
  }

  /** Carries out a call that is meant for one phase, and puts what goes wrong into the contract's words. */
  async #answer(phase: AccountPhase, work: () => Promise<void>): Promise<Account> {
    if (this.#phase !== phase) throw wrongPhase(this.#phase)
    try {
      await this.#run(phase, work)
    } catch (error) {
      if (this.account.phase === 'failed') this.#note(error)
      throw apiErrorOf(error)
    }
    return this.account
  }

  /** One thing at a time: meanwhile the phase is `opening`, and if a secret was wrong it is what it was. */
  #run(before: AccountPhase, work: () => Promise<void>): Promise<void> {
    this.#show('opening')
    this.#work = work().then(
      () => this.#show(this.#host ? 'open' : this.#phase),
      (error: unknown) => {
        this.#showFailure(before, error)
        throw error
      },
    )
    return this.#work
  }

  /** A wrong passphrase or a savefile that is none is no failure of the profile: the person is asked again. */
  #showFailure(before: AccountPhase, error: unknown): void {
    const isStillNew = before === 'new' && this.#look() === 'new'
    const isStillLocked = before === 'locked' && isAboutPassphrase(error)
    if (isStillNew || isStillLocked) {
      this.#show(before)
      return
    }
    this.#show('failed', error instanceof Error ? error.message : String(error))
  }

  async #open(opening: Opening): Promise<void> {
    const host = await AppHost.start({ ...this.#options, ...opening, emit: this.#emit })
    this.#host = host
    void host.quitAsked.then(() => this.#quit())
    host.onAccountChanged = () => this.#emit.account.changed(this.account)
  }

  async #hostHandlers(): Promise<Handlers<Contract>> {
    const host = this.#host
    if (!host || this.#phase !== 'open') {
      throw new ApiError(ApiErrorCode.NotOpen, 'no profile is open yet')
    }
    await host.ready()
    return { ...host.handlers, account: this.#handlers.account }
  }

  #look(): AccountPhase {
    try {
      finishRestore(this.#options.profileFolder)
      const found = lookIntoFolder(this.#options.profileFolder)
      return found === 'unlocked' ? 'opening' : found
    } catch (error) {
      this.#reason = error instanceof Error ? error.message : String(error)
      return 'failed'
    }
  }

  #show(phase: AccountPhase, reason?: string): void {
    if (phase === this.#phase && reason === this.#reason) return
    this.#phase = phase
    this.#reason = reason
    this.#emit.account.changed(this.account)
  }

  #note(error: unknown): void {
    this.#options.log.write('error', error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
}

/** A desk that begins at once: a profile without a passphrase opens by itself. */
export function createDesk(options: DeskOptions): Desk {
  const desk = new Desk(options)
  desk.begin()
  return desk
}

function isAboutPassphrase(error: unknown): boolean {
  return error instanceof ProfileError && (error.code === 'wrongPassphrase' || error.code === 'passphraseNeeded')
}

function secretOf(passphrase: string | undefined): { readonly passphrase: Uint8Array | undefined } {
  return { passphrase: passphrase === undefined ? undefined : utf8Encode(passphrase) }
}

/** Throws ProfileError. */
function readForeignSavefile(path: string, passphrase: Uint8Array | undefined): SavedProfile {
  let bytes: Uint8Array
  try {
    bytes = new Uint8Array(readFileSync(path))
  } catch (error) {
    throw new ProfileError('unreadable', `${path} cannot be read: ${wordsOf(error)}`, error)
  }
  try {
    return readSavedProfile(bytes, passphrase)
  } finally {
    wipe(bytes)
  }
}

const PHASE_PROBLEMS = {
  new: 'there is no profile yet: create, import or restore one',
  locked: 'there is a profile already: unlock it',
  opening: 'the profile is just being opened',
  open: 'a profile is open already',
  failed: 'there is a profile that could not be opened: see why, then try again',
} as const

function wrongPhase(phase: AccountPhase): ApiError {
  return new ApiError(phase === 'opening' ? ApiErrorCode.Busy : ApiErrorCode.Conflict, PHASE_PROBLEMS[phase])
}

const ERROR_CODES = {
  wrongPassphrase: ApiErrorCode.WrongPassphrase,
  passphraseNeeded: ApiErrorCode.WrongPassphrase,
  unreadable: ApiErrorCode.Unreadable,
  locked: ApiErrorCode.Busy,
} as const

function apiErrorOf(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  if (error instanceof ProfileError) return new ApiError(ERROR_CODES[error.code], error.message)
  return new ApiError(ApiErrorCode.Impossible, error instanceof Error ? error.message : String(error))
}
