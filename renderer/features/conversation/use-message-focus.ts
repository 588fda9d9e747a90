import { type KeyboardEvent, type RefObject, useLayoutEffect, useRef, useState } from 'react'
import type { VirtualizerHandle } from 'virtua'
import { type Row, rowIndexOf } from './message-rows.ts'

/**
 * Lets the arrow keys walk from message to message; the Tab key comes to one of them only, the last one visited or the newest.
 * Its row stays mounted when it is scrolled out of sight, so that the focus is not lost; where it is removed, the one after
 * it takes its place.
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
    focusOfMessage(activeId)?.focus({ preventScroll: true })
    // The one that takes a removed one's place may have been the active one already: the visited one changes.
  }, [activeId, activeIndex, visitedId, list])

  const neighbours = useRef<readonly number[]>([])
  const focused = useRef<HTMLElement>(null)
  useLayoutEffect(() => {
    const isLost = focused.current?.isConnected === false && document.activeElement === document.body
    if (isLost) focused.current = null
    if (visitedId !== undefined && visitedIndex < 0) {
      // Where it was let go with all around it, nobody is to be taken elsewhere.
      const near = neighbours.current.find((id) => rowIndexOf(rows, id) >= 0)
      wantsFocus.current = isLost && near !== undefined
      setVisitedId(near)
      return
    }
    neighbours.current = neighbourIds(rows, visitedIndex)
    if (isLost) focusOfList(scroller.current)?.focus({ preventScroll: true })
  }, [rows, visitedId, visitedIndex, scroller])

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
    // What a row opens over the window is no part of the list.
    if (!(event.target instanceof HTMLElement) || !scroller.current?.contains(event.target)) return
    focused.current = event.target
    const id = messageIdOf(event.target)
    if (id !== undefined) setVisitedId(id)
  }
  return { activeId, activeIndex, onKeyDown, onFocus }
}

/** Whether an element is what has the focus when one walks through the messages. */
export function isMessageFocus(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.dataset['messageFocus'] !== undefined
}

/** What has the focus when one has walked to a message, while its row is drawn. */
export function focusOfMessage(id: number): HTMLElement | undefined {
  return document.querySelector<HTMLElement>(`[data-message="${id}"] [data-message-focus]`) ?? undefined
}

/** The one of them that the Tab key comes to. */
export function focusOfList(list: HTMLElement | null): HTMLElement | undefined {
  return list?.querySelector<HTMLElement>('[data-message-focus][tabindex="0"]') ?? undefined
}

/** The messages around a row: the next one, then the one before. */
function neighbourIds(rows: readonly Row[], index: number): number[] {
  const isMessage = ({ kind }: Row) => kind === 'message'
  const next = rows.find((row, at) => at > index && isMessage(row))
  const previous = rows.findLast((row, at) => at < index && isMessage(row))
  return [next, previous].flatMap((row) => (row?.kind === 'message' ? [row.message.id] : []))
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
