import { StorageSettings as Stored, type StorageChange } from '../../shared/model/storage.ts'
import type { SettingsTable } from '../db/settings.ts'
import { VAULT_LIMITS_DEFAULT, type VaultLimits } from '../engine/engine.ts'

const NAME = 'storage'
const MEBIBYTE = 2 ** 20

const DEFAULTS: Stored = {
  allocationBytes: VAULT_LIMITS_DEFAULT.allocationBytes,
  recordBytesMax: VAULT_LIMITS_DEFAULT.recordBytesMax,
  ttlSecondsMax: VAULT_LIMITS_DEFAULT.ttlMsMax / 1_000,
  trafficBytesPerDayMax: 200 * MEBIBYTE,
}

/** What the person gives to others: kept with the profile, handed to the vault as limits. */
export class StorageSettings {
  readonly #table: Pick<SettingsTable, 'get' | 'set'>
  #settings: Stored

  constructor(table: Pick<SettingsTable, 'get' | 'set'>) {
    this.#table = table
    const stored = Stored.safeParse(table.get(NAME))
    this.#settings = stored.success ? stored.data : DEFAULTS
  }

  get settings(): Stored {
    return this.#settings
  }

  get limits(): VaultLimits {
    const { allocationBytes, recordBytesMax, ttlSecondsMax } = this.#settings
    return { ...VAULT_LIMITS_DEFAULT, allocationBytes, recordBytesMax, ttlMsMax: ttlSecondsMax * 1_000 }
  }

  /** Changes what is given; `keep` makes it last. Throws ZodError where a value is out of bounds. */
  change(change: StorageChange): void {
    const given = Object.entries(change).filter(([, value]) => value !== undefined)
    this.#settings = Stored.parse({ ...this.#settings, ...Object.fromEntries(given) })
  }

  keep(): void {
    this.#table.set(NAME, this.#settings)
  }
}
