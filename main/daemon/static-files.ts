import { existsSync, readdirSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'

export interface StaticFile {
  readonly path: string
  readonly contentType: string
  readonly cacheControl: string
}

/** Types of what a build of the renderer holds; a file of another kind is not served. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
}

/** A content hash before the ending, as the bundler writes it: such a file never changes. */
const HASHED = /^\/assets\/.+-[\w-]{8,}\.\w+$/

/**
 * What the page is made of, by URL path. The folder is listed once: what is not in the list is not served, so that no path,
 * however it is written, leads out of the folder.
 */
export function staticFiles(folder: string): ReadonlyMap<string, StaticFile> {
  const files = new Map<string, StaticFile>()
  if (!existsSync(folder)) return files
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const contentType = CONTENT_TYPES[extname(entry.name)]
    if (!entry.isFile() || contentType === undefined) continue
    const path = join(entry.parentPath, entry.name)
    const url = `/${relative(folder, path).split(sep).join('/')}`
    const cacheControl = HASHED.test(url) ? 'private, max-age=31536000, immutable' : 'no-cache'
    files.set(url === '/index.html' ? '/' : url, { path, contentType, cacheControl })
  }
  return files
}
