import { availableParallelism } from 'node:os'
import type { Contract } from '../../../shared/api/contract.ts'
import type { Handlers } from '../../../shared/api/rpc.ts'
import { APP_VERSION, LIBRARIES } from '../app-info.ts'
import type { HostContext } from '../host-context.ts'

export function appHandlers(context: HostContext): Handlers<Contract>['app'] {
  return {
    info: () => ({
      version: APP_VERSION,
      shell: context.shell,
      platform: `${process.platform} ${process.arch}, Node ${process.versions.node}`,
      cores: availableParallelism(),
      profileFolder: context.folder.path,
      run: context.run,
      libraries: LIBRARIES.map((library) => ({ ...library })),
    }),
    log: () => context.logLines(),
    quit() {
      context.quit()
      return {}
    },
  }
}
