import { ApiErrorCode } from '../../shared/api/errors.ts'
import type { Link, LinkedPipe, LinkState } from './connection.ts'

const RETRY_MS_MIN = 250
const RETRY_MS_MAX = 5_000
/** Told where the cookie is missing or old. */
const CLOSE_UNAUTHORIZED = 4_401

/** What a socket tells. */
export interface SocketNews {
  onOpen(): void
  onText(text: string): void
  onClose(code: number): void
}

/** Opens a socket: the browser's, or a test's. */
export type OpenSocket = (address: string, news: SocketNews) => { send(text: string): void }

/**
 * Frames over a WebSocket that is opened again whenever it breaks. What was asked before the first opening waits for
 * it; what is asked or on its way while the link is lost is answered with an error at once, so that no button hangs.
 */
export class WebSocketPipe implements LinkedPipe {
  readonly #address: string
  readonly #open: OpenSocket
  readonly #stateListeners = new Set<(state: LinkState) => void>()
  readonly #unanswered = new Set<number>()
  #frameListener: (frame: string) => void = () => undefined
  #early: string[] = []
  #socket: ReturnType<OpenSocket> | undefined
  #state: LinkState = 'connecting'
  #retryMs = RETRY_MS_MIN

  constructor(address: string, open: OpenSocket) {
    this.#address = address
    this.#open = open
    this.#connect()
  }

  readonly link: Link = (() => {
    const state = (): LinkState => this.#state
    return {
      get state() {
        return state()
      },
      onChange: (listener: (state: LinkState) => void) => {
        this.#stateListeners.add(listener)
        return () => this.#stateListeners.delete(listener)
      },
    }
  })()

  onFrame(listener: (frame: string) => void): void {
    this.#frameListener = listener
  }

  send(frame: string): void {
    if (this.#state === 'connecting') {
      this.#early.push(frame)
      return
    }
    const id = idOf(frame)
    if (this.#state !== 'open' || !this.#socket) {
      // Not within this call: the asker has not begun to wait yet.
      if (id !== undefined) queueMicrotask(() => this.#fail(id))
      return
    }
    if (id !== undefined) this.#unanswered.add(id)
    this.#socket.send(frame)
  }

  #connect(): void {
    const socket = this.#open(this.#address, {
      onOpen: () => {
        this.#socket = socket
        this.#retryMs = RETRY_MS_MIN
        this.#setState('open')
        const early = this.#early
        this.#early = []
        for (const frame of early) this.send(frame)
      },
      onText: (text) => {
        const id = idOf(text)
        if (id !== undefined) this.#unanswered.delete(id)
        this.#frameListener(text)
      },
      onClose: (code) => this.#handleClose(code),
    })
  }

  #handleClose(code: number): void {
    this.#socket = undefined
    const unanswered = [...this.#unanswered]
    this.#unanswered.clear()
    const wasReached = this.#state === 'open' || this.#state === 'lost'
    if (code === CLOSE_UNAUTHORIZED) this.#setState('refused')
    else if (wasReached) this.#setState('lost')
    for (const id of unanswered) this.#fail(id)
    if (code === CLOSE_UNAUTHORIZED) return
    setTimeout(() => this.#connect(), this.#retryMs)
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MS_MAX)
  }

  #fail(id: number): void {
    const error = { code: ApiErrorCode.Busy, message: 'the connection to Ampoule was lost' }
    this.#frameListener(JSON.stringify({ jsonrpc: '2.0', id, error }))
  }

  #setState(state: LinkState): void {
    if (state === this.#state) return
    this.#state = state
    for (const listener of this.#stateListeners) listener(state)
  }
}

function idOf(frame: string): number | undefined {
  const value: unknown = JSON.parse(frame)
  if (typeof value !== 'object' || value === null || !('id' in value)) return undefined
  return typeof value.id === 'number' ? value.id : undefined
}

/** The browser's own socket. */
export const openWebSocket: OpenSocket = (address, news) => {
  const socket = new WebSocket(address)
  let wasOpen = false
  socket.addEventListener('open', () => {
    wasOpen = true
    news.onOpen()
  })
  socket.addEventListener('message', ({ data }) => {
    if (typeof data === 'string') news.onText(data)
  })
  socket.addEventListener('close', ({ code }) => {
    if (wasOpen) news.onClose(code)
    else void isLetIn().then((letIn) => news.onClose(letIn ? code : CLOSE_UNAUTHORIZED))
  })
  return socket
}

/** A page is not told why its socket was refused, but it may ask whether its session still holds. */
async function isLetIn(): Promise<boolean> {
  try {
    return (await fetch('session', { cache: 'no-store' })).status !== 401
  } catch {
    // Nobody there: that will be mended, and is no refusal.
    return true
  }
}
