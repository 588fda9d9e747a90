import { memo, type MouseEvent } from 'react'
import type { Message } from '../../../shared/model/message.ts'
import { useProfile } from '../../app-context.tsx'
import { useFormats, useTexts } from '../../text/voice.tsx'
import { classNames } from '../../ui/class-names.ts'
import { Unseen } from '../../ui/unseen.tsx'
import { DeliveryButton } from '../delivery/delivery-button.tsx'
import { FileCard } from './file-card.tsx'
import styles from './message-bubble.module.css'
import pointed from './pointed-out.module.css'
import { isMissing } from './message-rows.ts'
import { LinkedText, MessageText } from './message-text.tsx'

export interface MessageBubbleProps {
  readonly message: Message
  /** The friend's. */
  readonly name: string
  readonly isFirst: boolean
  readonly isLast: boolean
  /** Whether the Tab key comes here; the arrow keys walk from message to message. */
  readonly isActive: boolean
  /** Pointed out after a jump. */
  readonly isHighlighted: boolean
}

/**
 * One message, with its time, its state mark if it is an own one, and a button for what can be done with it. The button has
 * the focus when a person walks through the messages by keyboard: its name is the message.
 */
export const MessageBubble = memo(function MessageBubble(props: MessageBubbleProps) {
  const { message, name, isFirst, isLast, isActive, isHighlighted } = props
  const t = useTexts().conversation
  const isOwn = message.direction === 'out'
  const id = `message-${message.id}`
  return (
    <article
      className={classNames(
        styles.row,
        isOwn ? styles.own : styles.other,
        isFirst && styles.first,
        isLast && styles.last,
      )}
      data-message={message.id}
    >
      <div
        id={id}
        className={classNames(
          styles.bubble,
          message.kind === 'action' && styles.action,
          message.file && styles.file,
          isHighlighted && pointed.pointedOut,
        )}
      >
        <Unseen>{isOwn ? t.list.you : name}: </Unseen>
        <Content message={message} name={name} isReachable={isActive} />
        <Meta message={message} name={name} isReachable={isActive} />
      </div>
      <button
        type="button"
        id={`${id}-actions`}
        data-message-focus
        className={styles.more}
        aria-label={t.list.messageActions}
        aria-labelledby={`${id} ${id}-actions`}
        aria-haspopup="menu"
        tabIndex={isActive ? 0 : -1}
        onClick={openMenuHere}
      />
    </article>
  )
})

/** The menu of a message is the context menu of the list: this asks for it beside the button. */
function openMenuHere(event: MouseEvent<HTMLButtonElement>): void {
  const { left, bottom } = event.currentTarget.getBoundingClientRect()
  const init = { bubbles: true, cancelable: true, clientX: left, clientY: bottom }
  event.currentTarget.dispatchEvent(new window.MouseEvent('contextmenu', init))
}

interface PartProps {
  readonly message: Message
  readonly name: string
  readonly isReachable: boolean
}

function Content({ message, name, isReachable }: PartProps) {
  const t = useTexts().conversation.list
  const ownName = useProfile(({ profile }) => profile?.name) ?? t.you
  if (isMissing(message)) return <span className={styles.missing}>{t.missing(name)}</span>
  if (message.file) return <FileCard message={message} file={message.file} isReachable={isReachable} />
  if (message.kind === 'action') {
    return (
      <span className={styles.actionText}>
        <b>{message.direction === 'out' ? ownName : name}</b> <LinkedText text={message.text} />
      </span>
    )
  }
  return <MessageText text={message.text} />
}

function Meta({ message, name, isReachable }: PartProps) {
  const formats = useFormats()
  return (
    <span className={styles.meta}>
      <time dateTime={message.sentAt} title={formats.full(message.sentAt)}>
        {formats.time(message.sentAt)}
      </time>
      <DeliveryButton message={message} name={name} isReachable={isReachable} />
    </span>
  )
}
