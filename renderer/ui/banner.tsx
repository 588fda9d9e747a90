import { CircleAlert, Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import styles from './banner.module.css'
import { classNames } from './class-names.ts'

interface BannerProps {
  readonly kind?: 'note' | 'warning' | 'danger'
  readonly children: ReactNode
  /** A button or menu at its end. */
  readonly action?: ReactNode
}

/** A calm strip that says how things stand here. */
export function Banner({ kind = 'note', children, action }: BannerProps) {
  return (
    <div className={classNames(styles.banner, styles[kind])} role={kind === 'danger' ? 'alert' : 'status'}>
      <span className={styles.icon}>{ICONS[kind]}</span>
      <div className={styles.words}>{children}</div>
      {action}
    </div>
  )
}

const ICONS = { note: <Info />, warning: <TriangleAlert />, danger: <CircleAlert /> }
