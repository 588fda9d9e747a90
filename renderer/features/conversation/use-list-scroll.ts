import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { VirtualizerHandle } from 'virtua'
import type { Jump } from '../../stores/jump.ts'
import { nextMove, type Placed } from './list-move.ts'
import { firstIdOf, goalKeyOf, newestOwnIdOf, type Row, timeAt } from './message-rows.ts'

/** So near to an end the next page is asked for. */
const PAGE_AHEAD_PX = 1_000
/** Within this of the end one reads the newest; within the second the list follows what comes. */
const AT_END_PX = 32
const FOLLOWS_PX = 4
/** Free room under the newest message, and above what one jumps to. */
const END_ROOM_PX = 28
/** What one jumped to stands out for so long. */
const POINT_OUT_MS = 2_200

interface ListScrollInput {
  readonly rows: readonly Row[]
  readonly hasOlder: boolean
  readonly hasNewer: boolean
  /** Where to go: a search result. A new object goes there again. */
  readonly jump: Jump | undefined
  readonly onNearStart: () => void
  readonly onNearEnd: () => void
  readonly onAtEnd: (isAtEnd: boolean) => void
}

/**
 * Keeps a conversation where a person wants it: at the newest message while that is what they look at, else where they
 * are, also when older messages are put before. It begins at a search result, at the line "new messages", or at the end.
 */
export function useListScroll({ rows, hasOlder, hasNewer, jump, onNearStart, onNearEnd, onAtEnd }: ListScrollInput) {
  const list = useRef<VirtualizerHandle>(null)
  const follows = useRef(false)
  /** A place was taken that is not the end: until a person scrolls, nothing else moves the list from there. */
  const holdsPlace = useRef(false)
  const [isAway, setAway] = useState(false)
  const [dayAt, setDayAt] = useState<string>()

  const toEnd = useCallback(() => {
    list.current?.scrollToIndex(rows.length - 1, { align: 'end', offset: END_ROOM_PX })
  }, [rows.length])

  const onScroll = useCallback(() => {
    const shown = list.current
    if (!shown || shown.viewportSize === 0) return
    const { scrollOffset, scrollSize, viewportSize } = shown
    const belowPx = scrollSize - scrollOffset - viewportSize
    follows.current = belowPx < FOLLOWS_PX && !hasNewer && !holdsPlace.current
    onAtEnd(belowPx < AT_END_PX && !hasNewer)
    setAway(belowPx > viewportSize / 2 || hasNewer)
    setDayAt(timeAt(rows, shown.findItemIndex(scrollOffset)))
    if (hasOlder && scrollOffset < PAGE_AHEAD_PX) onNearStart()
    if (hasNewer && belowPx < PAGE_AHEAD_PX) onNearEnd()
  }, [rows, hasOlder, hasNewer, onNearStart, onNearEnd, onAtEnd])

  const placed = useRef<Placed>(undefined)
  useLayoutEffect(() => {
    const move = nextMove(placed.current, { rows, hasNewer, jump, follows: follows.current })
    placed.current = { jump: move.kind === 'jump' ? jump : placed.current?.jump, newestOwnId: newestOwnIdOf(rows) }
    if (move.kind === 'stay') return
    follows.current = move.kind === 'end'
    holdsPlace.current = move.kind !== 'end'
    if (move.kind === 'end') toEnd()
    else if (move.kind === 'jump') list.current?.scrollToIndex(move.index, { align: 'center' })
    else list.current?.scrollToIndex(move.index, { align: 'start', offset: -END_ROOM_PX })
  }, [rows, hasNewer, jump, toEnd])

  const onResize = useCallback(() => {
    if (follows.current) toEnd()
    onScroll()
  }, [toEnd, onScroll])
  const onPersonScrolls = useCallback(() => {
    holdsPlace.current = false
  }, [])
  return {
    list,
    firstIndex: useFirstIndex(rows, hasNewer, jump),
    onPersonScrolls,
    isPrepended: usePrepended(rows),
    isAway,
    dayAt,
    highlightedKey: useHighlight(jump),
    toEnd,
    onScroll,
    onResize,
  }
}

/** Where the list is going to begin. */
function useFirstIndex(rows: readonly Row[], hasNewer: boolean, jump: Jump | undefined): number {
  const [index] = useState(() => {
    const move = nextMove(undefined, { rows, hasNewer, jump, follows: false })
    return 'index' in move ? move.index : rows.length - 1
  })
  return index
}

/** The row that one jumped to, for a moment. */
function useHighlight(jump: Jump | undefined): string | undefined {
  const [faded, setFaded] = useState<Jump>()
  useEffect(() => {
    if (jump === undefined) return undefined
    const timer = setTimeout(() => setFaded(jump), POINT_OUT_MS)
    return () => clearTimeout(timer)
  }, [jump])
  return jump === undefined || jump === faded ? undefined : goalKeyOf(jump)
}

/** Whether the newest change of rows put some before the others or took some there: then the list holds its place from the end. */
function usePrepended(rows: readonly Row[]): boolean {
  const [seen, setSeen] = useState({ rows, firstId: firstIdOf(rows), isPrepended: false })
  if (seen.rows === rows) return seen.isPrepended
  const firstId = firstIdOf(rows)
  const isPrepended = firstId !== seen.firstId
  setSeen({ rows, firstId, isPrepended })
  return isPrepended
}
