import type { Counters } from '../base/counters.ts'
import { DAY_MS, type Instant } from '../base/time.ts'
import { STORING_RECEIVED, STORING_SENT } from '../ring/exchange.ts'
import type { VaultLimits } from '../storage/quota.ts'
import type { Vault } from '../storage/vault.ts'
import type { Extension } from './extension.ts'

const REFUSED = 'storage: refused '
const SERVED = 'storage: served'

export interface StorageView {
  readonly usedBytes: number
  readonly records: number
  readonly servedToday: number
  readonly refusedToday: Readonly<Record<string, number>>
  readonly sentBytesToday: number
  readonly receivedBytesToday: number
}

/** What was done for others since the start: counts that only grow. */
export interface StorageTotals {
  readonly served: number
  readonly refused: number
  readonly sentBytes: number
  readonly receivedBytes: number
}

/** What a person may see of, and set for, what this computer keeps for others. Days are those of UTC. */
export class StorageFace {
  readonly #extension: Extension
  readonly #vault: Vault
  readonly #counters: Counters
  #day: number | undefined
  #toldBytes = 0
  #toldRecords = 0
  #atDayStart: ReadonlyMap<string, number> = new Map()

  constructor(extension: Extension, vault: Vault, counters: Counters) {
    this.#extension = extension
    this.#vault = vault
    this.#counters = counters
  }

  /** Whether what is held has changed since the last call. Cheap: it is asked after every input. */
  takeChange(now: Instant): boolean {
    this.#turnDay(now)
    const { usedBytes, records } = this.#vault.usage()
    if (usedBytes === this.#toldBytes && records === this.#toldRecords) return false
    this.#toldBytes = usedBytes
    this.#toldRecords = records
    return true
  }

  view(now: Instant): StorageView {
    this.#turnDay(now)
    const { usedBytes, records } = this.#vault.usage()
    const refused = [...this.#counters.all().keys()]
      .filter((name) => name.startsWith(REFUSED) && this.#today(name) > 0)
      .map((name): [string, number] => [name.slice(REFUSED.length), this.#today(name)])
    return {
      usedBytes,
      records,
      servedToday: this.#today(SERVED),
      refusedToday: Object.fromEntries(refused),
      sentBytesToday: this.#today(STORING_SENT),
      receivedBytesToday: this.#today(STORING_RECEIVED),
    }
  }

  totals(): StorageTotals {
    const refused = [...this.#counters.all()].filter(([name]) => name.startsWith(REFUSED))
    return {
      served: this.#counters.get(SERVED),
      refused: refused.reduce((sum, [, count]) => sum + count, 0),
      sentBytes: this.#counters.get(STORING_SENT),
      receivedBytes: this.#counters.get(STORING_RECEIVED),
    }
  }

  /** New limits hold at once. Allocation 0 leaves the rings, after what is held was handed over. */
  setLimits(limits: VaultLimits, now: Instant): void {
    this.#extension.setLimits(limits, now)
  }

  /** Whether what is held is still being handed over, before it is forgotten. */
  get isHandingOver(): boolean {
    return this.#extension.isHandingOver
  }

  /** Hands over what is held, forgets it, and begins anew; `isHandingOver` tells when. */
  clear(now: Instant): void {
    this.#extension.clear(now)
  }

  #today(name: string): number {
    return this.#counters.get(name) - (this.#atDayStart.get(name) ?? 0)
  }

  #turnDay(now: Instant): void {
    const day = Math.floor(now / DAY_MS)
    if (day === this.#day) return
    if (this.#day !== undefined) this.#atDayStart = new Map(this.#counters.all())
    this.#day = day
  }
}
