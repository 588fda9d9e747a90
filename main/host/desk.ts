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
import { apiErrorOf, failedBy, type Standing, wrongPhase } from './account-standing.ts'
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
  #standing: Standing
  #setAsideIn: string | undefined
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
    this.#standing = this.#look()
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
    const keyProtection = this.#host?.folder.keyProtection ?? (this.#phase === 'locked' ? 'passphrase' : undefined)
    return {
      ...this.#standing,
      ...(keyProtection === undefined ? {} : { keyProtection }),
      ...(this.#setAsideIn === undefined ? {} : { setAsideIn: this.#setAsideIn }),
    }
  }

  /** The engine broke its own rules too often: what was kept is on disk, and the app should end. */
  get hasFailed(): boolean {
    return this.#host?.hasFailed ?? false
  }

  /** Opens a profile that needs no passphrase; any other waits for `account`. */
  begin(): void {
    if (this.#phase !== 'opening') return
    const opened = this.#run(() => this.#open({ passphrase: undefined, identity: undefined }))
    void opened.catch((error: unknown) => this.#note(error))
  }

  /**
   * Opens the profile, or makes a new one where there is none.
   *
   * passphrase   the caller wipes it
   * throws       ProfileError or Error with the reason in words
   */
  async openOrCreate(passphrase: Uint8Array | undefined): Promise<void> {
    await this.#run(() => this.#open({ passphrase, identity: undefined }))
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
      restore: ({ path, passphrase }) => this.#restore(path, utf8Encode(passphrase)),
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

  /** Makes a profile of a backup, where there is none or in place of one that could not be opened. */
  async #restore(path: string, passphrase: Uint8Array): Promise<Account> {
    let isInPlace = false
    const restore = async (): Promise<void> => {
      await sodiumReady
      this.#setAsideIn = await restoreProfile(this.#options.profileFolder, path, passphrase, osRandom)
      isInPlace = true
      await this.#openWith({ identity: undefined, passphrase })
    }
    const phase = this.#phase === 'failed' ? 'failed' : 'new'
    try {
      return await this.#answer(phase, restore, () => phase === 'failed' && !isInPlace)
    } finally {
      wipe(passphrase)
    }
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
    if (found.phase === 'opening') await this.#open({ passphrase: undefined, identity: undefined })
    else this.#show(found)
  }

  /**
   * Carries out a call that is meant for one phase, and puts what goes wrong into the contract's words.
   *
   * isUntouched   whether the profile is as it was after an error, where the error alone does not say
   */
  async #answer(phase: AccountPhase, work: () => Promise<void>, isUntouched = () => false): Promise<Account> {
    if (this.#phase !== phase) throw wrongPhase(this.#phase)
    try {
      await this.#run(work, isUntouched)
    } catch (error) {
      if (this.#phase === 'failed' && !isUntouched()) this.#note(error)
      throw apiErrorOf(error)
    }
    return this.account
  }

  /** One thing at a time: meanwhile the phase is `opening`, and if a secret was wrong it is what it was. */
  #run(work: () => Promise<void>, isUntouched = () => false): Promise<void> {
    const before = this.#standing
    this.#show({ phase: 'opening' })
    this.#work = work().then(
      () => {
        if (this.#host) this.#show({ phase: 'open' })
      },
      (error: unknown) => {
        this.#show(isUntouched() || this.#isAskedAgain(before, error) ? before : failedBy(error))
        throw error
      },
    )
    return this.#work
  }

  /** A wrong passphrase or a savefile that is none is no failure of the profile: the person is asked again. */
  #isAskedAgain({ phase }: Standing, error: unknown): boolean {
    if (phase === 'new') return this.#look().phase === 'new'
    return phase === 'locked' && isAboutPassphrase(error)
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

  get #phase(): AccountPhase {
    return this.#standing.phase
  }

  #look(): Standing {
    try {
      this.#setAsideIn ??= finishRestore(this.#options.profileFolder)
      const found = lookIntoFolder(this.#options.profileFolder)
      return { phase: found === 'unlocked' ? 'opening' : found }
    } catch (error) {
      return failedBy(error)
    }
  }

  #show(standing: Standing): void {
    const before = this.#standing
    if (standing.phase === before.phase && standing.reason === before.reason) return
    this.#standing = standing
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
