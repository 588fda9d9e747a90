import { useFormats, useTexts } from '../../text/voice.tsx'
import { useNow } from '../frame/use-now.ts'
import styles from './list-lines.module.css'

/** The line above the messages of a day. */
export function DayLine({ at }: { readonly at: string }) {
  const formats = useFormats()
  const now = useNow()
  return (
    <div className={styles.line}>
      <h2 className={styles.pill}>
        <time dateTime={at}>{formats.day(at, now)}</time>
      </h2>
    </div>
  )
}

/** The line before what came since one was here last. */
export function UnreadLine() {
  const t = useTexts().conversation.list
  return (
    <div className={styles.unread}>
      <h2>{t.newMessages}</h2>
    </div>
  )
}

/** The day of what is at the top of the list. The lines between the messages say the same to screen readers. */
export function FloatingDay({ at }: { readonly at: string | undefined }) {
  const formats = useFormats()
  const now = useNow()
  if (at === undefined) return undefined
  return (
    <div className={styles.floating} aria-hidden="true">
      <span className={styles.pill}>{formats.day(at, now)}</span>
    </div>
  )
}
