import { createMemoryVault } from './vault-memory.ts'
import { describeVault } from './vault.contract.ts'

describeVault('a vault in memory', (limits, ringCount) => ({
  vault: createMemoryVault({ limits, ringCount }),
  close: () => {},
}))
