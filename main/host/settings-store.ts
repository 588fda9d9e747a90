import { availableParallelism } from 'node:os'
import { FILE_TTL_SECONDS_DEFAULT, TTL_SECONDS_DEFAULT } from '../../shared/limits.ts'
import { Settings } from '../../shared/model/settings.ts'
import type { SettingsTable } from '../db/settings.ts'

const NAME = 'settings'

/** The person's settings: what is stored and valid, else the defaults. */
export class SettingsStore {
  readonly #table: Pick<SettingsTable, 'get' | 'set'>
  #settings: Settings

  constructor(table: Pick<SettingsTable, 'get' | 'set'>) {
    this.#table = table
    // A value that an older or newer version wrote in another form must not keep the app from starting.
    const stored = Settings.partial().safeParse(table.get(NAME) ?? {})
    this.#settings = { ...defaultSettings(), ...(stored.success ? defined(stored.data) : {}) }
  }

  get settings(): Settings {
    return this.#settings
  }

  /** Changes what is given and keeps it. */
  set(change: { readonly [K in keyof Settings]?: Settings[K] | undefined }): Settings {
    this.#settings = { ...this.#settings, ...defined(change) }
    this.#table.set(NAME, this.#settings)
    return this.#settings
  }
}

function defaultSettings(): Settings {
  return {
    ttlSeconds: TTL_SECONDS_DEFAULT,
    fileTtlSeconds: FILE_TTL_SECONDS_DEFAULT,
    // One core stays free for the person.
    proofThreads: Math.max(1, availableParallelism() - 1),
    proofAlgorithm: 'argon2id',
    readReceipts: true,
    typingNotices: true,
    lanDiscovery: true,
  }
}

/** The entries that have a value: `undefined` means "leave as it is". */
function defined<T extends object>(change: { [K in keyof T]?: T[K] | undefined }): Partial<T> {
  const entries = Object.entries(change).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as Partial<T>
}
