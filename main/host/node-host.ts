import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NetworkScope } from '../base/address.ts'
import type { Log } from '../base/log.ts'
import { utf8Encode } from '../base/bytes.ts'
import type { Random } from '../base/random.ts'
import { SigningKey } from '../crypto/sign.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { FolderLock } from '../db/folder-lock.ts'
import { type BootstrapNode, resolveBootstrapNodes } from '../driver/bootstrap-nodes.ts'
import { osRandom } from '../driver/os-random.ts'
import { VAULT_LIMITS_DEFAULT } from '../engine/engine.ts'
import { bootstrapNode } from '../engine/start.ts'
import { writeFileAtomically } from './atomic-file.ts'
import { BootstrapJoin } from './bootstrap-join.ts'
import { EngineRunner } from './engine-runner.ts'
import { ProfileError } from './profile-error.ts'

export interface NodeHostOptions {
  readonly udpPort: number
  readonly storageBytes: number
  readonly bootstrap: readonly BootstrapNode[]
  readonly lanDiscovery: boolean
  /** Keeps the node key, so that others find the node again. Without it the key is fresh and nothing stays. */
  readonly dataFolder: string | undefined
  readonly scope: NetworkScope
  readonly log: Log
  readonly onFailure: (error: unknown) => void
}

/** What bootstrap info names as version: 0.1.0, in the form of toxcore's 1000002018 for 0.2.18. */
const BOOTSTRAP_VERSION = 1_000_001_000
const KEY_FILE = 'node.key'
/** Bootstrap and storage nodes prove nothing themselves; one worker is there if they must. */
const PROOF_SHARE = 0.25
const LEAVE_MS_MAX = 4_000
/** How often names are asked for that nobody knew. */
const NAMES_INTERVAL_MS = 30_000

/** A bootstrap and storage node: no person, no friends, no history. */
export class NodeHost {
  readonly #runner: EngineRunner
  readonly #joining: BootstrapJoin
  readonly #names: NodeJS.Timeout
  readonly #place: Place
  readonly #onFailure: (error: unknown) => void

  private constructor(runner: EngineRunner, joining: BootstrapJoin, place: Place, onFailure: (error: unknown) => void) {
    this.#runner = runner
    this.#joining = joining
    this.#place = place
    this.#onFailure = onFailure
    this.#names = setInterval(() => this.#look(), NAMES_INTERVAL_MS).unref()
    this.#look()
  }

  /** Throws ProfileError if the folder cannot be used or is in use, and Error if the port is taken. */
  static async start(options: NodeHostOptions): Promise<NodeHost> {
    await sodiumReady
    const { udpPort, scope, bootstrap, log, lanDiscovery, storageBytes, onFailure } = options
    const place = openPlace(options.dataFolder)
    try {
      const runner = await EngineRunner.start({
        udpPort,
        scope,
        log,
        random: osRandom,
        vaultPath: join(place.folder, 'vault.db'),
        limits: { ...VAULT_LIMITS_DEFAULT, allocationBytes: storageBytes },
        proofShare: PROOF_SHARE,
        engine: {
          nodeKey: openNodeKey(options.dataFolder, osRandom),
          dht: { lanDiscovery, bootstrapInfo: { version: BOOTSTRAP_VERSION, motd: utf8Encode('Ampoule') } },
        },
        onTurn: (engine) => {
          // A node without a person has nobody to tell.
          while (engine.pollEvent());
        },
        onFailure,
      })
      runner.begin()
      const joining = new BootstrapJoin({
        nodes: bootstrap,
        resolve: async (node) => (await resolveBootstrapNodes([node], scope))[0],
        join: ({ address, dhtKey }) =>
          runner.turn((engine, now) => engine.tox.dht.bootstrap(bootstrapNode(address, dhtKey), now)),
      })
      return new NodeHost(runner, joining, place, onFailure)
    } catch (error) {
      place.release()
      throw error
    }
  }

  get udpPort(): number {
    return this.#runner.udpPort
  }

  /** 64 upper-case hex digits. */
  get dhtKey(): string {
    return this.#runner.engine.tox.dht.publicKey.hex
  }

  /** Hands over what it holds and says goodbye, within 5 s. */
  async stop(): Promise<void> {
    clearInterval(this.#names)
    this.#joining.end()
    await this.#runner.stop(LEAVE_MS_MAX)
    this.#place.release()
  }

  #look(): void {
    if (!this.#joining.isDone) void this.#joining.look().catch(this.#onFailure)
  }
}

interface Place {
  readonly folder: string
  readonly release: () => void
}

function openPlace(dataFolder: string | undefined): Place {
  if (dataFolder === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'ampoule-node-'))
    return { folder, release: () => rmSync(folder, { recursive: true, force: true }) }
  }
  try {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new ProfileError('unreadable', `the data folder ${dataFolder} cannot be made or opened`, error)
  }
  const lock = FolderLock.take(dataFolder)
  if (!lock) throw new ProfileError('locked', `the data folder ${dataFolder} is in use by another running node`)
  return { folder: dataFolder, release: () => lock.release() }
}

/** The node key of a data folder: the 32-byte seed of an Ed25519 key, made at first use. Mode 0600. */
function openNodeKey(dataFolder: string | undefined, random: Random): SigningKey {
  if (dataFolder === undefined) return SigningKey.create(random)
  const path = join(dataFolder, KEY_FILE)
  if (!existsSync(path)) {
    const key = SigningKey.create(random)
    const seed = key.seed
    writeFileAtomically(path, seed)
    seed.fill(0)
    return key
  }
  const seed = new Uint8Array(readFileSync(path))
  if (seed.length !== 32) throw new ProfileError('unreadable', `the key file ${path} is damaged; it was left as it is`)
  const key = new SigningKey(seed)
  seed.fill(0)
  return key
}
