import { type RefObject, useEffect, useMemo, useState } from 'react'
import type { VirtualizerHandle } from 'virtua'
import type { FileTransferView } from '../../../shared/model/file.ts'
import type { Friend } from '../../../shared/model/friend.ts'
import { useStores } from '../../app-context.tsx'
import { useAsk } from '../../ask.ts'
import { nameOf } from '../../stores/friends-store.ts'
import type { Jump } from '../../stores/jump.ts'
import { type MessageWindow, WINDOW_COUNT_MAX } from '../../stores/message-window.ts'
import { useTexts } from '../../text/voice.tsx'
import type { ComposerHandle } from './composer-handle.ts'
import { FloatingDay } from './list-lines.tsx'
import styles from './message-list.module.css'
import { messageRows, type Row } from './message-rows.ts'
import { ScrolledRows } from './scrolled-rows.tsx'
import { ToNewest } from './to-newest.tsx'
import { TypingChip } from './typing-chip.tsx'
import { useListScroll } from './use-list-scroll.ts'
import { useUnreadFiles } from './use-unread-files.ts'
import { useUnreadLine } from './use-unread-line.ts'
import { useWindowFocus } from './use-window-focus.ts'

interface MessageListProps {
  readonly friend: Friend
  readonly window: MessageWindow
  /** Files that go or went between the two. */
  readonly transfers: readonly FileTransferView[]
  /** A search result to go to. */
  readonly jump: Jump | undefined
  readonly composer: RefObject<ComposerHandle | null>
}

/** The messages of one conversation. Only what is in sight is drawn, pages come as one scrolls. */
export function MessageList({ friend, window: shown, transfers, jump, composer }: MessageListProps) {
  const { publicKey } = friend
  const t = useTexts().conversation.list
  const ask = useAsk()
  const { messages: store } = useStores()
  const [isAtEnd, setAtEnd] = useState(false)
  const isFocused = useWindowFocus()
  const line = useUnreadLine(publicKey, shown.messages, isAtEnd && isFocused)
  const unreadFileCount = useUnreadFiles(friend, transfers, isAtEnd && isFocused)
  const rows = useRows(transfers, shown, line.firstUnreadId)
  const { loadOlder, loadNewer } = usePages(publicKey)
  const { isAway, dayAt, toEnd, ...scrolling } = useListScroll({
    rows,
    hasOlder: shown.hasOlder,
    hasNewer: shown.hasNewer,
    jump,
    onNearStart: loadOlder,
    onNearEnd: loadNewer,
    onAtEnd: setAtEnd,
  })
  useTrimming(shown, scrolling.list, (end) => store.getState().trim(publicKey, end))
  const name = nameOf(friend)
  const toNewest = () => {
    if (shown.hasNewer) void ask(t.loadFailed, () => store.getState().openNewest(publicKey))
    else toEnd()
  }
  return (
    <div className={styles.area}>
      <ScrolledRows {...scrolling} messages={shown.messages} rows={rows} name={name} composer={composer} />
      <FloatingDay at={dayAt} />
      {friend.isTyping && <TypingChip name={name} />}
      <ToNewest isShown={isAway} unreadCount={line.unreadCount + unreadFileCount} onClick={toNewest} />
    </div>
  )
}

/** The pages around what is shown. One that does not come is asked for again by whoever scrolls on. */
function usePages(publicKey: string) {
  const { messages: store } = useStores()
  return useMemo(() => {
    const load = (which: 'loadOlder' | 'loadNewer') => () =>
      void store
        .getState()
        [which](publicKey)
        .catch(() => undefined)
    return { loadOlder: load('loadOlder'), loadNewer: load('loadNewer') }
  }, [store, publicKey])
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
