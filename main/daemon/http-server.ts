import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Log } from '../base/log.ts'
import type { ExchangeRoutes } from './exchange-routes.ts'
import { replyEmpty, replyFile, replyPage, replyRefusal } from './replies.ts'
import { originOf, refusalOf, SECURITY_HEADERS } from './security.ts'
import { sessionCookie, sessionCookieOf, type Sessions } from './sessions.ts'
import type { StaticFile } from './static-files.ts'
import type { Tabs } from './tabs.ts'

const LOOPBACK = '127.0.0.1'
const CONNECTION_COUNT_MAX = 256
/** A connection on which nothing moves; WebSockets have their own pings. */
const IDLE_MS_MAX = 120_000

export interface HttpServerParts {
  readonly sessions: Sessions
  readonly files: ReadonlyMap<string, StaticFile>
  readonly exchange: ExchangeRoutes
  readonly tabs: Tabs
  readonly log: Log
}

/**
 * The web shell's one server, on loopback only. Every request is measured by its Host and Origin first, then by its session;
 * without one there is only the link of the day.
 */
export class HttpServer {
  readonly port: number
  readonly #server: Server
  readonly #parts: HttpServerParts

  private constructor(server: Server, port: number, parts: HttpServerParts) {
    this.#server = server
    this.port = port
    this.#parts = parts
    server.on('request', (request, response) => {
      this.#handle(request, response).catch((error: unknown) => this.#fail(response, error))
    })
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.#upgrade(request, socket, head),
    )
  }

  /** Port 0 picks a free one. Throws what the system says if the port cannot be had. */
  static async listen(port: number, parts: HttpServerParts): Promise<HttpServer> {
    const server = createServer({ requestTimeout: 0 })
    server.maxConnections = CONNECTION_COUNT_MAX
    server.setTimeout(IDLE_MS_MAX)
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, LOOPBACK, () => {
        server.off('error', reject)
        // One that comes later, such as no more file handles, ends no connection that stands: it goes on serving.
        server.on('error', (error) => parts.log.write('error', error.stack ?? error.message))
        resolve()
      })
    })
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('the server has no port')
    return new HttpServer(server, address.port, parts)
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    this.#server.closeAllConnections()
    await closed
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value)
    const method = request.method ?? ''
    const isReading = method === 'GET' || method === 'HEAD'
    const refusal = refusalOf(request.headers, this.port, !isReading)
    const url = urlOf(request, this.port)
    if (refusal !== undefined) replyRefusal(response, 403, refusal)
    else if (!url) replyRefusal(response, 400, 'not a path')
    else if (method === 'GET' && url.pathname === '/' && url.searchParams.has('token'))
      this.#enter(request, response, url)
    else if (!this.#isLetIn(request)) refuseStranger(response, url)
    else if (isReading) await this.#read(request, response, url)
    else if (method === 'POST') await this.#write(request, response, url)
    else replyEmpty(response, 405, { Allow: 'GET, HEAD, POST' })
  }

  /** Lets in whoever has the link. The page, not a redirect, leads on: a strict cookie is not sent along a way from elsewhere. */
  #enter(request: IncomingMessage, response: ServerResponse, url: URL): void {
    const session = this.#parts.sessions.redeem(url.searchParams.get('token') ?? '')
    if (session !== undefined) {
      replyPage(response, {
        status: 200,
        head: '<meta http-equiv="refresh" content="0; url=/">',
        text: 'One moment…',
        headers: { 'Set-Cookie': sessionCookie(session, this.port) },
      })
    } else if (this.#isLetIn(request)) replyEmpty(response, 303, { Location: '/' })
    else refuseStranger(response, url)
  }

  async #read(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const isHead = request.method === 'HEAD'
    const file = this.#parts.files.get(url.pathname)
    if (file) await replyFile(response, file, isHead)
    else if (url.pathname === '/session') replyEmpty(response, 204)
    else if (url.pathname === '/exchange/file' && !isHead) await this.#parts.exchange.download(request, response, url)
    else replyRefusal(response, 404, 'there is nothing of that name')
  }

  async #write(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    if (url.pathname === '/exchange/upload') await this.#parts.exchange.upload(request, response, url)
    else if (url.pathname === '/exchange/save-path') await this.#parts.exchange.savePath(request, response)
    else replyRefusal(response, 404, 'there is nothing of that name')
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy())
    if (refusalOf(request.headers, this.port, true) !== undefined) refuseUpgrade(socket, 403)
    else if (urlOf(request, this.port)?.pathname !== '/api') refuseUpgrade(socket, 404)
    else if (!this.#isLetIn(request)) refuseUpgrade(socket, 401)
    else this.#parts.tabs.accept(request, socket, head)
  }

  #isLetIn(request: IncomingMessage): boolean {
    const session = sessionCookieOf(request.headers.cookie, this.port)
    return session !== undefined && this.#parts.sessions.has(session)
  }

  /** A browser that went away in the middle is no failure of ours. */
  #fail(response: ServerResponse, error: unknown): void {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    const hasLeft = code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET' || code === 'EPIPE'
    if (!hasLeft)
      this.#parts.log.write('error', error instanceof Error ? (error.stack ?? error.message) : String(error))
    if (response.headersSent) response.destroy()
    else replyRefusal(response, 500, 'this went wrong inside Ampoule: its log says more')
  }
}

function refuseStranger(response: ServerResponse, url: URL): void {
  if (url.pathname !== '/') {
    replyRefusal(response, 401, 'open Ampoule by its link first')
    return
  }
  const text =
    'This link has been used, or Ampoule was started anew. Run <code>ampoule web</code> again: it prints a new link.'
  replyPage(response, { status: 401, text })
}

function refuseUpgrade(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  socket.once('finish', () => socket.destroy())
}

/** The path and query asked for; undefined for anything but a path, such as the whole address that proxies are asked for. */
function urlOf(request: IncomingMessage, port: number): URL | undefined {
  const target = request.url ?? ''
  if (!target.startsWith('/') || target.startsWith('//')) return undefined
  return URL.parse(target, originOf(port)) ?? undefined
}
