import type { Contract } from '../../../shared/api/contract.ts'
import type { Handlers } from '../../../shared/api/rpc.ts'
import type { Network, RingView } from '../../../shared/model/network.ts'
import type { HostContext } from '../host-context.ts'

export function networkHandlers(context: HostContext): Handlers<Contract>['network'] {
  return {
    get: () => networkOf(context),
    rings: () => context.turn(({ network }) => network.rings().map((view): RingView => ({ ...view }))),
  }
}

export function networkOf(context: HostContext): Network {
  const { udpPort, scope } = context.runner
  return context.turn(({ network }, now) => {
    const { roleReason, ...view } = network.view(now)
    return { udpPort, scope, ...view, ...(roleReason === undefined ? {} : { roleReason }) }
  })
}
