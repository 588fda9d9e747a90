import type { NetworkScope } from '../base/address.ts'
import type { Log } from '../base/log.ts'
import type { Random } from '../base/random.ts'
import type { Instant } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { SqliteShelf } from '../db/vault-sqlite.ts'
import { InterfaceWatch } from '../driver/interface-watch.ts'
import { noSocket } from '../driver/no-socket.ts'
import { ProofRunner } from '../driver/proof-runner.ts'
import { RealClock } from '../driver/real-clock.ts'
import { UdpDriver } from '../driver/udp-driver.ts'
import { type DatagramSocket, type UdpCounts, UdpSocket } from '../driver/udp-socket.ts'
import { Engine, type EngineOptions, type VaultLimits } from '../engine/engine.ts'
import { createVault } from '../engine/start.ts'

export interface EngineRunnerOptions {
  readonly udpPort: number
  /** False: there is no network at all. */
  readonly isUdpOn?: boolean
  readonly ipv6?: boolean
  readonly scope: NetworkScope
  readonly random: Random
  readonly log: Log
  readonly vaultPath: string
  readonly limits: VaultLimits
  /** Part of all cores that proofs may take, above 0 to 1. */
  readonly proofShare: number
  readonly engine: Pick<EngineOptions, 'dht' | 'formula' | 'nodeKey' | 'profile' | 'offline'>
  /** Ends every turn: drain the engine's changes and events. */
  readonly onTurn: (engine: Engine, now: Instant) => void
  /** The engine broke one of its own rules and has stopped. */
  readonly onFailure: (error: unknown) => void
}

const LEAVE_POLL_MS = 20
/** How often the computer's own addresses are looked at. */
const INTERFACES_INTERVAL_MS = 5_000
/** The engine ends its hand-over by itself; if it does not, the network repairs what was left. */
const LEAVE_GRACE_MS = 500

type CountedSocket = DatagramSocket & { readonly counts: UdpCounts }

/** One engine in the real world: socket, clock, vault on disk, proof workers. */
export class EngineRunner {
  readonly engine: Engine
  readonly #driver: UdpDriver
  readonly #socket: CountedSocket
  readonly #proofs: ProofRunner
  readonly #shelf: SqliteShelf
  readonly #clock = new RealClock()
  readonly #log: Log
  readonly #interfaces: NodeJS.Timeout
  #hasBegun = false
  #isKilled = false

  private constructor(socket: CountedSocket, options: EngineRunnerOptions) {
    const clock = this.#clock
    const { random, scope, vaultPath, limits, log } = options
    const { vault, shelf } = createVault(random, limits, (cipher) => new SqliteShelf({ path: vaultPath, cipher }))
    this.#log = log
    this.#socket = socket
    this.#shelf = shelf
    this.engine = new Engine({ ...options.engine, random, scope, vault }, clock.now())
    const { engine } = this
    this.#proofs = new ProofRunner({
      taker: {
        handleProofProgress: (...news) => this.#attempt(options, () => engine.handleProofProgress(...news)),
        handleProof: (...news) => this.#attempt(options, () => engine.handleProof(...news)),
        handleProofFailed: (...news) => this.#attempt(options, () => engine.handleProofFailed(...news)),
      },
      now: () => clock.now(),
      afterwards: () => this.#attempt(options, () => this.turn(() => undefined)),
      share: options.proofShare,
    })
    this.#driver = new UdpDriver({
      engine: this.engine,
      socket,
      clock,
      onTurn: (now) => this.#handleTurn(options, now),
      onFailure: options.onFailure,
      onWallStep: ({ stepMs }, now) => {
        log.write('warn', 'the clock was set, or the computer slept', { stepMs })
        this.engine.handleClockStep(stepMs, now)
      },
    })
    const watch = new InterfaceWatch()
    const look = (): void => {
      if (watch.hasChanged()) this.turn((each, now) => each.handleNetworkChange(now))
    }
    this.#interfaces = setInterval(() => this.#attempt(options, look), INTERFACES_INTERVAL_MS).unref()
  }

  /**
   * The engine runs; its owner has it bootstrap, and calls `begin` once it is ready for its events.
   *
   * throws   Error if the port is in use or the vault's file cannot be made
   */
  static async start(options: EngineRunnerOptions): Promise<EngineRunner> {
    await sodiumReady
    const socket = await openSocket(options)
    try {
      return new EngineRunner(socket, options)
    } catch (error) {
      await socket.close()
      throw error
    }
  }

  get udpPort(): number {
    return this.#driver.udpPort
  }

  /** Datagrams since the start. */
  get counts(): UdpCounts {
    return this.#socket.counts
  }

  /** From now on `onTurn` is called; before, its owner does not have the runner yet. */
  begin(): void {
    this.#hasBegun = true
    this.turn(() => undefined)
  }

  /** Does something with the engine and settles what follows from it, persisted and sent. */
  turn<T>(action: (engine: Engine, now: Instant) => T): T {
    return this.#driver.turn((now) => this.engine.command(() => action(this.engine, now), now))
  }

  setProofShare(share: number): void {
    this.#proofs.setShare(share)
  }

  get proofs(): Pick<ProofRunner, 'measure' | 'setPaused'> {
    return this.#proofs
  }

  /** Says goodbye, hands over what there is time for, and ends. The vault's files are gone afterwards. */
  async stop(leaveMsMax: number): Promise<void> {
    try {
      await this.leave(leaveMsMax)
    } finally {
      await this.kill()
    }
  }

  /** Says goodbye and hands over what there is time for; it answers its owner all the while. */
  async leave(leaveMsMax: number): Promise<void> {
    this.turn((engine, now) => engine.leave(leaveMsMax, now))
    const giveUpAt = performance.now() + leaveMsMax + LEAVE_GRACE_MS
    while (!this.engine.hasLeft && performance.now() < giveUpAt) {
      await new Promise((resolve) => setTimeout(resolve, LEAVE_POLL_MS))
    }
  }

  /** Ends without a word. */
  async kill(): Promise<void> {
    this.#isKilled = true
    clearInterval(this.#interfaces)
    await this.#driver.close()
    await this.#proofs.close()
    this.#shelf.close()
    this.#wipe()
  }

  /** An engine that broke may break again; then its keys go as far as it gets. */
  #wipe(): void {
    try {
      this.engine.wipe(this.#clock.now())
    } catch (error) {
      this.#log.write('warn', 'the keys of a broken engine were not all wiped', { error: String(error) })
    }
  }

  /** What a worker found comes while nobody is calling, as a datagram does. */
  #attempt(options: EngineRunnerOptions, action: () => void): void {
    if (this.#isKilled) return
    try {
      action()
    } catch (error) {
      options.onFailure(error)
    }
  }

  #handleTurn(options: EngineRunnerOptions, now: Instant): void {
    const { engine } = this
    for (let order = engine.pollProofOrder(); order; order = engine.pollProofOrder()) {
      if (order.kind === 'solve') this.#proofs.solve(order.jobId, order.task)
      else this.#proofs.cancel(order.jobId)
    }
    if (this.#hasBegun) options.onTurn(engine, now)
  }
}

function openSocket({ isUdpOn = true, udpPort, scope, ipv6 = false }: EngineRunnerOptions): Promise<CountedSocket> {
  return isUdpOn ? UdpSocket.open({ port: udpPort, scope, ipv6 }) : Promise.resolve(noSocket)
}
