import { setImmediate } from 'node:timers/promises'
import { fromHex, utf8Encode } from '../../base/bytes.ts'
import type { Instant } from '../../base/time.ts'
import { PublicKey } from '../../crypto/keys.ts'
import { BEFORE_ALL } from '../../db/messages.ts'
import type { MessageRow } from '../../db/message-row.ts'
import type { Contract } from '../../../shared/api/contract.ts'
import { ApiError, ApiErrorCode } from '../../../shared/api/errors.ts'
import type { Handlers } from '../../../shared/api/rpc.ts'
import { SEARCH_RESULTS_MAX } from '../../../shared/limits.ts'
import { type Delivery, type Message, MessageState, StateReason } from '../../../shared/model/message.ts'
import type { UserEngine } from '../../engine/user-engine.ts'
import type { HostContext } from '../host-context.ts'
import { timestampOf } from '../views.ts'
import { existingFriend } from './friends.ts'

/** What a person sends: the words, or a small file. */
export type OutgoingContent =
  | { readonly kind: 'text' | 'action'; readonly text: string }
  | { readonly kind: 'file'; readonly name: string; readonly bytes: Uint8Array }

export function messagesHandlers(context: HostContext): Handlers<Contract>['messages'] {
  const { database } = context
  return {
    send({ friend, text, kind, ttlSeconds }) {
      const known = existingFriend(context, friend)
      const ttl = ttlSeconds ?? known.ttlSeconds ?? context.settings.settings.ttlSeconds
      return sendMessage(context, friend, { kind: kind ?? 'text', text }, ttl)
    },
    list: ({ friend, beforeId, limit }) =>
      database.messages.list(friend, beforeId ?? BEFORE_ALL, limit).map((row) => context.message(row)),
    around: ({ id, limit }) =>
      database.messages.around(existingMessage(context, id), limit).map((row) => context.message(row)),
    after: ({ friend, afterId, limit }) =>
      database.messages.listAfter(friend, afterId, limit).map((row) => context.message(row)),
    edit: ({ id, text }) =>
      changed(context, id, 'edited', ({ offline }, messageId, now) => offline.edit(messageId, utf8Encode(text), now)),
    remove({ id }) {
      const { friend } = existingMessage(context, id)
      database.removeMessage(id)
      context.emit.messages.removed({ id, friend })
      context.emitFriend(friend)
      return {}
    },
    cancel: ({ id }) =>
      changed(context, id, 'cancelled', ({ offline }, messageId, now) => offline.cancel(messageId, now)),
    renew: ({ id, ttlSeconds }) =>
      changed(context, id, 'renewed', ({ offline }, messageId, now) => offline.renew(messageId, ttlSeconds, now)),
    resend: ({ id }) =>
      changed(context, id, 'sent again', ({ offline }, messageId, now) => offline.resend(messageId, now)),
    markRead({ friend, upToId }) {
      existingFriend(context, friend)
      const ids = database.transaction(() => database.messages.markRead(friend, upToId))
      context.turn((engine, now) => engine.markRead(new PublicKey(fromHex(friend)), ids, now))
      context.emit.messages.markedRead({ friend, upToId })
      context.emitFriend(friend)
      return {}
    },
    async search({ text, friend, limit }) {
      await fillIndex(database)
      const ids = database.search(text, friend, limit ?? SEARCH_RESULTS_MAX)
      return ids.flatMap((id) => database.messages.get(id) ?? []).map((row) => context.message(row))
    },
    delivery: ({ id }) => deliveryOf(context, existingMessage(context, id)),
  }
}

/** What is not indexed yet is indexed now, a page at a time, so that nobody else waits for it. */
export async function fillIndex(database: HostContext['database']): Promise<void> {
  while (database.indexSome()) await setImmediate()
}

const OUTGOING_FAULTS = { empty: 'a message needs a text', tooLong: 'the message is too long' } as const

/** Hands a message to the engine, which keeps it in one transaction with what it needs to send it. */
export function sendMessage(
  context: HostContext,
  friend: string,
  content: OutgoingContent,
  ttlSeconds: number,
): Message {
  const bytes =
    content.kind === 'file'
      ? { kind: content.kind, name: utf8Encode(content.name), bytes: content.bytes }
      : { kind: content.kind, text: utf8Encode(content.text) }
  const outcome = context.turn(({ offline }, now) =>
    offline.send(new PublicKey(fromHex(friend)), { content: bytes, sentAtMs: now, ttlSeconds }, now),
  )
  if (outcome.kind !== 'accepted') throw new ApiError(ApiErrorCode.InvalidArguments, OUTGOING_FAULTS[outcome.kind])
  const { messageId } = outcome
  return context.message(keptMessage(context, messageId))
}

function keptMessage(context: HostContext, messageId: string): MessageRow {
  const row = context.database.messages.getByMessageId(messageId)
  if (!row) throw new ApiError(ApiErrorCode.Internal, 'the message was not kept')
  return row
}

/** Runs a command on an own message and returns how it stands then. Throws ApiError where it makes no sense. */
function changed(
  context: HostContext,
  id: number,
  verb: string,
  command: (engine: UserEngine, messageId: string, now: Instant) => boolean,
): Message {
  const row = existingMessage(context, id)
  const { messageId } = row
  const isDone =
    row.isOutgoing && messageId !== undefined && context.turn((engine, now) => command(engine, messageId, now))
  if (!isDone) throw new ApiError(ApiErrorCode.Conflict, `message ${id} is ${row.state}: it cannot be ${verb}`)
  return context.message(existingMessage(context, id))
}

function existingMessage(context: HostContext, id: number): MessageRow {
  const row = context.database.messages.get(id)
  if (!row) throw new ApiError(ApiErrorCode.NotFound, `there is no message ${id}`)
  return row
}

function deliveryOf(context: HostContext, row: MessageRow): Delivery {
  const timeline = context.database.messages.steps(row.id).map(({ at, state, reason }) => ({
    at: timestampOf(at),
    state: MessageState.parse(state),
    ...(reason === null ? {} : { reason: StateReason.parse(reason) }),
  }))
  const { messageId } = row
  const details = messageId === undefined ? undefined : context.turn((engine) => engine.delivery(messageId))
  const holders = (details?.holders ?? []).map(({ nodeKey, ring, status, checkedAt }) => ({
    nodeKey,
    ring,
    status,
    ...(checkedAt === undefined ? {} : { checkedAt: timestampOf(checkedAt) }),
  }))
  const receipts = (details?.receipts ?? []).map(({ nodeKey, receivedAt, expiresAt, receipt, signature }) => ({
    nodeKey,
    receivedAt: timestampOf(receivedAt),
    expiresAt: timestampOf(expiresAt),
    receipt,
    signature,
  }))
  return { timeline, holders, receipts }
}
