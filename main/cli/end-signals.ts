import process from 'node:process'

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

/**
 * Within this time it is one wish that came by two ways: a terminal or a supervisor tells every process of the group,
 * and restart.js passes on what it was told.
 */
const SAME_WISH_MS = 1_000
/** As a shell says it of a program that Ctrl+C ended. */
const EXIT_CODE_AT_ONCE = 130

export interface EndSignalParts {
  readonly source: { on(signal: (typeof SIGNALS)[number], listener: () => void): unknown }
  readonly exit: (code: number) => void
  readonly nowMs: () => number
}

const SYSTEM: EndSignalParts = {
  source: process,
  exit: (code) => process.exit(code),
  nowMs: () => performance.now(),
}

/** Tells of the first signal that asks this process to leave. Another one, a while later, ends it at once. */
export function endAsked(onAsked: () => void, { source, exit, nowMs }: EndSignalParts = SYSTEM): void {
  let askedAtMs: number | undefined
  const handle = (): void => {
    if (askedAtMs === undefined) {
      askedAtMs = nowMs()
      onAsked()
    } else if (nowMs() - askedAtMs >= SAME_WISH_MS) exit(EXIT_CODE_AT_ONCE)
  }
  for (const signal of SIGNALS) source.on(signal, handle)
}
