import type { Contract } from '../../../shared/api/contract.ts'
import { ApiError, ApiErrorCode } from '../../../shared/api/errors.ts'
import type { Handlers } from '../../../shared/api/rpc.ts'
import { SEARCH_RESULTS_MAX, WAITING_FILE_BYTES_MAX } from '../../../shared/limits.ts'
import { writeNewFile } from '../atomic-file.ts'
import { fileNameOf, readWholeFile, wordsOf } from '../disk-files.ts'
import type { HostContext } from '../host-context.ts'
import { existingFriend } from './friends.ts'
import { fillIndex, sendMessage } from './messages.ts'

const NEWEST = Number.MAX_SAFE_INTEGER

export function filesHandlers(context: HostContext): Handlers<Contract>['files'] {
  const { files, database } = context
  return {
    list: ({ friend, afterMessages, beforeId, limit }) =>
      files.book.list(
        friend,
        beforeId ?? NEWEST,
        limit,
        afterMessages && { from: afterMessages.from, to: afterMessages.to ?? NEWEST },
      ),
    async search({ text, friend, limit }) {
      await fillIndex(database)
      return files.book.some(database.searchTransfers(text, friend, limit ?? SEARCH_RESULTS_MAX))
    },
    send({ friend, path, ttlSeconds }) {
      const known = existingFriend(context, friend)
      if (known.online) {
        return { transfer: context.turn((_engine, now) => files.send(friend, path, now)) }
      }
      const bytes = readWholeFile(path, WAITING_FILE_BYTES_MAX)
      const ttl = ttlSeconds ?? known.ttlSeconds ?? context.settings.settings.fileTtlSeconds
      return { message: sendMessage(context, friend, { kind: 'file', name: fileNameOf(path), bytes }, ttl) }
    },
    accept: ({ id, path }) => context.turn((_engine, now) => files.accept(id, path, now)),
    pause: ({ id }) => context.turn((_engine, now) => files.pause(id, now)),
    resume: ({ id }) => context.turn((_engine, now) => files.resume(id, now)),
    cancel: ({ id }) => context.turn((_engine, now) => files.cancel(id, now)),
    markRead({ friend, upToId }) {
      existingFriend(context, friend)
      files.book.markRead(friend, upToId)
      return {}
    },
    remove({ id }) {
      context.emit.files.removed({ id, friend: files.book.remove(id) })
      return {}
    },
    saveWaiting({ messageId, path }) {
      const content = database.messages.get(messageId)?.content
      if (content?.kind !== 'file' || !content.bytes) {
        throw new ApiError(ApiErrorCode.NotFound, 'this message carries no file')
      }
      try {
        writeNewFile(path, content.bytes)
      } catch (error) {
        throw new ApiError(ApiErrorCode.Unreadable, `${path} cannot be written: ${wordsOf(error)}`)
      }
      return {}
    },
  }
}
