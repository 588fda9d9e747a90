import { useTexts } from '../../text/voice.tsx'
import styles from './typing-chip.module.css'

/** At the foot of the list: the friend is writing. */
export function TypingChip({ name }: { readonly name: string }) {
  const t = useTexts().conversation.header
  return (
    <p className={styles.chip}>
      <span className={styles.dots} aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      {t.isTyping(name)}
    </p>
  )
}
