import { join } from 'node:path'
import { Address } from '../main/base/address.ts'
import { assert } from '../main/base/assert.ts'
import type { Instant } from '../main/base/time.ts'
import { osRandom } from '../main/driver/os-random.ts'
import { RealClock } from '../main/driver/real-clock.ts'
import { UdpDriver } from '../main/driver/udp-driver.ts'
import { type UdpCounts, UdpSocket } from '../main/driver/udp-socket.ts'
import { SqliteShelf } from '../main/db/vault-sqlite.ts'
import { Engine } from '../main/engine/engine.ts'
import type { EffortFormula } from '../main/storage/effort.ts'
import { VAULT_LIMITS_DEFAULT } from '../main/storage/quota.ts'
import { Vault } from '../main/storage/vault.ts'
import { VaultCipher } from '../main/storage/vault-cipher.ts'
import type { PackedNode } from '../main/wire/node-format.ts'

const RING_COUNT = 3
const LOOPBACK = Uint8Array.of(127, 0, 0, 1)

export interface LoopbackNodeOptions {
  /** Where the vault's file goes. */
  readonly folder: string
  readonly formula?: EffortFormula
  /** Ends every turn. */
  readonly onTurn?: (engine: Engine, now: Instant) => void
}

/** A storage node as it is in the field, on 127.0.0.1: socket, clock, Tox's DHT, rings, vault on disk. */
export class LoopbackNode {
  readonly engine: Engine
  readonly address: Address
  readonly #socket: UdpSocket
  readonly #shelf: SqliteShelf
  readonly #driver: UdpDriver

  private constructor(socket: UdpSocket, { folder, formula, onTurn }: LoopbackNodeOptions) {
    const clock = new RealClock()
    const path = join(folder, `vault-${socket.udpPort}.db`)
    this.#shelf = new SqliteShelf({ path, cipher: new VaultCipher(osRandom) })
    const vault = new Vault({ shelf: this.#shelf, ringCount: RING_COUNT, limits: VAULT_LIMITS_DEFAULT })
    this.engine = new Engine(
      { random: osRandom, scope: 'loopback', vault, dht: { lanDiscovery: false }, ...(formula && { formula }) },
      clock.now(),
    )
    this.address = new Address(LOOPBACK, socket.udpPort)
    this.#socket = socket
    this.#driver = new UdpDriver({
      engine: this.engine,
      socket,
      clock,
      onTurn: (now) => {
        onTurn?.(this.engine, now)
        while (this.engine.pollEvent());
      },
      onFailure: (error) => {
        throw error
      },
    })
    this.turn((engine, now) => engine.extension.rings.setMember(true, now))
  }

  static async start(options: LoopbackNodeOptions): Promise<LoopbackNode> {
    return new LoopbackNode(await UdpSocket.open({ port: 0, scope: 'loopback' }), options)
  }

  get packed(): PackedNode {
    return { publicKey: this.engine.tox.dht.publicKey, address: this.address }
  }

  get counts(): UdpCounts {
    return this.#socket.counts
  }

  turn<T>(action: (engine: Engine, now: Instant) => T): T {
    return this.#driver.turn((now) => this.engine.command(() => action(this.engine, now), now))
  }

  async close(): Promise<void> {
    await this.#driver.close()
    this.#shelf.close()
  }
}

/** `count` nodes that know each other by way of `first`, or of the first of them. */
export async function startNodes(
  count: number,
  options: LoopbackNodeOptions,
  first?: LoopbackNode,
): Promise<LoopbackNode[]> {
  const nodes: LoopbackNode[] = []
  for (let at = 0; at < count; at += 1) {
    const node = await LoopbackNode.start(options)
    const entry = first ?? nodes[0]
    if (entry) node.turn((engine, now) => engine.bootstrap(entry.packed, now))
    nodes.push(node)
  }
  assert(nodes.length === count, 'all nodes started')
  return nodes
}
