import type { Instant } from '../base/time.ts'
import type { EngineIo } from '../engine/io.ts'
import type { WallStep } from './real-clock.ts'
import type { DatagramSocket } from './udp-socket.ts'

/** `setTimeout` counts in 31 bits; a wake further off is looked at again then. */
const TIMER_MS_MAX = 2 ** 31 - 1
/** A timer that is so late says that the process stood still. */
const LATE_MS = 100

export interface DriverClock {
  now(): Instant
  pollWallStep(): WallStep | undefined
}

export interface UdpDriverOptions {
  readonly engine: EngineIo
  readonly socket: DatagramSocket
  readonly clock: DriverClock
  /** Ends every turn: the owner drains the engine's events here and may call the engine; what that sends leaves in this turn. */
  readonly onTurn?: (now: Instant) => void
  /** The engine broke one of its own rules while nobody was calling. The driver has stopped; what to do is the owner's. */
  readonly onFailure: (error: unknown) => void
  readonly onWallStep?: (step: WallStep, now: Instant) => void
}

/**
 * One socket, one engine, one timer. Everything that happens is a turn: the clock is read once, the engine is called,
 * the owner drains its events, the datagrams leave, the timer is set to the engine's next wake.
 */
export class UdpDriver {
  readonly #engine: EngineIo
  readonly #socket: DatagramSocket
  readonly #clock: DriverClock
  readonly #onTurn: (now: Instant) => void
  readonly #onFailure: (error: unknown) => void
  readonly #onWallStep: (step: WallStep, now: Instant) => void
  #timer: NodeJS.Timeout | undefined
  #timerAt = Number.POSITIVE_INFINITY
  #afterReading: NodeJS.Immediate | undefined
  #turnNow: Instant | undefined
  #isStopped = false

  /** It works from here on; whoever has the engine do something first calls `turn`. */
  constructor({ engine, socket, clock, onTurn, onFailure, onWallStep }: UdpDriverOptions) {
    this.#engine = engine
    this.#socket = socket
    this.#clock = clock
    this.#onTurn = onTurn ?? (() => {})
    this.#onFailure = onFailure
    this.#onWallStep = onWallStep ?? (() => {})
    socket.listen((bytes, from) => this.#attempt((now) => engine.handlePacket(bytes, from, now)))
    this.#attempt(() => {})
  }

  get udpPort(): number {
    return this.#socket.udpPort
  }

  /** Does something with the engine and settles what follows from it. Within a turn it is part of that turn. */
  turn<T>(action: (now: Instant) => T): T {
    if (this.#turnNow !== undefined) return action(this.#turnNow)
    const now = this.#clock.now()
    this.#turnNow = now
    try {
      const result = action(now)
      this.#settle(now)
      return result
    } finally {
      this.#turnNow = undefined
    }
  }

  /** Stops the timer and closes the socket; a clean leave is a turn before it. */
  async close(): Promise<void> {
    this.#stop()
    await this.#socket.close()
  }

  #attempt(action: (now: Instant) => void): void {
    if (this.#isStopped) return
    try {
      this.turn(action)
    } catch (error) {
      this.#stop()
      this.#onFailure(error)
    }
  }

  #stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
    clearImmediate(this.#afterReading)
    this.#timer = undefined
  }

  #settle(now: Instant): void {
    this.#onTurn(now)
    for (let next = this.#engine.pollTransmit(); next; next = this.#engine.pollTransmit()) {
      this.#socket.send(next.bytes, next.to)
    }
    this.#arm(now)
  }

  /** A timer that is set too early is left alone: it costs one idle turn, and setting a new one for each datagram costs more. */
  #arm(now: Instant): void {
    const wake = this.#engine.nextTimeout()
    if (!wake || this.#isStopped || (this.#timer && this.#timerAt <= wake.at)) return
    clearTimeout(this.#timer)
    this.#timerAt = wake.at
    this.#timer = setTimeout(() => this.#handleTimer(), Math.min(Math.max(wake.at - now, 0), TIMER_MS_MAX))
  }

  /** Node runs timers before it reads sockets: after a stand-still, answers that have come would be given up unread. */
  #handleTimer(): void {
    this.#timer = undefined
    if (this.#clock.now() - this.#timerAt < LATE_MS) this.#wake()
    else this.#afterReading = setImmediate(() => this.#wake())
  }

  #wake(): void {
    this.#attempt((now) => {
      const step = this.#clock.pollWallStep()
      if (step) this.#onWallStep(step, now)
      this.#engine.handleTimeout(now)
    })
  }
}
