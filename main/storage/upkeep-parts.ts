import type { Counters } from '../base/counters.ts'
import type { Random } from '../base/random.ts'
import type { SigningKey } from '../crypto/sign.ts'
import type { Exchange } from '../ring/exchange.ts'
import type { RingAccess } from '../ring/ring-access.ts'
import type { Asks } from './asks.ts'
import type { OffererBook } from './offerer-book.ts'
import type { ReplicaView } from './replica-view.ts'
import type { StorageNode } from './storage-node.ts'
import type { Transfers } from './transfers.ts'
import type { UpkeepBudget } from './upkeep-budget.ts'

/** What the parts of upkeep share. */
export interface UpkeepParts {
  readonly node: StorageNode
  readonly rings: RingAccess
  readonly view: ReplicaView
  readonly exchange: Exchange
  readonly transfers: Transfers
  readonly asks: Asks
  readonly offerers: OffererBook
  readonly budget: UpkeepBudget
  readonly signingKey: SigningKey
  readonly random: Random
  readonly counters: Counters
}
