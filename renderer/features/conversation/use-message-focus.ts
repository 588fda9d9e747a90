import { type KeyboardEvent, type RefObject, useLayoutEffect, useRef, useState } from 'react'
import type { VirtualizerHandle } from 'virtua'
import { type Row, rowIndexOf } from './message-rows.ts'

/**
 * Lets the arrow keys walk from message to message; the Tab key comes to one of them only, the last one visited or the newest.
 * Its row stays mounted when it is scrolled out of sight, so that the focus is not lost.
 */
export function useMessageFocus(
  rows: readonly Row[],
  list: RefObject<VirtualizerHandle | null>,
  scroller: RefObject<HTMLElement | null>,
) {
  const [visitedId, setVisitedId] = useState<number>()
  const wantsFocus = useRef(false)
  const visitedIndex = visitedId === undefined ? -1 : rowIndexOf(rows, visitedId)
  const activeIndex = visitedIndex >= 0 ? visitedIndex : rows.findLastIndex(({ kind }) => kind === 'message')
  const active = rows[activeIndex]
  const activeId = active?.kind === 'message' ? active.message.id : undefined

  useLayoutEffect(() => {
    if (!wantsFocus.current || activeId === undefined) return
    wantsFocus.current = false
    list.current?.scrollToIndex(activeIndex, { align: 'nearest' })
    scroller.current
      ?.querySelector<HTMLElement>(`[data-message="${activeId}"] [data-message-focus]`)
      ?.focus({ preventScroll: true })
  }, [activeId, activeIndex, list, scroller])

  const visit = (index: number) => {
    const row = rows[index]
    if (row?.kind !== 'message' || row.message.id === activeId) return
    wantsFocus.current = true
    setVisitedId(row.message.id)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (!isMessageFocus(event.target) || event.ctrlKey || event.metaKey || event.altKey) return
    const next = nextIndex(event.key, rows, activeIndex)
    if (next === undefined) return
    event.preventDefault()
    visit(next)
  }
  const onFocus = (event: { readonly target: EventTarget }) => {
    const id = messageIdOf(event.target)
    if (id !== undefined) setVisitedId(id)
  }
  return { activeId, activeIndex, onKeyDown, onFocus }
}

/** Whether an element is what has the focus when one walks through the messages. */
export function isMessageFocus(target: EventTarget): boolean {
  return target instanceof HTMLElement && target.dataset['messageFocus'] !== undefined
}

/** The message that an element belongs to. */
export function messageIdOf(target: EventTarget): number | undefined {
  const article = target instanceof Element ? target.closest<HTMLElement>('[data-message]') : null
  return article ? Number(article.dataset['message']) : undefined
}

function nextIndex(key: string, rows: readonly Row[], from: number): number | undefined {
  const isMessage = ({ kind }: Row) => kind === 'message'
  switch (key) {
    case 'ArrowUp':
      return rows.findLastIndex((row, index) => index < from && isMessage(row))
    case 'ArrowDown':
      return rows.findIndex((row, index) => index > from && isMessage(row))
    case 'Home':
      return rows.findIndex(isMessage)
    case 'End':
      return rows.findLastIndex(isMessage)
    default:
      return undefined
  }
}
