import { Ban, Copy, Download, Info, Pencil, Reply, RotateCw, Trash2 } from 'lucide-react'
import {
  type ComponentProps,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  type RefObject,
  useRef,
  useState,
} from 'react'
import type { Message } from '../../../shared/model/message.ts'
import { useTexts } from '../../text/voice.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { ContextMenu } from '../../ui/context-menu.tsx'
import { MenuItem, MenuSeparator } from '../../ui/menu.tsx'
import { deliveryActions } from '../delivery/delivery-mark.ts'
import type { ComposerHandle } from './composer-handle.ts'
import { isMissing } from './message-rows.ts'
import { useMessageActions } from './use-message-actions.ts'
import { focusOfList, isMessageFocus, messageIdOf } from './use-message-focus.ts'

interface MessageMenuProps extends Omit<ComponentProps<'div'>, 'ref'> {
  readonly messages: readonly Message[]
  /** What scrolls: the area of the menu. */
  readonly scroller: RefObject<HTMLDivElement | null>
  readonly composer: RefObject<ComposerHandle | null>
  readonly children: ReactNode
}

/**
 * The context menu of the messages, one for the whole list, and the keys that do the same: it opens by the secondary
 * button, the menu key or the button beside a message.
 */
export function MessageMenu({ messages, scroller, composer, children, onKeyDown, ...rest }: MessageMenuProps) {
  const t = useTexts().conversation.actions
  const actions = useMessageActions(composer)
  const [menuId, setMenuId] = useState<number>()
  const [leaving, setLeaving] = useState<Message>()
  const isByKeyboard = useRef(false)
  const message = messages.find(({ id }) => id === menuId)
  const find = (event: { readonly target: EventTarget }) => {
    const id = messageIdOf(event.target)
    return messages.find((shown) => shown.id === id)
  }
  /** Links and selected words keep the menu that the window has for them. */
  const opensOn = (event: MouseEvent): boolean => {
    const isOnLink = event.target instanceof Element && event.target.closest('a') !== null
    const found = isOnLink || !getSelection()?.isCollapsed ? undefined : find(event)
    isByKeyboard.current = isMessageFocus(document.activeElement)
    setMenuId(found?.id)
    return found !== undefined
  }
  const onKey = (event: KeyboardEvent<HTMLDivElement>) => {
    const shown = isMessageFocus(event.target) ? find(event) : undefined
    const act = shown && keyAction(event, shown, actions, setLeaving)
    if (act) {
      isByKeyboard.current = true
      event.preventDefault()
      act()
    } else onKeyDown?.(event)
  }
  /** To the message, or the one that took its place; to the composer where there is none. */
  const finalFocus = () => {
    if (!isByKeyboard.current) return true
    // Once all that goes in the same moment is gone: the message may be one of it.
    queueMicrotask(() => {
      const next = focusOfList(scroller.current)
      if (next) next.focus({ preventScroll: true })
      else composer.current?.focus()
    })
    return false
  }
  return (
    <>
      <ContextMenu
        {...rest}
        ref={scroller}
        onKeyDown={onKey}
        opensOn={opensOn}
        items={message && <MessageItems message={message} actions={actions} onRemove={() => setLeaving(message)} />}
      >
        {children}
      </ContextMenu>
      <ConfirmDialog
        isOpen={leaving !== undefined}
        title={t.removeTitle}
        body={t.removeBody}
        confirmLabel={t.removeConfirm}
        isDangerous
        onConfirm={() => {
          if (leaving) actions.remove(leaving)
          setLeaving(undefined)
        }}
        onCancel={() => setLeaving(undefined)}
        finalFocus={finalFocus}
      />
    </>
  )
}

type Actions = ReturnType<typeof useMessageActions>

interface MessageItemsProps {
  readonly message: Message
  readonly actions: Actions
  readonly onRemove: () => void
}

function MessageItems({ message, actions, onRemove }: MessageItemsProps) {
  const t = useTexts().conversation.actions
  const { canEdit, canCancel, canResend } = deliveryActions(message)
  const hasWords = !isMissing(message) && message.file === undefined
  return (
    <>
      {!isMissing(message) && (
        <MenuItem icon={<Reply />} onSelect={() => actions.reply(message)}>
          {t.reply}
        </MenuItem>
      )}
      {hasWords && (
        <MenuItem icon={<Copy />} onSelect={() => actions.copy(message)}>
          {t.copy}
        </MenuItem>
      )}
      {message.file && (
        <MenuItem icon={<Download />} onSelect={() => actions.save(message)}>
          {t.save}
        </MenuItem>
      )}
      {canEdit && (
        <MenuItem icon={<Pencil />} onSelect={() => actions.edit(message)}>
          {t.edit}
        </MenuItem>
      )}
      {canResend && (
        <MenuItem icon={<RotateCw />} onSelect={() => actions.resend(message)}>
          {t.resend}
        </MenuItem>
      )}
      {message.direction === 'out' && (
        <MenuItem icon={<Info />} onSelect={() => actions.showDelivery(message)}>
          {t.details}
        </MenuItem>
      )}
      <MenuSeparator />
      {canCancel && (
        <MenuItem icon={<Ban />} onSelect={() => actions.cancel(message)}>
          {t.cancel}
        </MenuItem>
      )}
      <MenuItem icon={<Trash2 />} isDangerous onSelect={onRemove}>
        {t.remove}
      </MenuItem>
    </>
  )
}

/** What a key does to the message that has the focus. */
function keyAction(
  { key, ctrlKey, metaKey, altKey }: KeyboardEvent,
  message: Message,
  actions: Actions,
  askToRemove: (message: Message) => void,
): (() => unknown) | undefined {
  const isCommand = ctrlKey || metaKey
  if (altKey || isMissing(message)) return undefined
  if (isCommand) return key === 'c' && getSelection()?.isCollapsed ? () => actions.copy(message) : undefined
  switch (key) {
    case 'r':
      return () => actions.reply(message)
    case 'e':
      return deliveryActions(message).canEdit ? () => actions.edit(message) : undefined
    case 'Delete':
      return () => askToRemove(message)
    case 'd':
      return message.direction === 'out' ? () => actions.showDelivery(message) : undefined
    default:
      return undefined
  }
}
