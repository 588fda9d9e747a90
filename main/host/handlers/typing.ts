import { fromHex } from '../../base/bytes.ts'
import { PublicKey } from '../../crypto/keys.ts'
import type { Contract } from '../../../shared/api/contract.ts'
import type { Handlers } from '../../../shared/api/rpc.ts'
import type { HostContext } from '../host-context.ts'
import { existingFriend } from './friends.ts'

export function typingHandlers(context: HostContext): Handlers<Contract>['typing'] {
  return {
    set({ friend, isTyping }) {
      existingFriend(context, friend)
      const isShown = isTyping && context.settings.settings.typingNotices
      context.turn(({ messenger }, now) => messenger.setTyping(new PublicKey(fromHex(friend)), isShown, now))
      return {}
    },
  }
}
