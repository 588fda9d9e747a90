import { UserPlus } from 'lucide-react'
import { useProfile, useView } from '../../app-context.tsx'
import { useTexts } from '../../text/voice.tsx'
import { Button } from '../../ui/button.tsx'
import styles from './first-steps.module.css'
import { ToxIdCard } from './tox-id-card.tsx'

/** What one sees before the first friend: one's own Tox ID to give away, and a way to enter a friend's. */
export function FirstSteps() {
  const t = useTexts()
  const toxId = useProfile(({ profile }) => profile?.toxId)
  const showOverlay = useView((state) => state.showOverlay)
  return (
    <section className={styles.steps} aria-labelledby="first-steps">
      <h1 id="first-steps" className={styles.title}>
        {t.friends.firstTitle}
      </h1>
      <p className={styles.body}>{t.friends.firstBody}</p>
      {toxId !== undefined && <ToxIdCard toxId={toxId} />}
      <Button kind="primary" size="large" icon={<UserPlus />} onClick={() => showOverlay({ kind: 'addFriend' })}>
        {t.friends.addFriend}
      </Button>
    </section>
  )
}
