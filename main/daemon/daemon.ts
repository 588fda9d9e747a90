import type { Log } from '../base/log.ts'
import { type KnownPaths, pathRefusal } from '../host/path-guard.ts'
import type { Pipe } from '../../shared/api/rpc.ts'
import { Exchange } from './exchange.ts'
import { ExchangeRoutes } from './exchange-routes.ts'
import { HttpServer } from './http-server.ts'
import { LinkFile } from './link-file.ts'
import { originOf } from './security.ts'
import { Sessions } from './sessions.ts'
import { staticFiles } from './static-files.ts'
import { Tabs } from './tabs.ts'

/** Browsers remember what a person allowed by address: the port should be the same every time. */
const HTTP_PORT_PREFERRED = 7_733
const SWEEP_INTERVAL_MS = 600_000

export interface DaemonOptions {
  /** Joins a tab to the host; returns how to part them. */
  readonly attach: (pipe: Pipe) => () => void
  /** The built renderer. */
  readonly rendererFolder: string
  /** What belongs to the web shell alone: files that change hands, and the link. Beside the profile, not in it. */
  readonly folder: string
  /** 0 picks a free port; undefined takes the usual one, or a free one where that is taken. */
  readonly httpPort: number | undefined
  readonly log: Log
}

/** The local web shell: serves the renderer and the contract to the browser of the person at this computer. */
export class Daemon {
  readonly #server: HttpServer
  readonly #tabs: Tabs
  readonly #exchange: Exchange
  readonly #linkFile: LinkFile
  readonly #sweeping: NodeJS.Timeout

  private constructor(server: HttpServer, tabs: Tabs, exchange: Exchange, linkFile: LinkFile) {
    this.#server = server
    this.#tabs = tabs
    this.#exchange = exchange
    this.#linkFile = linkFile
    this.#sweeping = setInterval(() => void exchange.sweep().catch(() => {}), SWEEP_INTERVAL_MS)
    this.#sweeping.unref()
  }

  /** Throws what the system says if the port cannot be had. */
  static async start({ attach, rendererFolder, folder, httpPort, log }: DaemonOptions): Promise<Daemon> {
    const exchange = await Exchange.open({ folder })
    const linkFile = new LinkFile(folder)
    const sessions = new Sessions((token) => linkFile.setToken(token))
    const known: KnownPaths = {
      mayRead: (path) => exchange.isUpload(path),
      mayWrite: (path) => exchange.isSave(path),
    }
    const tabs = new Tabs({ attach, refusal: (request) => pathRefusal(request, known) })
    const files = staticFiles(rendererFolder)
    const parts = { sessions, files, exchange: new ExchangeRoutes(exchange), tabs, log }
    const server = await listen(httpPort, (port) => HttpServer.listen(port, parts))
    linkFile.setOrigin(originOf(server.port))
    return new Daemon(server, tabs, exchange, linkFile)
  }

  /** What a person opens in their browser; good for one use, and a new one afterwards. */
  get link(): string {
    return this.#linkFile.link
  }

  async stop(): Promise<void> {
    clearInterval(this.#sweeping)
    this.#linkFile.remove()
    this.#tabs.close()
    await this.#server.close()
    await this.#exchange.close()
  }
}

async function listen(port: number | undefined, at: (port: number) => Promise<HttpServer>): Promise<HttpServer> {
  if (port !== undefined) return await at(port)
  return await at(HTTP_PORT_PREFERRED).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return at(0)
    throw error
  })
}
