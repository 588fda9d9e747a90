import { PAGE_SIZE_MAX } from '../../shared/limits.ts'
import type { Message } from '../../shared/model/message.ts'
import type { Places } from './places.ts'

/**
 * The part of one conversation that is in memory: a run of messages without a gap, oldest first. Long conversations
 * stay with the host; the window moves over them page by page.
 */
export interface MessageWindow {
  readonly messages: readonly Message[]
  /** Whether there may be messages before the first one here. */
  readonly hasOlder: boolean
  /** Whether there may be messages after the last one here: then new ones are not shown until one goes there. */
  readonly hasNewer: boolean
  /** Another number whenever a window took the place of another: what is shown begins anew. */
  readonly generation: number
}

/** Beyond this the far end is to be let go: about ten pages. */
export const WINDOW_COUNT_MAX = 2_000

export function newestWindow(page: readonly Message[], limit: number, generation: number): MessageWindow {
  return { messages: page, hasOlder: page.length >= limit, hasNewer: false, generation }
}

/** Around a message in the middle: one cannot know what lies beyond, so both ends stay open. */
export function middleWindow(page: readonly Message[], generation: number): MessageWindow {
  return { messages: page, hasOlder: true, hasNewer: true, generation }
}

/** On both sides of a place in the middle. */
export function windowAround(
  before: readonly Message[],
  after: readonly Message[],
  limit: number,
  generation: number,
): MessageWindow {
  const isPage = (page: readonly Message[]): boolean => page.length >= limit
  return { messages: [...before, ...after], hasOlder: isPage(before), hasNewer: isPage(after), generation }
}

type Extent = Pick<MessageWindow, 'messages' | 'hasOlder' | 'hasNewer'>

/** The places that lie within what is in memory. */
export function placesOf({ messages, hasOlder, hasNewer }: Extent): Places {
  return {
    from: hasOlder ? (messages[0]?.id ?? Infinity) : 0,
    to: hasNewer ? (messages.at(-1)?.id ?? 0) : Infinity,
  }
}

/** Whether a place after a message, or before all (0), lies within what is in memory. */
export function covers(window: Extent, afterId: number): boolean {
  const { from, to } = placesOf(window)
  return afterId >= from && afterId <= to
}

export function withOlder(window: MessageWindow, page: readonly Message[], limit = PAGE_SIZE_MAX): MessageWindow {
  const first = window.messages[0]?.id ?? Infinity
  const older = page.filter(({ id }) => id < first)
  return { ...window, messages: [...older, ...window.messages], hasOlder: page.length >= limit }
}

export function withNewer(window: MessageWindow, page: readonly Message[], limit = PAGE_SIZE_MAX): MessageWindow {
  const last = window.messages.at(-1)?.id ?? 0
  const newer = page.filter(({ id }) => id > last)
  return { ...window, messages: [...window.messages, ...newer], hasNewer: page.length >= limit }
}

/**
 * Lets go what is too much, at the end that is farther from the reader. A step of its own: a list can hold its place when
 * one of its ends changes, not both.
 */
export function trimmed(window: MessageWindow, end: 'oldest' | 'newest', max = WINDOW_COUNT_MAX): MessageWindow {
  if (window.messages.length <= max) return window
  return end === 'oldest'
    ? { ...window, messages: window.messages.slice(-max), hasOlder: true }
    : { ...window, messages: window.messages.slice(0, max), hasNewer: true }
}

/** Adds or alters one message; the same window if it lies outside. */
export function withMessage(window: MessageWindow, message: Message): MessageWindow {
  const { messages } = window
  const at = positionOf(messages, message.id)
  if (messages[at]?.id === message.id) return { ...window, messages: messages.with(at, message) }
  if (at === messages.length) {
    return window.hasNewer ? window : { ...window, messages: [...messages, message] }
  }
  if (at === 0 && window.hasOlder) return window
  return { ...window, messages: messages.toSpliced(at, 0, message) }
}

/** What came up to there is read. */
export function withRead(window: MessageWindow, upToId: number): MessageWindow {
  const isNews = ({ id, direction, isRead }: Message): boolean => direction === 'in' && !isRead && id <= upToId
  if (!window.messages.some(isNews)) return window
  const messages = window.messages.map((message) => (isNews(message) ? { ...message, isRead: true } : message))
  return { ...window, messages }
}

export function withoutMessage(window: MessageWindow, id: number): MessageWindow {
  const at = positionOf(window.messages, id)
  if (window.messages[at]?.id !== id) return window
  return { ...window, messages: window.messages.toSpliced(at, 1) }
}

/** Where a message with this id is, or would be put. */
function positionOf(messages: readonly Message[], id: number): number {
  let low = 0
  let high = messages.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((messages[middle]?.id ?? Infinity) < id) low = middle + 1
    else high = middle
  }
  return low
}
