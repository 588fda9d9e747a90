import { Check, X } from 'lucide-react'
import { type MouseEvent, useRef } from 'react'
import type { FriendRequest } from '../../../shared/model/friend.ts'
import { useFriends, useStores } from '../../app-context.tsx'
import { useTexts } from '../../text/voice.tsx'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { useFocusLeft } from '../../ui/use-focus-left.ts'
import { useAttempt } from '../conversation/use-attempt.ts'
import { focusFriends } from './focus-list.ts'
import styles from './request-list.module.css'

/** Strangers who ask, above the friends. */
export function RequestList() {
  const t = useTexts()
  const requests = useFriends((state) => state.requests)
  if (requests.length === 0) return null
  return (
    <section className={styles.section} aria-label={t.friends.requests}>
      <h2 className={styles.title}>{t.friends.requests}</h2>
      <ul className={styles.list}>
        {requests.map((request, index) => (
          <RequestCard
            key={request.publicKey}
            request={request}
            nextKey={(requests[index + 1] ?? requests[index - 1])?.publicKey}
          />
        ))}
      </ul>
    </section>
  )
}

interface RequestCardProps {
  readonly request: FriendRequest
  /** Whose request takes the focus when this one is answered. */
  readonly nextKey: string | undefined
}

function RequestCard({ request: { publicKey, message }, nextKey }: RequestCardProps) {
  const t = useTexts()
  const accepting = useAttempt()
  const dismissing = useAttempt()
  const { friends, view } = useStores()
  const card = useRef<HTMLLIElement>(null)
  useFocusLeft(card, () => focusAfter(nextKey))
  const shortKey = publicKey.slice(0, 8)
  const accept = () =>
    accepting.attempt(t.errors.couldNot.acceptRequest, async () => {
      await friends.getState().accept(publicKey)
      view.getState().openConversation(publicKey)
    })
  const dismiss = () =>
    dismissing.attempt(t.errors.couldNot.dismissRequest, () => friends.getState().dismiss(publicKey))
  /** Once: the second click of a double click may come when the next request has moved there, which was not meant. */
  const once = (answer: () => void) => (event: MouseEvent) => {
    if (event.detail <= 1 && !accepting.isBusy && !dismissing.isBusy) answer()
  }
  return (
    <li id={idOf(publicKey)} className={styles.card} ref={card} tabIndex={-1}>
      <Avatar publicKey={publicKey} />
      <div className={styles.words}>
        <p className={styles.from} title={publicKey}>
          {t.friends.requestFrom(shortKey)}
        </p>
        <p className={styles.message} dir="auto">
          {message}
        </p>
        <div className={styles.actions}>
          <Button kind="primary" icon={<Check />} isBusy={accepting.isBusy} onClick={once(accept)}>
            {t.friends.accept}
          </Button>
          <Button icon={<X />} title={t.friends.dismissHint} isBusy={dismissing.isBusy} onClick={once(dismiss)}>
            {t.friends.dismiss}
          </Button>
        </div>
      </div>
    </li>
  )
}

/** To the next request, which says who asks; after the last one to the friends. */
function focusAfter(next: string | undefined): void {
  const request = next === undefined ? null : document.getElementById(idOf(next))
  if (request) request.focus()
  else focusFriends()
}

function idOf(publicKey: string): string {
  return `request-${publicKey}`
}
