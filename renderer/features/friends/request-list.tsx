import { Check, X } from 'lucide-react'
import type { FriendRequest } from '../../../shared/model/friend.ts'
import { useFriends, useStores } from '../../app-context.tsx'
import { useAsk } from '../../ask.ts'
import { useTexts } from '../../text/voice.tsx'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
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
        {requests.map((request) => (
          <RequestCard key={request.publicKey} request={request} />
        ))}
      </ul>
    </section>
  )
}

function RequestCard({ request: { publicKey, message } }: { readonly request: FriendRequest }) {
  const t = useTexts()
  const ask = useAsk()
  const { friends, view } = useStores()
  const shortKey = publicKey.slice(0, 8)
  const accept = async (): Promise<void> => {
    const isDone = await ask(t.errors.couldNot.acceptRequest, () => friends.getState().accept(publicKey))
    if (isDone) view.getState().openConversation(publicKey)
  }
  return (
    <li className={styles.card}>
      <Avatar publicKey={publicKey} />
      <div className={styles.words}>
        <p className={styles.from} title={publicKey}>
          {t.friends.requestFrom(shortKey)}
        </p>
        <p className={styles.message} dir="auto">
          {message}
        </p>
        <div className={styles.actions}>
          <Button kind="primary" icon={<Check />} onClick={() => void accept()}>
            {t.friends.accept}
          </Button>
          <Button
            icon={<X />}
            title={t.friends.dismissHint}
            onClick={() => void ask(t.errors.couldNot.dismissRequest, () => friends.getState().dismiss(publicKey))}
          >
            {t.friends.dismiss}
          </Button>
        </div>
      </div>
    </li>
  )
}
