import { effectiveScope } from '../driver/network-scope.ts'
import type { NetworkScope } from '../base/address.ts'
import { asCommandError } from './command-error.ts'

/** Where this process may send: everywhere, unless AMPOULE_NETWORK_SCOPE says less. Throws CommandError if that is no scope. */
export function commandScope(): NetworkScope {
  try {
    return effectiveScope('internet')
  } catch (error) {
    throw asCommandError(error)
  }
}
