import { DAY_MS, type Instant, MINUTE_MS } from '../base/time.ts'
import type { SettingsTable } from '../db/settings.ts'
import type { StorageTotals } from '../engine/events.ts'
import { type StorageSample, StorageSamples } from '../../shared/model/storage.ts'
import { timestampOf } from './views.ts'

export const SAMPLE_INTERVAL_MS = 10 * MINUTE_MS
const NAME = 'storage-history'
const NOTHING: StorageTotals = { served: 0, refused: 0, sentBytes: 0, receivedBytes: 0 }

/** The last 24 hours of storing for others, kept with the profile, so that the chart is there after a restart. */
export class StorageHistory {
  readonly #table: Pick<SettingsTable, 'get' | 'set'>
  #samples: readonly StorageSample[]
  #before = NOTHING

  constructor(table: Pick<SettingsTable, 'get' | 'set'>) {
    this.#table = table
    // What an older or newer version wrote in another form is no reason not to start.
    const stored = StorageSamples.safeParse(table.get(NAME))
    this.#samples = stored.success ? stored.data : []
  }

  /** Oldest first. */
  samples(now: Instant): StorageSample[] {
    const from = timestampOf(now - DAY_MS)
    return this.#samples.filter(({ at }) => at > from)
  }

  /** An engine began: its counts begin at nothing. */
  beginAnew(): void {
    this.#before = NOTHING
  }

  /** totals   since the engine began */
  add(held: Pick<StorageSample, 'usedBytes' | 'records'>, totals: StorageTotals, now: Instant): void {
    const sample = {
      at: timestampOf(now),
      usedBytes: held.usedBytes,
      records: held.records,
      served: totals.served - this.#before.served,
      refused: totals.refused - this.#before.refused,
      sentBytes: totals.sentBytes - this.#before.sentBytes,
      receivedBytes: totals.receivedBytes - this.#before.receivedBytes,
    }
    this.#before = totals
    this.#samples = [...this.samples(now), sample]
    this.#table.set(NAME, this.#samples)
  }
}
