import type { NetworkScope } from '../base/address.ts'
import type { PowerSource } from '../driver/power-source.ts'
import { UdpSocket } from '../driver/udp-socket.ts'
import { ApiError, ApiErrorCode } from '../../shared/api/errors.ts'
import type { Settings, SettingsChange } from '../../shared/model/settings.ts'
import type { EngineKeeper } from './engine-keeper.ts'
import type { EngineRunnerOptions } from './engine-runner.ts'
import { proofShareOf } from './handlers/settings.ts'
import type { SettingsStore } from './settings-store.ts'

export interface SettingsApplierOptions {
  readonly settings: SettingsStore
  readonly keeper: EngineKeeper
  readonly scope: NetworkScope
  /** False: no LAN discovery in this run, whatever the settings say. */
  readonly allowsLan: boolean
  /** The port of this run, whatever the settings say, until they are changed. */
  readonly fixedUdpPort: number | undefined
  readonly powerSource: () => PowerSource
}

/** A change of these is a change of sockets. */
const NETWORK_SETTINGS = ['udpEnabled', 'udpPort', 'ipv6'] as const

/** Makes the settings hold: in the running engine, or by starting another where sockets change. */
export class SettingsApplier {
  readonly #options: SettingsApplierOptions
  #fixedUdpPort: number | undefined

  constructor(options: SettingsApplierOptions) {
    this.#options = options
    this.#fixedUdpPort = options.fixedUdpPort
  }

  get isLanOn(): boolean {
    return this.#options.allowsLan && this.#settings.lanDiscovery
  }

  /** What the next engine needs to know of them. */
  engineOptions(): Pick<EngineRunnerOptions, 'udpPort' | 'isUdpOn' | 'ipv6' | 'proofShare'> {
    const { udpPort, udpEnabled, ipv6, proofThreads } = this.#settings
    return {
      udpPort: this.#fixedUdpPort ?? udpPort,
      isUdpOn: udpEnabled,
      ipv6,
      proofShare: proofShareOf(proofThreads),
    }
  }

  async change(change: SettingsChange): Promise<void> {
    const { settings, keeper } = this.#options
    const before = settings.settings
    const isNetworkChanged = NETWORK_SETTINGS.some(
      (name) => change[name] !== undefined && change[name] !== before[name],
    )
    if (!isNetworkChanged) {
      settings.set(change)
      this.#applyToEngine()
      return
    }
    await this.#probePort(settings.changedBy(change))
    settings.set(change)
    const fixedBefore = this.#fixedUdpPort
    if (change.udpPort !== undefined) this.#fixedUdpPort = undefined
    const undo = (): void => {
      // Only what was to change: other settings may have been set meanwhile.
      settings.set(formerOf(before, change))
      this.#fixedUdpPort = fixedBefore
    }
    try {
      await keeper.renew('politely', () => {}, undo)
    } catch (error) {
      throw impossible(error)
    }
  }

  /** Whether proofs may go on: asked again now and then, since computers are unplugged. */
  applyPower(): void {
    const isPaused = this.#settings.proofOnlyOnMains && this.#options.powerSource() === 'battery'
    this.#options.keeper.runner.proofs.setPaused(isPaused)
  }

  #applyToEngine(): void {
    const { keeper } = this.#options
    const settings = this.#settings
    keeper.runner.setProofShare(proofShareOf(settings.proofThreads))
    keeper.turn((engine, now) => {
      engine.setSettings(settings)
      engine.network.setLanDiscovery(this.isLanOn, now)
    })
    this.applyPower()
  }

  /** Refuses a port that is in use before anything is given up for it. */
  async #probePort({ udpEnabled, udpPort, ipv6 }: Settings): Promise<void> {
    const { keeper, scope } = this.#options
    if (!udpEnabled || udpPort === 0 || udpPort === keeper.runner.udpPort) return
    try {
      const socket = await UdpSocket.open({ port: udpPort, scope, ipv6 })
      await socket.close()
    } catch (error) {
      throw impossible(error)
    }
  }

  get #settings(): Settings {
    return this.#options.settings.settings
  }
}

/** The values that a change takes away. */
function formerOf(before: Settings, change: SettingsChange): SettingsChange {
  return Object.fromEntries(Object.entries(before).filter(([name]) => name in change))
}

function impossible(error: unknown): ApiError {
  if (error instanceof ApiError && error.code === ApiErrorCode.DiskFull) return error
  return new ApiError(ApiErrorCode.Impossible, error instanceof Error ? error.message : String(error))
}
