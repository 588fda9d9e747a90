import { type DestinationStream, destination, pino } from 'pino'
import type { Log, LogFields, LogLevel } from '../base/log.ts'

export interface LogOptions {
  /** The least level that is written. */
  readonly level: LogLevel | 'silent'
  /** Standard error by default: standard output belongs to the protocols that speak there. */
  readonly stream?: DestinationStream
}

/** What a line above debug may not show, whatever was handed over: keys and Tox IDs, and IP addresses with their port. */
const SECRETS: readonly RegExp[] = [
  /\b[0-9a-f]{32,}\b/gi,
  /\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?\b/g,
  /\[[0-9a-f:.]*:[0-9a-f:.]*\](?::\d{1,5})?/gi,
  /(?<![\w:.])(?=[0-9a-f:]*::|(?:[0-9a-f]{1,4}:){7})[0-9a-f:]+(?:\.\d+){0,3}/gi,
]
const HIDDEN = '[hidden]'

/** Fields that hold what people wrote; no pattern knows a text. */
const TEXT_FIELDS: ReadonlySet<string> = new Set(['text', 'message', 'name', 'statusMessage', 'fileName', 'passphrase'])

/** Lines kept for the person to look at; the oldest goes first. */
const KEPT_LINES_MAX = 500
const KEPT_LINE_CHARS_MAX = 2_000

/** A log whose newest lines can be shown. */
export interface HostLog extends Log {
  /** From `info` up, oldest first, whatever is written elsewhere. */
  lines(): string[]
}

/**
 * Writes one JSON object a line. Above debug, keys, addresses and texts are taken out here too: callers keep them to
 * debug and trace, and one that forgets does no harm.
 */
export function createLog({ level, stream = destination({ fd: 2, sync: true }) }: LogOptions): HostLog {
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, stream)
  const kept: string[] = []
  return {
    write: (lineLevel, message, fields) => {
      const isFree = lineLevel === 'debug' || lineLevel === 'trace'
      if (isFree && !logger.isLevelEnabled(lineLevel)) return
      const shown = isFree
        ? { fields: fields ?? {}, message }
        : { fields: cleared(fields), message: withoutSecrets(message) }
      if (logger.isLevelEnabled(lineLevel)) logger[lineLevel](shown.fields, shown.message)
      if (!isFree) keep(kept, lineOf(lineLevel, shown))
    },
    lines: () => [...kept],
  }
}

function keep(kept: string[], line: string): void {
  kept.push(line.slice(0, KEPT_LINE_CHARS_MAX))
  if (kept.length > KEPT_LINES_MAX) kept.shift()
}

function lineOf(
  level: LogLevel,
  { fields, message }: { readonly fields: LogFields; readonly message: string },
): string {
  const more = Object.keys(fields).length > 0 ? ` ${JSON.stringify(fields)}` : ''
  return `${new Date().toISOString()} ${level} ${message}${more}`
}

function cleared(fields: LogFields = {}): LogFields {
  const result: Record<string, LogFields[string]> = {}
  for (const [name, value] of Object.entries(fields)) {
    const isText = TEXT_FIELDS.has(name)
    result[name] = typeof value !== 'string' ? value : isText ? HIDDEN : withoutSecrets(value)
  }
  return result
}

function withoutSecrets(text: string): string {
  return SECRETS.reduce((rest, pattern) => rest.replace(pattern, HIDDEN), text)
}
