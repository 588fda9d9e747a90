/** Levels: trace = a packet, debug = a condition, info = a change a person would see, warn = something to mend, error = a failure. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error'

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>

/** What the shells implement with a library. Keys, addresses and texts go no higher than debug. */
export interface Log {
  write(level: LogLevel, message: string, fields?: LogFields): void
}

export const silentLog: Log = { write: () => {} }
