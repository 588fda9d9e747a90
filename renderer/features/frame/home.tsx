import { MessageCircle } from 'lucide-react'
import { useFriends } from '../../app-context.tsx'
import { useTexts } from '../../text/voice.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { FirstSteps } from '../friends/first-steps.tsx'
import styles from './home.module.css'

/** The middle while no conversation is open. */
export function Home() {
  const t = useTexts()
  const hasFriends = useFriends(({ byKey }) => Object.keys(byKey).length > 0)
  return (
    <div className={styles.home}>
      {hasFriends ? (
        <EmptyState icon={<MessageCircle />} title={t.frame.homeTitle} body={t.frame.homeBody} />
      ) : (
        <FirstSteps />
      )}
    </div>
  )
}
