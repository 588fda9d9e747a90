import { readFileSync } from 'node:fs'
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'
import { type BootstrapNode, parseBootstrapNode } from '../driver/bootstrap-nodes.ts'
import { CommandError } from './command-error.ts'

const UNITS: Readonly<Record<string, number>> = { '': 1, KiB: 1_024, MiB: 1_024 ** 2, GiB: 1_024 ** 3 }

/** Bytes of `268435456`, `256MiB`, `64KiB`, `1GiB` or `0`. Throws CommandError. */
export function parseSize(text: string): number {
  const parts = /^(\d+)(KiB|MiB|GiB)?$/.exec(text)
  const bytes = parts ? Number(parts[1]) * (UNITS[parts[2] ?? ''] ?? Number.NaN) : Number.NaN
  if (!Number.isSafeInteger(bytes)) {
    throw new CommandError(`"${text}" is no size: write bytes, or a whole number of KiB, MiB or GiB, as in 256MiB`)
  }
  return bytes
}

/** A UDP port; 0 picks a free one. Throws CommandError. */
export function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (!(port <= 65_535)) throw new CommandError(`"${text}" is no UDP port: write 0 (any free one) to 65535`)
  return port
}

/** `HOST:PORT:DHTKEY`, where an IPv6 host may stand in brackets. Throws CommandError. */
export function parseBootstrap(text: string): BootstrapNode {
  const node = parseBootstrapNode(text)
  if (!node) throw new CommandError(`"${text}" is no bootstrap node: write HOST:PORT:DHTKEY, the key in 64 hex digits`)
  return node
}

/** The first line of a file, as UTF-8 bytes without its line end. Throws CommandError. */
export function readPassphrase(path: string): Uint8Array {
  try {
    const text = readFileSync(path, 'utf8').split(/\r?\n/)[0] ?? ''
    if (text === '') throw new Error('it is empty')
    return new Uint8Array(Buffer.from(text, 'utf8'))
  } catch (error) {
    throw new CommandError(`the passphrase file ${path} cannot be read: ${error instanceof Error ? error.message : ''}`)
  }
}

type Values<T extends ParseArgsOptionsConfig> = ReturnType<typeof parseArgs<{ options: T; strict: true }>>['values']

/** Parses the arguments of one command. Throws CommandError for unknown options, missing values and stray words. */
export function parseOptions<const T extends ParseArgsOptionsConfig>(args: readonly string[], options: T): Values<T> {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split(/\.\s/)
    throw new CommandError(reason)
  }
}
