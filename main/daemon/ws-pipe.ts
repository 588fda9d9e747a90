import type { RawData, WebSocket } from 'ws'
import { ApiErrorCode } from '../../shared/api/errors.ts'
import { parseRequest, type Pipe, replyOf, type Request } from '../../shared/api/rpc.ts'
import { FrameMeter } from './frame-meter.ts'

/** A draft of 64 Ki characters is the longest frame; each may be written as `\u0000`. */
export const FRAME_BYTES_MAX = 512 * 1_024
/** A tab that does not take what it is sent is cut off here, and comes back with a clean slate. */
const UNSENT_BYTES_MAX = 32 * 1_024 ** 2
/**
 * How long the end of the app waits for a tab. One that is told to go for another reason has the 30 s that ws gives it: cut
 * off sooner, one that stalls would never read why.
 */
const LEAVE_MS_MAX = 1_000

/** RFC 6455, section 7.4.1. */
export const CloseCode = { GoingAway: 1001, Unsupported: 1003, PolicyViolation: 1008, TryAgainLater: 1013 } as const

export interface WsPipeOptions {
  /** Why a well-formed request is refused, or undefined. */
  readonly refusal: (request: Request) => string | undefined
  readonly nowMs: () => number
}

/**
 * The contract's pipe to one browser tab: one text frame each way. A frame that is no JSON-RPC request is answered so and
 * ends the connection, for our own page never sends one; so do binary frames, and more frames than a person can cause.
 */
export class WsPipe implements Pipe {
  readonly #socket: WebSocket
  readonly #options: WsPipeOptions
  readonly #meter: FrameMeter
  #listener: (frame: string) => void = () => {}
  #isClosing = false
  #hasAnswered = true

  constructor(socket: WebSocket, options: WsPipeOptions) {
    this.#socket = socket
    this.#options = options
    this.#meter = new FrameMeter(options.nowMs())
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary))
    socket.on('pong', () => {
      this.#hasAnswered = true
    })
    // Oversized or malformed frames: ws closes the connection by itself, with the code that says why.
    socket.on('error', () => {
      this.#isClosing = true
    })
  }

  send(frame: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return
    if (this.#socket.bufferedAmount > UNSENT_BYTES_MAX) this.#socket.terminate()
    else this.#socket.send(frame)
  }

  onFrame(listener: (frame: string) => void): void {
    this.#listener = listener
  }

  /** Asks whether the tab is still there; one that did not answer the last time is cut off. */
  checkAlive(): void {
    if (!this.#hasAnswered) {
      this.#socket.terminate()
      return
    }
    this.#hasAnswered = false
    this.#socket.ping()
  }

  close(code: number, reason: string): void {
    if (this.#isClosing) return
    this.#isClosing = true
    this.#socket.close(code, reason)
  }

  /** The app ends. */
  leave(): void {
    this.close(CloseCode.GoingAway, 'Ampoule has ended')
    const timer = setTimeout(() => this.#socket.terminate(), LEAVE_MS_MAX)
    this.#socket.once('close', () => clearTimeout(timer))
  }

  #receive(data: RawData, isBinary: boolean): void {
    // What was on its way when we hung up.
    if (this.#isClosing) return
    if (isBinary) this.close(CloseCode.Unsupported, 'text frames only')
    else if (!this.#meter.take(this.#options.nowMs())) this.close(CloseCode.PolicyViolation, 'too many frames')
    else this.#take(textOf(data))
  }

  #take(frame: string): void {
    const request = parseRequest(frame)
    if ('error' in request) {
      this.send(replyOf(request.id, { error: request.error }))
      this.close(CloseCode.PolicyViolation, request.error.message)
      return
    }
    const message = this.#options.refusal(request)
    if (message === undefined) this.#listener(frame)
    else if (request.id !== undefined) {
      this.send(replyOf(request.id, { error: { code: ApiErrorCode.InvalidArguments, message } }))
    }
  }
}

function textOf(data: RawData): string {
  const bytes = Array.isArray(data) ? Buffer.concat(data) : data
  return Buffer.isBuffer(bytes) ? bytes.toString('utf8') : Buffer.from(bytes).toString('utf8')
}
