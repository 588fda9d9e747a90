import { createStore, type StoreApi } from 'zustand/vanilla'
import type { z } from 'zod'
import type {
  BootstrapNodeEntry,
  BootstrapNodeView,
  LookupView,
  Network,
  RingView,
} from '../../shared/model/network.ts'
import type { Api } from '../api/connection.ts'

type BootstrapNode = z.infer<typeof BootstrapNodeEntry>

export interface NetworkState {
  readonly network: Network | undefined
  readonly rings: readonly z.infer<typeof RingView>[]
  readonly lookups: readonly z.infer<typeof LookupView>[]
  readonly bootstrapNodes: readonly z.infer<typeof BootstrapNodeView>[]
  readonly load: () => Promise<void>
  /** What only the network page shows; it has no event, the page asks while it is open. */
  readonly loadDetails: () => Promise<void>
  readonly addBootstrapNode: (node: BootstrapNode) => Promise<void>
  readonly removeBootstrapNode: (node: BootstrapNode) => Promise<void>
}

/** The connection, and the rings as this node sees them. */
export function createNetworkStore(api: Api): StoreApi<NetworkState> {
  const store = createStore<NetworkState>()((set) => ({
    network: undefined,
    rings: [],
    lookups: [],
    bootstrapNodes: [],
    async load() {
      set({ network: await api.network.get({}) })
    },
    async loadDetails() {
      const [rings, lookups, bootstrapNodes] = await Promise.all([
        api.network.rings({}),
        api.network.lookups({}),
        api.network.bootstrapNodes({}),
      ])
      set({ rings, lookups, bootstrapNodes })
    },
    async addBootstrapNode(node) {
      set({ bootstrapNodes: await api.network.addBootstrapNode(node) })
    },
    async removeBootstrapNode(node) {
      set({ bootstrapNodes: await api.network.removeBootstrapNode(node) })
    },
  }))
  api.network.changed((network) => store.setState({ network }))
  return store
}
