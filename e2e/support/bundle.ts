import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'

const RENDERER = resolve(import.meta.dirname, '../../dist/renderer')

/** What the files at these addresses weigh, each compressed by itself. What a page asks of the host is no part of it. */
export function gzipBytes(addresses: readonly string[]): number {
  const paths = addresses.map((address) => new URL(address).pathname)
  const files = paths.map((path) => join(RENDERER, path === '/' ? 'index.html' : path))
  const bundled = [...new Set(files)].filter((file) => existsSync(file))
  return bundled.reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0)
}
