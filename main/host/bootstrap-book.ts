import type { Address, NetworkScope } from '../base/address.ts'
import { type BootstrapNode, resolveBootstrapNodes } from '../driver/bootstrap-nodes.ts'
import type { SettingsTable } from '../db/settings.ts'
import { bootstrapNode } from '../engine/start.ts'
import type { UserEngine } from '../engine/user-engine.ts'
import { ApiError, ApiErrorCode } from '../../shared/api/errors.ts'
import { BootstrapNodeEntries, type BootstrapNodeEntry, type BootstrapNodeView } from '../../shared/model/network.ts'
import { timestampOf } from './views.ts'

const NAME = 'bootstrap-nodes'
/** The DHT keeps 32 in all, and has to have room for those that come with the app. */
const OWN_COUNT_MAX = 16

/** Why a node that is none of the person's own cannot be removed. */
const STAYS = {
  shipped: 'this node comes with the app and stays',
  given: 'this node was given at the start, and stays for this run',
} as const

interface Known {
  readonly node: BootstrapNode
  readonly source: BootstrapNodeView['source']
  /** Once its name was resolved, if it lies within the scope. */
  address: Address | undefined
}

export interface BootstrapBookOptions {
  /** Beside the person's own. */
  readonly nodes: readonly BootstrapNode[]
  /** Where `nodes` are from. */
  readonly source: keyof typeof STAYS
  readonly table: Pick<SettingsTable, 'get' | 'set'>
  readonly scope: NetworkScope
}

/** The nodes through which this node joins: those that come with the app or were given at the start, and those that the person added. */
export class BootstrapBook {
  readonly #options: BootstrapBookOptions
  readonly #known: Known[]

  constructor(options: BootstrapBookOptions) {
    this.#options = options
    const stored = BootstrapNodeEntries.safeParse(options.table.get(NAME))
    const own = stored.success ? stored.data : []
    this.#known = [
      ...options.nodes.map((node): Known => ({ node, source: options.source, address: undefined })),
      ...own.map((entry): Known => ({ node: nodeOf(entry), source: 'own', address: undefined })),
    ]
  }

  get hasUnresolved(): boolean {
    return this.#known.some(({ address }) => address === undefined)
  }

  /** Looks up the names that are not known yet; returns the nodes that this gave. */
  async resolve(): Promise<readonly BootstrapNode[]> {
    const unresolved = this.#known.filter(({ address }) => address === undefined)
    await Promise.all(
      unresolved.map(async (known) => {
        const [found] = await resolveBootstrapNodes([known.node], this.#options.scope)
        known.address = found?.address
      }),
    )
    return unresolved.filter(({ address }) => address !== undefined).map(({ node }) => node)
  }

  /** Has an engine join through these nodes, or through all whose address is known. */
  join({ network }: UserEngine, nodes: readonly BootstrapNode[] | undefined, now: number): void {
    for (const { node, address } of this.#known) {
      if (address && (nodes?.includes(node) ?? true)) network.bootstrap(bootstrapNode(address, node.dhtKey), now)
    }
  }

  /** Throws ApiError if it is there already, or there are too many. */
  add(entry: BootstrapNodeEntry): void {
    if (this.#find(entry)) throw new ApiError(ApiErrorCode.Conflict, 'this node is in the list already')
    const ownCount = this.#known.filter(({ source }) => source === 'own').length
    if (ownCount >= OWN_COUNT_MAX) {
      throw new ApiError(ApiErrorCode.Impossible, `there can be ${OWN_COUNT_MAX} nodes of your own: remove one first`)
    }
    this.#known.push({ node: nodeOf(entry), source: 'own', address: undefined })
    this.#keep()
  }

  /** Throws ApiError if it is not there, or is none of the person's own. */
  remove(entry: BootstrapNodeEntry, { network }: UserEngine): void {
    const known = this.#find(entry)
    if (!known) throw new ApiError(ApiErrorCode.NotFound, 'this node is not in the list')
    if (known.source !== 'own') throw new ApiError(ApiErrorCode.Impossible, STAYS[known.source])
    this.#known.splice(this.#known.indexOf(known), 1)
    if (known.address) network.forgetBootstrap(bootstrapNode(known.address, known.node.dhtKey))
    this.#keep()
  }

  views({ network }: UserEngine): BootstrapNodeView[] {
    const asked = network.bootstrapNodes()
    return this.#known.map(({ node: { host, udpPort, dhtKey }, source, address }) => {
      const standing = address && asked.find((one) => one.dhtKey === dhtKey && one.address.equals(address))
      const answeredAt = standing?.answeredAt
      return {
        host,
        port: udpPort,
        dhtKey,
        source,
        // Whom the engine does not ask has no chance to answer.
        state: address ? (standing?.state ?? 'silent') : 'unresolved',
        ...(answeredAt === undefined ? {} : { answeredAt: timestampOf(answeredAt) }),
      }
    })
  }

  #find({ host, port, dhtKey }: BootstrapNodeEntry): Known | undefined {
    return this.#known.find(({ node }) => node.host === host && node.udpPort === port && node.dhtKey === dhtKey)
  }

  #keep(): void {
    const own = this.#known.filter(({ source }) => source === 'own')
    this.#options.table.set(
      NAME,
      own.map(({ node: { host, udpPort, dhtKey } }): BootstrapNodeEntry => ({ host, port: udpPort, dhtKey })),
    )
  }
}

function nodeOf({ host, port, dhtKey }: BootstrapNodeEntry): BootstrapNode {
  return { host, udpPort: port, dhtKey }
}
