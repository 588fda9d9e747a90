import { effectiveScope } from '../driver/network-scope.ts'
import type { NetworkScope } from '../base/address.ts'

/** Where this process may send: everywhere, unless AMPOULE_NETWORK_SCOPE says less. */
export function commandScope(): NetworkScope {
  return effectiveScope('internet')
}
