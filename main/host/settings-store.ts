import { availableParallelism } from 'node:os'
import { FILE_TTL_SECONDS_DEFAULT, TTL_SECONDS_DEFAULT } from '../../shared/limits.ts'
import { KeptSettings, type Settings, type SettingsChange } from '../../shared/model/settings.ts'
import type { SettingsTable } from '../db/settings.ts'

const NAME = 'settings'

/** The person's settings: what is stored and valid, else the defaults. */
export class SettingsStore {
  readonly #table: Pick<SettingsTable, 'get' | 'set'>
  #settings: Settings

  constructor(table: Pick<SettingsTable, 'get' | 'set'>) {
    this.#table = table
    const stored = KeptSettings.safeParse(table.get(NAME) ?? {})
    this.#settings = { ...defaultSettings(), ...(stored.success ? defined(stored.data) : {}) }
  }

  get settings(): Settings {
    return this.#settings
  }

  /** What they would be with a change. */
  changedBy(change: SettingsChange): Settings {
    return { ...this.#settings, ...defined(change) }
  }

  /** Changes what is given and keeps it. */
  set(change: SettingsChange): Settings {
    const next = this.changedBy(change)
    this.#table.set(NAME, next)
    this.#settings = next
    return next
  }
}

function defaultSettings(): Settings {
  return {
    ttlSeconds: TTL_SECONDS_DEFAULT,
    fileTtlSeconds: FILE_TTL_SECONDS_DEFAULT,
    // One core stays free for the person.
    proofThreads: Math.max(1, availableParallelism() - 1),
    proofAlgorithm: 'argon2id',
    proofOnlyOnMains: false,
    readReceipts: true,
    typingNotices: true,
    lanDiscovery: true,
    udpEnabled: true,
    udpPort: 0,
    ipv6: true,
    theme: 'system',
    textScale: 1,
    language: 'system',
    reducedMotion: 'system',
    notifyMessages: true,
    notifyRequests: true,
    // A message that was stored needs nobody; that it was collected is news.
    notifyStored: false,
    notifyCollected: true,
    notifyText: true,
    quietHours: { isOn: false, from: '22:00', to: '07:00' },
    closeToTray: true,
    startAtLogin: false,
    enterSends: true,
  }
}

/** The entries that have a value: `undefined` means "leave as it is". */
function defined<T extends object>(change: { [K in keyof T]?: T[K] | undefined }): Partial<T> {
  const entries = Object.entries(change).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as Partial<T>
}
