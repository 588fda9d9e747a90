import { type ComponentProps, memo, type RefObject, useEffect, useRef, useState } from 'react'
import { Virtualizer, type VirtualizerHandle } from 'virtua'
import type { Message } from '../../../shared/model/message.ts'
import { useTexts } from '../../text/voice.tsx'
import { useFocusLeft } from '../../ui/use-focus-left.ts'
import type { ComposerHandle } from './composer-handle.ts'
import { DayLine, UnreadLine } from './list-lines.tsx'
import { MessageBubble } from './message-bubble.tsx'
import { MessageMenu } from './message-menu.tsx'
import type { Row } from './message-rows.ts'
import styles from './scrolled-rows.module.css'
import { TransferCard } from './transfer-card.tsx'
import { useMessageFocus } from './use-message-focus.ts'

/** Rows are seldom lower on average. */
const ROW_PX = 44
/** What the window holds above and below the list, at least. */
const AROUND_PX = 110
/** So far beyond its edges the list draws rows, for the wheel; not before the first frame. */
const AHEAD_PX = 200

interface ScrolledRowsProps {
  readonly list: RefObject<VirtualizerHandle | null>
  readonly messages: readonly Message[]
  readonly rows: readonly Row[]
  /** Where the list begins. */
  readonly firstIndex: number
  /** Whether the newest change put rows before the others. */
  readonly isPrepended: boolean
  /** Pointed out after a jump. */
  readonly highlightedKey: string | undefined
  /** The friend's. */
  readonly name: string
  readonly composer: RefObject<ComposerHandle | null>
  readonly onScroll: () => void
  readonly onResize: () => void
  readonly onPersonScrolls: () => void
}

/** What scrolls: rows, and the menu of the messages among them. What stands above it can change without it. */
export const ScrolledRows = memo(function ScrolledRows(props: ScrolledRowsProps) {
  const { list, messages, rows, composer, onPersonScrolls, ...shown } = props
  const scroller = useRef<HTMLDivElement>(null)
  const focus = useMessageFocus(rows, list, scroller)
  useFocusLeft(scroller, () => composer.current?.focus())
  return (
    <MessageMenu
      messages={messages}
      composer={composer}
      className={styles.scroller}
      scroller={scroller}
      onKeyDown={focus.onKeyDown}
      onKeyDownCapture={onPersonScrolls}
      onWheel={onPersonScrolls}
      onTouchMove={onPersonScrolls}
      onPointerDown={onPersonScrolls}
      onFocus={focus.onFocus}
    >
      <div className={styles.filler} />
      <Rows {...shown} list={list} scroller={scroller} rows={rows} activeIndex={focus.activeIndex} />
      <div className={styles.endRoom} />
    </MessageMenu>
  )
})

interface RowsProps extends Omit<ScrolledRowsProps, 'messages' | 'composer' | 'onPersonScrolls'> {
  readonly scroller: RefObject<HTMLDivElement | null>
  /** The message that the Tab key comes to: it stays, so that the focus is not lost. */
  readonly activeIndex: number
}

function Rows(props: RowsProps) {
  const { list, scroller, rows, firstIndex, isPrepended, highlightedKey, name, activeIndex, onScroll, onResize } = props
  const first = useFirstRows(firstIndex)
  return (
    <Virtualizer
      ref={list}
      scrollRef={scroller}
      data={rows}
      as={MessageOl}
      item="li"
      shift={isPrepended}
      bufferSize={first.length > 0 ? 0 : AHEAD_PX}
      keepMounted={activeIndex < 0 ? first : [...first, activeIndex]}
      onScroll={onScroll}
      onResize={onResize}
    >
      {(row, index) => (
        <RowView
          key={row.key}
          row={row}
          name={name}
          isActive={index === activeIndex}
          isHighlighted={row.key === highlightedKey}
        />
      )}
    </Virtualizer>
  )
}

/**
 * The rows around where the list begins are drawn at once, so that there is something to measure in the first frame: the
 * list would draw nothing before it knows how high it is itself.
 */
function useFirstRows(firstIndex: number): readonly number[] {
  const [first, setFirst] = useState(() => {
    const count = Math.ceil(Math.max(0, innerHeight - AROUND_PX) / ROW_PX)
    return Array.from({ length: count }, (_, at) => firstIndex - at).filter((index) => index >= 0)
  })
  useEffect(() => {
    const frame = requestAnimationFrame(() => setFirst([]))
    return () => cancelAnimationFrame(frame)
  }, [])
  return first
}

interface RowViewProps {
  readonly row: Row
  readonly name: string
  readonly isActive: boolean
  readonly isHighlighted: boolean
}

const RowView = memo(function RowView({ row, name, isActive, isHighlighted }: RowViewProps) {
  switch (row.kind) {
    case 'day':
      return <DayLine at={row.at} />
    case 'unread':
      return <UnreadLine />
    case 'transfer':
      return <TransferCard transfer={row.transfer} name={name} isHighlighted={isHighlighted} />
    case 'message':
      return (
        <MessageBubble
          message={row.message}
          name={name}
          isFirst={row.isFirst}
          isLast={row.isLast}
          isActive={isActive}
          isHighlighted={isHighlighted}
        />
      )
  }
})

/** The list element, with a name of its own for screen readers. */
function MessageOl(props: ComponentProps<'ol'>) {
  return <ol {...props} className={styles.list} aria-label={useTexts().conversation.messages} />
}
