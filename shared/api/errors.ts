/** What can go wrong when a person asks for something. The number is the JSON-RPC code. */
export const ApiErrorCode = {
  InvalidArguments: -32_602,
  UnknownMethod: -32_601,
  InvalidRequest: -32_600,
  ParseError: -32_700,
  Internal: -32_603,
  NotFound: 1,
  Conflict: 2,
  Impossible: 3,
  WrongPassphrase: 4,
  Unreadable: 5,
  Busy: 6,
  /** No profile is open yet: see `account`. */
  NotOpen: 7,
  /** The disk is full or fails: nothing can be kept, so nothing is begun. It goes on by itself once there is room. */
  DiskFull: 8,
} as const
export type ApiErrorCode = (typeof ApiErrorCode)[keyof typeof ApiErrorCode]

/** The only error that crosses the bridge. The message says what happened and what to do, without secrets. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: ApiErrorCode

  constructor(code: ApiErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
