import type { Address } from '../base/address.ts'
import type { PublicKey } from '../crypto/keys.ts'

/** How many other nodes' reports of our address are kept: the latest. */
const REPORTS_MAX = 9

/** What this node is at this moment, as all parts of the rings share it. */
export class OwnState {
  readonly key: PublicKey
  /** We hold records and appear in answers. */
  isStorage = false
  /** The prefix in which a node sees us, by its key; the latest report last. */
  readonly #reports = new Map<string, string>()
  #prefix: string | undefined

  constructor(key: PublicKey) {
    this.key = key
  }

  /** A node says from which address it sees us. */
  reportAddress(reporter: PublicKey, address: Address): void {
    const { hex } = reporter
    const { prefix } = address
    const isNews = this.#reports.get(hex) !== prefix
    this.#reports.delete(hex)
    this.#reports.set(hex, prefix)
    if (!isNews) return
    const [oldest] = this.#reports.keys()
    if (oldest !== undefined && this.#reports.size > REPORTS_MAX) this.#reports.delete(oldest)
    this.#prefix = this.#mostReported()
  }

  /** The prefix that most of the latest reporters see us in. */
  get prefix(): string | undefined {
    return this.#prefix
  }

  #mostReported(): string | undefined {
    const counts = new Map<string, number>()
    for (const prefix of this.#reports.values()) counts.set(prefix, (counts.get(prefix) ?? 0) + 1)
    let best: string | undefined
    for (const [prefix, count] of counts) if (best === undefined || count > (counts.get(best) ?? 0)) best = prefix
    return best
  }
}
