import type { Counters } from '../../base/counters.ts'
import type { Random } from '../../base/random.ts'
import type { Transmits } from '../../base/transmit.ts'
import type { PublicKey } from '../../crypto/keys.ts'
import type { DhtEnvelopes } from '../../wire/dht-envelope.ts'
import type { ByteBudget } from './byte-budget.ts'
import type { CookieJar } from './cookie-jar.ts'
import type { NetCryptoEvents } from './net-crypto-event.ts'
import type { Routes } from './routes.ts'

/** What the connections of one instance have in common. `C` is a connection. */
export interface ConnectionContext<C> {
  readonly ownRealKey: PublicKey
  readonly envelopes: DhtEnvelopes
  readonly jar: CookieJar
  readonly random: Random
  readonly transmits: Transmits
  readonly counters: Counters
  readonly routes: Routes<C>
  readonly events: NetCryptoEvents
  readonly sendBudget: ByteBudget
  readonly receiveBudget: ByteBudget
}
