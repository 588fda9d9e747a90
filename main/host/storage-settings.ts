import { StorageSettings as Stored, type StorageChange } from '../../shared/model/storage.ts'
import type { SettingsTable } from '../db/settings.ts'
import { HOUR_MS } from '../base/time.ts'
import { effectiveAllocationBytes, VAULT_LIMITS_DEFAULT, type VaultLimits } from '../engine/engine.ts'

const NAME = 'storage'
const SESSIONS_NAME = 'sessions'
const MEBIBYTE = 2 ** 20
/** What is given by who gives anything: room for a record of every size. */
const ALLOCATION_BYTES_MIN = MEBIBYTE
/** The mean is of about so many latest sessions; the first one is expected to last so long. */
const SESSIONS_COUNTED_MAX = 16
const FIRST_SESSION_MS = 8 * HOUR_MS

interface Sessions {
  readonly count: number
  readonly meanMs: number
}

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

  /** What the vault may take: no more than the traffic of a mean session can hand over (design section 7). */
  get limits(): VaultLimits {
    const { allocationBytes: set, recordBytesMax, ttlSecondsMax, trafficBytesPerDayMax } = this.#settings
    const meanMs = this.#sessions?.meanMs ?? FIRST_SESSION_MS
    const most = Math.max(ALLOCATION_BYTES_MIN, effectiveAllocationBytes(set, trafficBytesPerDayMax, meanMs))
    const allocationBytes = trafficBytesPerDayMax === 0 ? 0 : Math.min(set, most)
    return { ...VAULT_LIMITS_DEFAULT, allocationBytes, recordBytesMax, ttlMsMax: ttlSecondsMax * 1_000 }
  }

  /** A session ended: the next ones are expected to be like the last ones. */
  noteSession(durationMs: number): void {
    const { count, meanMs } = this.#sessions ?? { count: 0, meanMs: 0 }
    const counted = Math.min(count + 1, SESSIONS_COUNTED_MAX)
    this.#table.set(SESSIONS_NAME, { count: counted, meanMs: meanMs + (durationMs - meanMs) / counted })
  }

  get #sessions(): Sessions | undefined {
    const stored = this.#table.get(SESSIONS_NAME)
    return isSessions(stored) ? stored : undefined
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

function isSessions(stored: unknown): stored is Sessions {
  if (typeof stored !== 'object' || stored === null || !('count' in stored) || !('meanMs' in stored)) return false
  const { count, meanMs } = stored
  return typeof count === 'number' && count >= 1 && typeof meanMs === 'number' && meanMs >= 0
}
