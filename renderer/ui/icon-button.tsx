import type { ComponentProps, ReactNode } from 'react'
import { classNames } from './class-names.ts'
import styles from './icon-button.module.css'
import { tooltip } from './tooltip.ts'

interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
  /** Its name, for screen readers and as tooltip. */
  readonly label: string
  readonly icon: ReactNode
  readonly isPressed?: boolean
  /** Where the tooltip stands. */
  readonly side?: 'top' | 'bottom'
}

export function IconButton({ label, icon, isPressed, side = 'bottom', className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      {...tooltip(label, side)}
      {...rest}
      aria-label={label}
      aria-pressed={isPressed}
      className={classNames(styles.button, className)}
    >
      {icon}
    </button>
  )
}
