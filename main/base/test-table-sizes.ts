/** Where a table was made, `base/lru-map.ts, ring/traffic.ts`, and the most entries that any table of this place had. */
export type TableSizes = ReadonlyMap<string, number>

export interface TableWatch {
  /** So far. */
  readonly largest: TableSizes
  stop(): void
}

const FRAMES_KEPT = 2
const STACK_DEPTH = 6

/**
 * Watches every Map and Set that is made in main/ from now on, so that a test sees tables that no machine shows. Only
 * one watch at a time.
 */
export function watchTables(): TableWatch {
  const largest = new Map<string, number>()
  const honest = { map: globalThis.Map, set: globalThis.Set }
  globalThis.Map = watchedMap(largest)
  globalThis.Set = watchedSet(largest)
  const stop = (): void => {
    globalThis.Map = honest.map
    globalThis.Set = honest.set
  }
  return { largest, stop }
}

function watchedMap(largest: Map<string, number>): MapConstructor {
  return class WatchedMap<K, V> extends Map<K, V> {
    readonly #place = placeOfCaller()
    override set(key: K, value: V): this {
      super.set(key, value)
      // The constructor of Map calls this before the field is there.
      if (#place in this) note(largest, this.#place, this.size)
      return this
    }
  }
}

function watchedSet(largest: Map<string, number>): SetConstructor {
  return class WatchedSet<T> extends Set<T> {
    readonly #place = placeOfCaller()
    override add(value: T): this {
      super.add(value)
      if (#place in this) note(largest, this.#place, this.size)
      return this
    }
  }
}

function note(largest: Map<string, number>, place: string | undefined, size: number): void {
  if (place !== undefined && size > (largest.get(place) ?? 0)) largest.set(place, size)
}

/** The innermost files of main/ on the stack, without this one; undefined if the table belongs to a test or a tool. */
function placeOfCaller(): string | undefined {
  const before = Error.stackTraceLimit
  Error.stackTraceLimit = STACK_DEPTH
  const stack = new Error('where').stack ?? ''
  Error.stackTraceLimit = before
  const frames = [...stack.matchAll(/^.*\/main\/((?:[a-z-]+\/)+[a-z0-9-]+\.ts)/gm)].map(([, file]) => file ?? '')
  const files = [...new honestSet(frames)].filter((file) => file !== 'base/test-table-sizes.ts')
  const [first] = files
  return first === undefined || first.includes('/test-') ? undefined : files.slice(0, FRAMES_KEPT).join(', ')
}

const honestSet = globalThis.Set
