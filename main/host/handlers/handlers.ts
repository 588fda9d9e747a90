import type { Contract } from '../../../shared/api/contract.ts'
import type { Handlers } from '../../../shared/api/rpc.ts'
import type { HostContext } from '../host-context.ts'
import { tellingDiskFaults } from '../disk-full.ts'
import { appHandlers } from './app.ts'
import { filesHandlers } from './files.ts'
import { friendsHandlers } from './friends.ts'
import { messagesHandlers } from './messages.ts'
import { networkHandlers } from './network.ts'
import { profileHandlers } from './profile.ts'
import { proofHandlers, settingsHandlers } from './settings.ts'
import { storageHandlers } from './storage.ts'
import { typingHandlers } from './typing.ts'

/** What a host with an open profile answers: the whole contract but `account`. */
export type HostHandlers = Omit<Handlers<Contract>, 'account'>

export function createHandlers(context: HostContext): HostHandlers {
  return tellingDiskFaults({
    profile: profileHandlers(context),
    friends: friendsHandlers(context),
    messages: messagesHandlers(context),
    files: filesHandlers(context),
    typing: typingHandlers(context),
    network: networkHandlers(context),
    storage: storageHandlers(context),
    proof: proofHandlers(context),
    settings: settingsHandlers(context),
    app: appHandlers(context),
  })
}
