import { X } from 'lucide-react'
import { type RefObject, useEffect, useRef } from 'react'
import type { Friend } from '../../../shared/model/friend.ts'
import type { Delivery, Message } from '../../../shared/model/message.ts'
import { useStores } from '../../app-context.tsx'
import { nameOf } from '../../stores/friends-store.ts'
import { useTexts } from '../../text/voice.tsx'
import { Button } from '../../ui/button.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { useFocusLeft } from '../../ui/use-focus-left.ts'
import type { ComposerHandle } from '../conversation/composer-handle.ts'
import { focusOfMessage } from '../conversation/use-message-focus.ts'
import { CopiesSection } from './copies-section.tsx'
import { DeliveryMarkIcon } from './delivery-mark-icon.tsx'
import { deliveryMark, toneOf } from './delivery-mark.ts'
import styles from './delivery-panel.module.css'
import { ExpirySection } from './expiry-section.tsx'
import { PanelActions } from './panel-actions.tsx'
import { ReceiptsSection } from './receipts-section.tsx'
import { TimelineSection } from './timeline-section.tsx'
import { useDelivery } from './use-delivery.ts'
import { useDeliverySentence } from './use-delivery-sentence.ts'

interface DeliveryPanelProps {
  readonly message: Message
  readonly friend: Friend
  readonly composer: RefObject<ComposerHandle | null>
}

/**
 * All that is known of an own message's way: beside the conversation, over it in a narrow window. When it closes, the focus
 * goes back to where it was opened, to the message if that is not there any more, and else to the composer.
 */
export function DeliveryPanel({ message, friend, composer }: DeliveryPanelProps) {
  const t = useTexts().delivery.panel
  const { view } = useStores()
  const { delivery, hasFailed, load } = useDelivery(message)
  const close = () => view.getState().showDelivery(undefined)
  const panel = useRef<HTMLElement>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  const opener = useRef<Element>(null)
  useEffect(() => {
    opener.current = document.activeElement
    heading.current?.focus()
  }, [message.id])
  useFocusLeft(panel, () => {
    const there = opener.current?.isConnected ? opener.current : focusOfMessage(message.id)
    if (there instanceof HTMLElement && there !== document.body) there.focus()
    else composer.current?.focus()
  })
  return (
    <aside
      ref={panel}
      className={styles.panel}
      aria-labelledby="delivery-title"
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) close()
      }}
    >
      <header className={styles.header}>
        <h2 id="delivery-title" ref={heading} tabIndex={-1} className={styles.title}>
          {t.title}
        </h2>
        <IconButton label={t.close} icon={<X />} onClick={close} />
      </header>
      <div className={styles.body}>
        <Summary message={message} name={nameOf(friend)} />
        {hasFailed && (
          <div className={styles.failure} role="alert">
            <p>{t.failed}</p>
            <Button onClick={load}>{t.tryAgain}</Button>
          </div>
        )}
        {delivery ? (
          <Details message={message} delivery={delivery} />
        ) : (
          !hasFailed && <p className={styles.quiet}>{t.loading}</p>
        )}
        <PanelActions message={message} />
      </div>
    </aside>
  )
}

function Summary({ message, name }: { readonly message: Message; readonly name: string }) {
  const sentenceOf = useDeliverySentence(name)
  const mark = deliveryMark(message)
  if (mark === undefined) return undefined
  const share =
    message.state === 'proving' ? message.progress : (message.copies?.held ?? 0) / (message.copies?.wanted || 1)
  return (
    <div className={styles.summary} data-tone={toneOf(mark)}>
      <DeliveryMarkIcon mark={mark} share={share} />
      <p>{sentenceOf(message)}.</p>
    </div>
  )
}

function Details({ message, delivery }: { readonly message: Message; readonly delivery: Delivery }) {
  return (
    <>
      <TimelineSection steps={delivery.timeline} />
      <CopiesSection message={message} holders={delivery.holders} />
      <ExpirySection message={message} />
      <ReceiptsSection message={message} delivery={delivery} />
    </>
  )
}
