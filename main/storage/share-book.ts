import type { Origin } from './quota.ts'

interface Share {
  readonly origin: Origin
  readonly rows: Set<number>
  bytes: number
}

/** Who pays for which rows: one share for each kind of origin and prefix. A share without rows is forgotten. */
export class ShareBook {
  readonly #shares = new Map<string, Share>()
  readonly #shareOfRow: (Share | undefined)[] = []
  #repairBytes = 0

  get repairBytes(): number {
    return this.#repairBytes
  }

  add(row: number, origin: Origin, bytes: number): void {
    const name = nameOf(origin)
    const share = this.#shares.get(name) ?? { origin, rows: new Set<number>(), bytes: 0 }
    this.#shares.set(name, share)
    share.rows.add(row)
    share.bytes += bytes
    this.#shareOfRow[row] = share
    if (origin.kind === 'repair') this.#repairBytes += bytes
  }

  remove(row: number, bytes: number): void {
    const share = this.#shareOfRow[row]
    if (!share) return
    this.#shareOfRow[row] = undefined
    share.rows.delete(row)
    share.bytes -= bytes
    if (share.origin.kind === 'repair') this.#repairBytes -= bytes
    if (share.rows.size === 0) this.#shares.delete(nameOf(share.origin))
  }

  originOf(row: number): Origin {
    return this.#shareOfRow[row]?.origin ?? { kind: 'deposit', prefix: undefined }
  }

  bytesOf(origin: Origin): number {
    return this.#shares.get(nameOf(origin))?.bytes ?? 0
  }

  /** All shares of one kind: rows and bytes by prefix. */
  sharesOf(kind: Origin['kind']): readonly { readonly rows: ReadonlySet<number>; readonly bytes: number }[] {
    return [...this.#shares.values()].filter((share) => share.origin.kind === kind)
  }
}

function nameOf({ kind, prefix }: Origin): string {
  return `${kind} ${prefix ?? ''}`
}
