const SYSTEM_CODES: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EROFS'])
const SQLITE_CODES = ['SQLITE_FULL', 'SQLITE_IOERR', 'SQLITE_READONLY', 'SQLITE_CANTOPEN'] as const

/** Whether an error says that the disk is full or fails: nothing is wrong with what was to be written. */
export function isDiskFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  // SQLite names kinds of a fault behind its name: SQLITE_IOERR_WRITE.
  if (SYSTEM_CODES.has(code) || SQLITE_CODES.some((name) => code.startsWith(name))) return true
  return isDiskFault(error.cause)
}
