import { fromHex, utf8Encode } from '../../base/bytes.ts'
import { PublicKey } from '../../crypto/keys.ts'
import type { Contract } from '../../../shared/api/contract.ts'
import { ApiError, ApiErrorCode } from '../../../shared/api/errors.ts'
import type { Handlers } from '../../../shared/api/rpc.ts'
import type { Friend } from '../../../shared/model/friend.ts'
import { parseToxId } from '../../../shared/tox-id.ts'
import type { HostContext } from '../host-context.ts'
import { timestampOf } from '../views.ts'

const ADD_PROBLEMS = {
  alreadyFriend: [ApiErrorCode.Conflict, 'you are friends already, or have asked already'],
  ownId: [ApiErrorCode.Impossible, 'this is your own Tox ID'],
  badChecksum: [ApiErrorCode.InvalidArguments, 'the Tox ID has a typing error: its checksum is wrong'],
  emptyMessage: [ApiErrorCode.InvalidArguments, 'a request needs a message'],
  messageTooLong: [ApiErrorCode.InvalidArguments, 'the message is too long'],
} as const satisfies Readonly<Record<string, readonly [ApiErrorCode, string]>>

export function friendsHandlers(context: HostContext): Handlers<Contract>['friends'] {
  return {
    list: () => context.friends(),
    requests: () =>
      context.database.friends.requests().map(({ publicKey, message, receivedAt }) => ({
        publicKey,
        message,
        receivedAt: timestampOf(receivedAt),
      })),
    add({ toxId, message }) {
      const parts = parseToxId(toxId)
      if ('problem' in parts) throw problem('badChecksum')
      const { kind } = context.turn((engine, now) => engine.addFriend(fromHex(toxId), utf8Encode(message), now))
      if (kind !== 'added' && kind !== 'newNospam') throw problem(kind)
      context.saveProfile()
      forgetRequest(context, parts.publicKey)
      return announced(context, parts.publicKey)
    },
    accept({ publicKey }) {
      if (!context.database.friends.requests().some((request) => request.publicKey === publicKey)) {
        throw noRequest()
      }
      const { kind } = context.turn((engine, now) => engine.acceptFriend(new PublicKey(fromHex(publicKey)), now))
      if (kind === 'ownId') throw problem('ownId')
      context.saveProfile()
      forgetRequest(context, publicKey)
      return announced(context, publicKey)
    },
    dismiss({ publicKey }) {
      if (!forgetRequest(context, publicKey)) throw noRequest()
      return {}
    },
    remove({ publicKey }) {
      const wasRequest = forgetRequest(context, publicKey)
      const wasFriend = context.turn((engine, now) => engine.removeFriend(new PublicKey(fromHex(publicKey)), now))
      if (!wasFriend && !wasRequest) throw noFriend()
      if (wasFriend) {
        context.files.endAll('interrupted', publicKey)
        context.database.removeFriend(publicKey)
        context.saveProfile()
        context.emit.friends.removed({ publicKey })
      }
      return {}
    },
    setTtl({ publicKey, ttlSeconds }) {
      existingFriend(context, publicKey)
      context.database.friends.setTtl(publicKey, ttlSeconds)
      return announced(context, publicKey)
    },
    setDraft({ publicKey, text }) {
      existingFriend(context, publicKey)
      context.database.friends.setDraft(publicKey, text)
      context.emitFriend(publicKey)
      return {}
    },
    setOfflineMessages({ publicKey, isOn }) {
      existingFriend(context, publicKey)
      context.turn(({ offline }, now) => offline.setOfflineMessages(new PublicKey(fromHex(publicKey)), isOn, now))
      return announced(context, publicKey)
    },
  }
}

/** The friend with this key. Throws ApiError if there is none. */
export function existingFriend(context: HostContext, publicKey: string): Friend {
  const friend = context.friend(publicKey)
  if (!friend) throw noFriend()
  return friend
}

function announced(context: HostContext, publicKey: string): Friend {
  const friend = existingFriend(context, publicKey)
  context.emit.friends.changed(friend)
  return friend
}

/** Returns whether there was one. */
function forgetRequest({ database, emit }: HostContext, publicKey: string): boolean {
  const wasThere = database.friends.removeRequest(publicKey)
  if (wasThere) emit.friends.requestRemoved({ publicKey })
  return wasThere
}

function noRequest(): ApiError {
  return new ApiError(ApiErrorCode.NotFound, 'nobody with this key has asked to be your friend')
}

function noFriend(): ApiError {
  return new ApiError(ApiErrorCode.NotFound, 'there is no friend with this key')
}

function problem(kind: keyof typeof ADD_PROBLEMS): ApiError {
  const [code, message] = ADD_PROBLEMS[kind]
  return new ApiError(code, message)
}
