/** What the double of Electron tells the test. */
export type FromMain =
  | { readonly kind: 'window'; readonly options: WindowOptions }
  | { readonly kind: 'load'; readonly url: string }
  | { readonly kind: 'send'; readonly channel: string; readonly args: readonly unknown[] }
  | { readonly kind: 'response'; readonly id: number; readonly response: PageResponse }
  | { readonly kind: 'answer'; readonly id: number; readonly result: unknown }
  /** A call of Electron that has no answer to give, such as `setBadgeCount`. */
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly unknown[] }
  /** A second instance met the lock of the first. */
  | { readonly kind: 'second'; readonly argv: readonly string[]; readonly folder: string }

/** What the test tells the double. */
export type ToMain =
  | { readonly kind: 'ipc'; readonly channel: string; readonly args: readonly unknown[]; readonly from: FrameKind }
  | { readonly kind: 'request'; readonly id: number; readonly url: string }
  | { readonly kind: 'loaded' }
  | { readonly kind: 'ask'; readonly id: number; readonly name: string; readonly args: readonly unknown[] }

/** Who sent a frame: the window's main frame, a frame within it, another window, or the main frame on a foreign page. */
export type FrameKind = 'main' | 'within' | 'other' | 'foreign page'

export interface WindowOptions {
  readonly show?: boolean
  readonly webPreferences?: Readonly<Record<string, unknown>>
}

export interface PageResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly bodyBase64: string
}
