import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { type Exchange, ExchangeError, type ExchangeProblem } from './exchange.ts'
import { replyJson, replyRefusal } from './replies.ts'

/** `{"name": "…"}` and no more. */
const BODY_BYTES_MAX = 4_096
const STATUS: Readonly<Record<ExchangeProblem, number>> = { tooLarge: 413, noRoom: 507, gone: 404 }

/** Hands files between browser and host: upload, a place to save to, download. */
export class ExchangeRoutes {
  readonly #exchange: Exchange

  constructor(exchange: Exchange) {
    this.#exchange = exchange
  }

  /** POST /exchange/upload?name=…, the body is the file. */
  async upload(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const name = url.searchParams.get('name') ?? ''
    const announced = Number(request.headers['content-length'] ?? Number.NaN)
    await answering(request, response, async () => {
      const sizeBytes = Number.isSafeInteger(announced) ? announced : undefined
      replyJson(response, 200, { path: await this.#exchange.receive(name, request, sizeBytes) })
    })
  }

  /** POST /exchange/save-path, the body is `{"name": "…"}`. */
  async savePath(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = nameIn(await readJson(request))
    if (name !== undefined) replyJson(response, 200, { path: await this.#exchange.reserve(name) })
    else replyRefusal(response, 400, 'ask with {"name": "…"}')
  }

  /** GET /exchange/file?path=…: once it has been handed over, it is gone from here. */
  async download(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const path = url.searchParams.get('path') ?? ''
    await answering(request, response, async () => {
      const { name, sizeBytes, body } = await this.#exchange.read(path)
      response.writeHead(200, {
        'Cache-Control': 'no-store',
        'Content-Disposition': contentDisposition(name),
        'Content-Length': sizeBytes,
        'Content-Type': 'application/octet-stream',
      })
      await pipeline(body, response)
      await this.#exchange.forget(path)
    })
  }
}

async function answering(request: IncomingMessage, response: ServerResponse, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof ExchangeError) || response.headersSent) throw error
    // The rest of the body would have to be read before another request; there will be none.
    response.setHeader('Connection', 'close')
    replyRefusal(response, STATUS[error.problem], error.message)
    request.resume()
  }
}

/** The one field that a wish has. */
function nameIn(wish: unknown): string | undefined {
  if (typeof wish !== 'object' || wish === null || !('name' in wish) || Object.keys(wish).length > 1) return undefined
  return typeof wish.name === 'string' ? wish.name : undefined
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > BODY_BYTES_MAX) return undefined
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    return undefined // Refused as what it is: not what was asked for.
  }
}

/** RFC 6266: the name in full for browsers of today, in plain letters for all others. */
export function contentDisposition(name: string): string {
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_')
  const full = encodeURIComponent(name).replaceAll(/['()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`)
  return `attachment; filename="${plain}"; filename*=UTF-8''${full}`
}
