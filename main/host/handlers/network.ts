import type { Contract } from '../../../shared/api/contract.ts'
import type { Handlers } from '../../../shared/api/rpc.ts'
import type { BootstrapNodeView, Network, RingView } from '../../../shared/model/network.ts'
import type { HostContext } from '../host-context.ts'
import { timestampOf } from '../views.ts'

export function networkHandlers(context: HostContext): Handlers<Contract>['network'] {
  const { bootstrap } = context
  const nodes = (): BootstrapNodeView[] => context.turn((engine) => bootstrap.views(engine))
  return {
    get: () => networkOf(context),
    rings: () => context.turn(({ network }) => network.rings().map((view): RingView => ({ ...view }))),
    lookups: () =>
      context.turn(({ network }) =>
        network.lookups().map(({ startedAt, hops, ...view }) => ({
          ...view,
          startedAt: timestampOf(startedAt),
          hops: [...hops],
        })),
      ),
    bootstrapNodes: nodes,
    async addBootstrapNode(entry) {
      bootstrap.add(entry)
      await context.joinNetwork()
      return nodes()
    },
    removeBootstrapNode(entry) {
      context.turn((engine) => bootstrap.remove(entry, engine))
      return nodes()
    },
  }
}

export function networkOf(context: HostContext): Network {
  const { udpPort } = context.runner
  const { scope } = context
  return context.turn(({ network }, now) => {
    const { roleReason, rttMs, ...view } = network.view(now)
    return {
      udpPort,
      scope,
      ...view,
      ...context.traffic(),
      isUdpOn: context.settings.settings.udpEnabled,
      ...(roleReason === undefined ? {} : { roleReason }),
      ...(rttMs === undefined ? {} : { rttMs }),
    }
  })
}
