import { Progress as Base } from '@base-ui/react/progress'
import styles from './progress.module.css'

interface ProgressProps {
  readonly label: string
  /** 0 to 1; undefined while nobody knows. */
  readonly share: number | undefined
}

/** How far something is, as a thin line; the words beside it are the caller's. */
export function Progress({ label, share }: ProgressProps) {
  return (
    <Base.Root value={share === undefined ? null : Math.round(share * 100)} aria-label={label}>
      <Base.Track className={styles.track}>
        <Base.Indicator className={styles.indicator} />
      </Base.Track>
    </Base.Root>
  )
}
