import type { Message } from '../../../shared/model/message.ts'

/** The line "new messages": where it stands, and up to where the reader has seen what came. */
export interface UnreadLine {
  readonly beforeId: number | undefined
  readonly readUpToId: number
  /** The newest message if it was an own one. */
  readonly ownNewestId: number
}

export function firstLine(messages: readonly Message[]): UnreadLine {
  return {
    beforeId: messages.find((message) => isUnread(message, 0))?.id,
    readUpToId: 0,
    ownNewestId: ownNewestIdOf(messages),
  }
}

/**
 * The line after messages were loaded or came.
 *
 * isWatched   whether the reader sees them come: then they are read, and not new to them
 */
export function nextLine(line: UnreadLine, messages: readonly Message[], isWatched: boolean): UnreadLine {
  const answered = withoutServed(line, messages)
  return isWatched ? withRead(answered, messages) : withUnread(answered, messages)
}

/** Who answers has read: the line has served. */
function withoutServed(line: UnreadLine, messages: readonly Message[]): UnreadLine {
  const ownNewestId = ownNewestIdOf(messages)
  return ownNewestId > line.ownNewestId ? { ...line, ownNewestId, beforeId: undefined } : line
}

function withRead(line: UnreadLine, messages: readonly Message[]): UnreadLine {
  const newest = messages.findLast((message) => isUnread(message, line.readUpToId))
  return newest ? { ...line, readUpToId: newest.id } : line
}

function withUnread(line: UnreadLine, messages: readonly Message[]): UnreadLine {
  const firstId = messages.find((message) => isUnread(message, line.readUpToId))?.id
  if (firstId === undefined) return line
  const isOutdated = line.beforeId === undefined || line.beforeId <= line.readUpToId
  return isOutdated || firstId < (line.beforeId ?? 0) ? { ...line, beforeId: firstId } : line
}

/** How many messages came that the reader has not seen. */
export function unreadCount(line: UnreadLine, messages: readonly Message[]): number {
  return messages.filter((message) => isUnread(message, line.readUpToId)).length
}

/** The host says later that what this window marked is read: hence the second condition. */
function isUnread({ id, direction, isRead }: Message, readUpToId: number): boolean {
  return direction === 'in' && !isRead && id > readUpToId
}

function ownNewestIdOf(messages: readonly Message[]): number {
  const newest = messages.at(-1)
  return newest?.direction === 'out' ? newest.id : 0
}
