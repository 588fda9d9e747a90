/**
 * Where a vault puts its bytes: memory, or a file. A name is 36 bytes (mailbox key and slot). Nothing here throws: a
 * disk that is full or failing says so by its return values, and what it took before stays readable.
 */
export interface Shelf {
  /** Keeps `bytes` under `name` in place of what was there; false if it cannot. endsAtMinute: minutes since 1970. */
  write(name: Uint8Array, bytes: Uint8Array, endsAtMinute: number): boolean
  /** What lies under `name`; undefined if nothing does or it cannot be read. */
  read(name: Uint8Array): Uint8Array | undefined
  /** The name is unknown from now on; its room may be given back later, by `work`. */
  delete(name: Uint8Array): void
  /** Does a bounded part of what writing and deleting left to do; false if the disk refused. */
  work(): boolean
  readonly hasWork: boolean
  /** How full the queue of writes is, 0 to 1. */
  readonly queueFullness: number
  /** Forgets everything at once. */
  clear(): void
}
