import { readFile } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { PAGE_HEADERS } from '../../shared/content-policy.ts'

/**
 * The page has a scheme of its own. Unlike `file:` it is one origin, takes headers, and can name nothing on the disk but
 * the built files of the page.
 */
export const PAGE_SCHEME = 'app'
export const PAGE_URL = `${PAGE_SCHEME}://ampoule/index.html`
const PAGE_PREFIX = `${PAGE_SCHEME}://ampoule/`

/** What `protocol.registerSchemesAsPrivileged` has to know before the app is ready. */
export const PAGE_SCHEME_PRIVILEGES = {
  scheme: PAGE_SCHEME,
  privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
} as const

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

export function isOwnPage(url: string): boolean {
  return url.startsWith(PAGE_PREFIX)
}

/** Answers requests of the page with files below `root`, and with nothing else. */
export function createPageResponder(root: string): (request: Pick<Request, 'method' | 'url'>) => Promise<Response> {
  return async ({ method, url }) => {
    const path = method === 'GET' ? filePath(root, url) : undefined
    const contentType = path === undefined ? undefined : CONTENT_TYPES[extname(path)]
    if (path === undefined || contentType === undefined) return notFound()
    try {
      return new Response(await readFile(path), { headers: { ...PAGE_HEADERS, 'Content-Type': contentType } })
    } catch {
      // Absent, or a folder: the page asks for files that its build wrote.
      return notFound()
    }
  }
}

function filePath(root: string, url: string): string | undefined {
  if (!isOwnPage(url) || !URL.canParse(url)) return undefined
  try {
    const path = join(root, decodeURIComponent(new URL(url).pathname))
    return path.startsWith(root + sep) && !path.includes('\0') ? path : undefined
  } catch {
    return undefined // A percent sign that begins no character.
  }
}

function notFound(): Response {
  return new Response('not found', { status: 404, headers: { ...PAGE_HEADERS, 'Content-Type': 'text/plain' } })
}
