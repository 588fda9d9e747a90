import { ContextMenu as Base } from '@base-ui/react/context-menu'
import type { ComponentProps, MouseEvent, ReactNode } from 'react'
import styles from './menu.module.css'

interface ContextMenuProps extends ComponentProps<'div'> {
  /** `MenuItem`s. */
  readonly items: ReactNode
  /** Told where it is asked for; whether there is a menu of ours for this place. */
  readonly opensOn: (event: MouseEvent) => boolean
}

/** An area with a menu of its own at the pointer, or at the element that has the focus. */
export function ContextMenu({ items, opensOn, children, ...rest }: ContextMenuProps) {
  return (
    <Base.Root>
      <Base.Trigger
        {...rest}
        onContextMenu={(event) => {
          if (!opensOn(event)) event.preventBaseUIHandler()
        }}
      >
        {children}
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner className={styles.positioner}>
          <Base.Popup className={styles.popup}>{items}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
