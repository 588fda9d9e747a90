import { type ComponentProps, type RefObject, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { Virtualizer, type VirtualizerHandle } from 'virtua'
import type { FileTransferView } from '../../../shared/model/file.ts'
import type { Friend } from '../../../shared/model/friend.ts'
import { useStores } from '../../app-context.tsx'
import { nameOf } from '../../stores/friends-store.ts'
import { type MessageWindow, WINDOW_COUNT_MAX } from '../../stores/message-window.ts'
import { useTexts } from '../../text/voice.tsx'
import type { ComposerHandle } from './composer-handle.ts'
import { DayLine, FloatingDay, UnreadLine } from './list-lines.tsx'
import { MessageBubble } from './message-bubble.tsx'
import styles from './message-list.module.css'
import { MessageMenu } from './message-menu.tsx'
import { messageRows, type Row } from './message-rows.ts'
import { ToNewest } from './to-newest.tsx'
import { TransferCard } from './transfer-card.tsx'
import { TypingChip } from './typing-chip.tsx'
import { useListScroll } from './use-list-scroll.ts'
import { useMessageFocus } from './use-message-focus.ts'
import { useUnreadFiles } from './use-unread-files.ts'
import { useUnreadLine } from './use-unread-line.ts'
import { useWindowFocus } from './use-window-focus.ts'

interface MessageListProps {
  readonly friend: Friend
  readonly window: MessageWindow
  /** Files on their way between the two. */
  readonly transfers: readonly FileTransferView[]
  /** A search result to go to. */
  readonly jump: { readonly messageId: number } | undefined
  readonly composer: RefObject<ComposerHandle | null>
}

/** The messages of one conversation. Only what is in sight is drawn, pages come as one scrolls. */
export function MessageList({ friend, window: shown, transfers, jump, composer }: MessageListProps) {
  const { publicKey } = friend
  const { messages: store } = useStores()
  const scroller = useRef<HTMLDivElement>(null)
  const [isAtEnd, setAtEnd] = useState(false)
  const isFocused = useWindowFocus()
  const line = useUnreadLine(publicKey, shown.messages, isAtEnd && isFocused)
  const unreadFileCount = useUnreadFiles(publicKey, transfers, isAtEnd && isFocused)
  const rows = useRows(transfers, shown, line.firstUnreadId)
  const loadOlder = useCallback(() => void store.getState().loadOlder(publicKey), [store, publicKey])
  const loadNewer = useCallback(() => void store.getState().loadNewer(publicKey), [store, publicKey])
  const { list, isPrepended, isAway, dayAt, highlightedId, toEnd, onScroll, onResize, onPersonScrolls } = useListScroll(
    {
      rows,
      hasOlder: shown.hasOlder,
      hasNewer: shown.hasNewer,
      jump,
      onNearStart: loadOlder,
      onNearEnd: loadNewer,
      onAtEnd: setAtEnd,
    },
  )
  useTrimming(shown, list, (end) => store.getState().trim(publicKey, end))
  const focus = useMessageFocus(rows, list, scroller)
  const name = nameOf(friend)
  const toNewest = () => {
    if (shown.hasNewer) void store.getState().openNewest(publicKey)
    else toEnd()
  }
  return (
    <div className={styles.area}>
      <MessageMenu
        messages={shown.messages}
        composer={composer}
        className={styles.scroller}
        ref={scroller}
        onKeyDown={focus.onKeyDown}
        onKeyDownCapture={onPersonScrolls}
        onWheel={onPersonScrolls}
        onTouchMove={onPersonScrolls}
        onPointerDown={onPersonScrolls}
        onFocus={focus.onFocus}
      >
        <div className={styles.filler} />
        <Virtualizer
          ref={list}
          scrollRef={scroller}
          data={rows}
          as={MessageOl}
          item="li"
          shift={isPrepended}
          keepMounted={focus.activeIndex < 0 ? [] : [focus.activeIndex]}
          onScroll={onScroll}
          onResize={onResize}
        >
          {(row) => (
            <RowView key={row.key} row={row} name={name} activeId={focus.activeId} highlightedId={highlightedId} />
          )}
        </Virtualizer>
        <div className={styles.endRoom} />
      </MessageMenu>
      <FloatingDay at={dayAt} />
      {friend.isTyping && <TypingChip name={name} />}
      <ToNewest isShown={isAway} unreadCount={line.unreadCount + unreadFileCount} onClick={toNewest} />
    </div>
  )
}

/** Lets go of messages far away, once a page was drawn: the list cannot hold its place while both ends change. */
function useTrimming(
  { messages }: MessageWindow,
  list: RefObject<VirtualizerHandle | null>,
  trim: (end: 'oldest' | 'newest') => void,
): void {
  useEffect(() => {
    if (messages.length <= WINDOW_COUNT_MAX || !list.current) return
    const { scrollOffset, scrollSize } = list.current
    trim(scrollOffset < scrollSize / 2 ? 'newest' : 'oldest')
  })
}

function useRows(
  transfers: readonly FileTransferView[],
  shown: MessageWindow,
  firstUnreadId: number | undefined,
): Row[] {
  const { messages, hasOlder, hasNewer } = shown
  return useMemo(
    () => messageRows({ messages, transfers, firstUnreadId, hasOlder, hasNewer }),
    [messages, transfers, firstUnreadId, hasOlder, hasNewer],
  )
}

interface RowViewProps {
  readonly row: Row
  readonly name: string
  readonly activeId: number | undefined
  readonly highlightedId: number | undefined
}

function RowView({ row, name, activeId, highlightedId }: RowViewProps) {
  switch (row.kind) {
    case 'day':
      return <DayLine at={row.at} />
    case 'unread':
      return <UnreadLine />
    case 'transfer':
      return <TransferCard transfer={row.transfer} name={name} />
    case 'message':
      return (
        <MessageBubble
          message={row.message}
          name={name}
          isFirst={row.isFirst}
          isLast={row.isLast}
          isActive={row.message.id === activeId}
          isHighlighted={row.message.id === highlightedId}
        />
      )
  }
}

/** The list element, with a name of its own for screen readers. */
function MessageOl(props: ComponentProps<'ol'>) {
  return <ol {...props} className={styles.list} aria-label={useTexts().conversation.messages} />
}
