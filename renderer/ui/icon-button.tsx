import type { ComponentProps, ReactNode } from 'react'
import { classNames } from './class-names.ts'
import styles from './icon-button.module.css'
import { Tooltip } from './tooltip.tsx'

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
    <Tooltip text={label} side={side}>
      <button
        type="button"
        {...rest}
        aria-label={label}
        aria-pressed={isPressed}
        className={classNames(styles.button, className)}
      >
        {icon}
      </button>
    </Tooltip>
  )
}
