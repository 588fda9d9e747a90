import type { ComponentProps, ReactNode } from 'react'
import styles from './button.module.css'
import { classNames } from './class-names.ts'

interface ButtonProps extends ComponentProps<'button'> {
  /** One `primary` a screen, for what most people came to do. */
  readonly kind?: 'primary' | 'plain' | 'quiet' | 'danger'
  readonly size?: 'normal' | 'large'
  readonly icon?: ReactNode
  /** Shows that it works on it, and takes no second click; keeps the focus. */
  readonly isBusy?: boolean
}

export function Button({ kind = 'plain', size = 'normal', icon, isBusy, className, children, ...rest }: ButtonProps) {
  const { onClick, ...others } = rest
  return (
    <button
      type="button"
      {...others}
      aria-disabled={isBusy || others['aria-disabled']}
      onClick={isBusy ? (event) => event.preventDefault() : onClick}
      className={classNames(styles.button, styles[kind], size === 'large' && styles.large, className)}
    >
      {icon !== undefined && <span className={styles.icon}>{icon}</span>}
      <span className={styles.label}>{children}</span>
      {isBusy && <span className={styles.spinner} />}
    </button>
  )
}
