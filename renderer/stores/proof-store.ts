import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ProofMeasure, ProofPrice } from '../../shared/model/storage.ts'
import type { Api } from '../api/connection.ts'

export interface ProofState {
  /** Undefined until it was measured in this window. */
  readonly measured: ProofMeasure | undefined
  readonly measure: () => Promise<void>
  readonly price: (sizeBytes: number, ttlSeconds: number) => Promise<ProofPrice>
}

/** How fast this computer makes proofs, and what a message costs. */
export function createProofStore(api: Api): StoreApi<ProofState> {
  return createStore<ProofState>()((set) => ({
    measured: undefined,
    async measure() {
      set({ measured: await api.proof.measure({}) })
    },
    price: (sizeBytes, ttlSeconds) => api.proof.price({ sizeBytes, ttlSeconds }),
  }))
}
