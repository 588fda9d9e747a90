import { Popover as Base } from '@base-ui/react/popover'
import type { ReactElement, ReactNode, RefObject } from 'react'
import styles from './popover.module.css'

interface PopoverProps {
  readonly trigger: ReactElement
  /** Its name for screen readers. */
  readonly label: string
  readonly isOpen?: boolean
  readonly onOpenChange?: (isOpen: boolean) => void
  readonly side?: 'top' | 'bottom'
  readonly align?: 'start' | 'center' | 'end'
  /** What gets the focus when it closes; the button that opened it, if nothing is said. */
  readonly finalFocus?: RefObject<HTMLElement | null>
  readonly children: ReactNode
}

/** Something to look at or choose from beside a button, without leaving the place. */
export function Popover(props: PopoverProps) {
  const { trigger, label, isOpen, onOpenChange, side = 'bottom', align = 'center', finalFocus, children } = props
  return (
    <Base.Root
      {...(isOpen === undefined ? {} : { open: isOpen })}
      {...(onOpenChange ? { onOpenChange: (open: boolean) => onOpenChange(open) } : {})}
    >
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner className={styles.positioner} side={side} align={align} sideOffset={6} collisionPadding={8}>
          <Base.Popup className={styles.popup} aria-label={label} {...(finalFocus ? { finalFocus } : {})}>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
