import type { ReactNode } from 'react'
import styles from './split-view.module.css'

interface SplitViewProps {
  readonly side: ReactNode
  readonly sideLabel: string
  readonly main: ReactNode
  readonly mainLabel: string
  /** In a narrow window only one of the two is shown. */
  readonly isMainShown: boolean
}

/** A list at the side and what was chosen from it; one column with a way back where there is no room for two. */
export function SplitView({ side, sideLabel, main, mainLabel, isMainShown }: SplitViewProps) {
  return (
    <div className={styles.split} data-shows={isMainShown ? 'main' : 'side'}>
      <aside className={styles.side} aria-label={sideLabel}>
        {side}
      </aside>
      <main className={styles.main} aria-label={mainLabel}>
        {main}
      </main>
    </div>
  )
}
