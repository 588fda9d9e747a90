import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Pipe, Request } from '../../shared/api/rpc.ts'
import { CloseCode, FRAME_BYTES_MAX, WsPipe } from './ws-pipe.ts'

/** More open tabs than that are no person's. */
const TAB_COUNT_MAX = 16
/** Silent connections are noticed, and proxies that drop idle ones are kept awake. */
const PING_INTERVAL_MS = 30_000

export interface TabsOptions {
  /** Joins a tab to the host; returns how to part them. */
  readonly attach: (pipe: Pipe) => () => void
  /** Why a well-formed request is refused, or undefined. */
  readonly refusal: (request: Request) => string | undefined
}

/** Every browser tab that is connected: one WebSocket each, one host for all of them. */
export class Tabs {
  readonly #options: TabsOptions
  readonly #server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: FRAME_BYTES_MAX,
    perMessageDeflate: false,
  })
  readonly #pipes = new Set<WsPipe>()
  /** One tab too many each, until it has gone. */
  readonly #refused = new Set<WsPipe>()
  readonly #pinging: NodeJS.Timeout

  constructor(options: TabsOptions) {
    this.#options = options
    this.#pinging = setInterval(() => this.#checkAlive(), PING_INTERVAL_MS)
    this.#pinging.unref()
  }

  /** Takes over a request that was found to be ours. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      const pipe = new WsPipe(webSocket, { refusal: this.#options.refusal, nowMs: () => performance.now() })
      if (this.#pipes.size >= TAB_COUNT_MAX) {
        this.#refused.add(pipe)
        webSocket.once('close', () => this.#refused.delete(pipe))
        pipe.close(CloseCode.TryAgainLater, 'too many tabs are open')
        return
      }
      this.#pipes.add(pipe)
      const detach = this.#options.attach(pipe)
      webSocket.once('close', () => {
        this.#pipes.delete(pipe)
        detach()
      })
    })
  }

  close(): void {
    clearInterval(this.#pinging)
    for (const pipe of [...this.#pipes, ...this.#refused]) pipe.leave()
  }

  #checkAlive(): void {
    for (const pipe of this.#pipes) pipe.checkAlive()
  }
}
