import { ArrowDown } from 'lucide-react'
import { useFormats, useTexts } from '../../text/voice.tsx'
import styles from './to-newest.module.css'

interface ToNewestProps {
  readonly isShown: boolean
  readonly unreadCount: number
  readonly onClick: () => void
}

/** The way back to the newest message, with how many came meanwhile. */
export function ToNewest({ isShown, unreadCount, onClick }: ToNewestProps) {
  const t = useTexts().conversation.list
  const formats = useFormats()
  if (!isShown) return undefined
  const count = unreadCount > 0 ? t.newCount(formats.number(unreadCount)) : ''
  return (
    <button
      type="button"
      className={styles.button}
      onClick={onClick}
      aria-label={count === '' ? t.toNewest : `${t.toNewest}, ${count}`}
    >
      {count !== '' && <span>{count}</span>}
      <ArrowDown aria-hidden="true" />
    </button>
  )
}
