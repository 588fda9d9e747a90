/** Where a table was made, `base/lru-map.ts, ring/traffic.ts`, and the most entries that any table of this place had. */
export type TableSizes = ReadonlyMap<string, number>

export interface TableWatch {
  /** So far. */
  readonly largest: TableSizes
  stop(): void
}

/** Smaller tables are noted only so far: reading a stack for each of them would cost more than all machines together. */
const TABLE_NOTED_FROM = 48
/** Arrays are noted from so many members on: looking where each one was made would cost too much. */
const ARRAY_NOTED_FROM = 4_096
const FRAMES_KEPT = 2
const OUTSIDE = ''
const STACK_DEPTH = 6

/**
 * Watches every Map and Set that is made in main/ from now on, and every array that grows by `push` beyond 4,096 members
 * (its place is where that happened), so that a test sees tables that no machine shows. Only one watch at a time.
 */
export function watchTables(): TableWatch {
  const largest = new Map<string, number>()
  const honest = { map: globalThis.Map, set: globalThis.Set, push: Reflect.get(Array.prototype, 'push') }
  globalThis.Map = watchedMap(largest)
  globalThis.Set = watchedSet(largest)
  setPush(watchedPush(largest, honest.push))
  const stop = (): void => {
    globalThis.Map = honest.map
    globalThis.Set = honest.set
    setPush(honest.push)
  }
  return { largest, stop }
}

function watchedMap(largest: Map<string, number>): MapConstructor {
  return class WatchedMap<K, V> extends Map<K, V> {
    readonly #made = stackHere()
    #place: string | undefined
    override set(key: K, value: V): this {
      super.set(key, value)
      // The constructor of Map calls this before the fields are there.
      if (#place in this && this.size >= TABLE_NOTED_FROM) {
        this.#place ??= placeOf(this.#made)
        note(largest, this.#place, this.size)
      }
      return this
    }
  }
}

function watchedSet(largest: Map<string, number>): SetConstructor {
  return class WatchedSet<T> extends Set<T> {
    readonly #made = stackHere()
    #place: string | undefined
    override add(value: T): this {
      super.add(value)
      if (#place in this && this.size >= TABLE_NOTED_FROM) {
        this.#place ??= placeOf(this.#made)
        note(largest, this.#place, this.size)
      }
      return this
    }
  }
}

type Push = (this: unknown[], ...items: unknown[]) => number

function watchedPush(largest: Map<string, number>, push: Push): Push {
  return function watched(this: unknown[], ...items: unknown[]): number {
    const length = push.apply(this, items)
    if (length > ARRAY_NOTED_FROM) note(largest, placeOf(stackHere()), length)
    return length
  }
}

function setPush(push: Push): void {
  Reflect.defineProperty(Array.prototype, 'push', {
    value: push,
    writable: true,
    configurable: true,
    enumerable: false,
  })
}

function note(largest: Map<string, number>, place: string, size: number): void {
  if (place !== OUTSIDE && size > (largest.get(place) ?? 0)) largest.set(place, size)
}

/** Taking a stack is cheap; making text of it is not, and is done for tables that grow alone. */
function stackHere(): Error {
  const before = Error.stackTraceLimit
  Error.stackTraceLimit = STACK_DEPTH
  const here = new Error('where')
  Error.stackTraceLimit = before
  return here
}

/** The innermost files of main/ on the stack, without this one; OUTSIDE if the table belongs to a test or a tool. */
function placeOf({ stack = '' }: Error): string {
  const frames = [...stack.matchAll(/^.*\/main\/((?:[a-z-]+\/)+[a-z0-9-]+\.ts)/gm)].map(([, file]) => file ?? '')
  const files = [...new honestSet(frames)].filter((file) => file !== 'base/test-table-sizes.ts')
  const [first] = files
  return first === undefined || first.includes('/test-') ? OUTSIDE : files.slice(0, FRAMES_KEPT).join(', ')
}

const honestSet = globalThis.Set
