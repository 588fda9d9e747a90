import { Dialog as Base } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTexts } from '../text/voice.tsx'
import { classNames } from './class-names.ts'
import styles from './dialog.module.css'
import { IconButton } from './icon-button.tsx'

interface DialogProps {
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly title: string
  readonly description?: string
  readonly size?: 'normal' | 'wide'
  readonly children?: ReactNode
  /** Buttons at the end: the one that most people want comes last. */
  readonly footer?: ReactNode
}

/** A question or form over the window. Escape and a click beside it close it; the focus returns to where it was. */
export function Dialog({ isOpen, onClose, title, description, size = 'normal', children, footer }: DialogProps) {
  const t = useTexts()
  // Read before a field of the dialog takes the focus: Base UI looks only afterwards.
  const [opener] = useState(focused)
  return (
    <Base.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Backdrop className={styles.backdrop} />
        <Base.Viewport className={styles.viewport}>
          <Base.Popup
            finalFocus={() => opener ?? true}
            className={classNames(styles.popup, size === 'wide' && styles.wide)}
          >
            <header className={styles.header}>
              <Base.Title className={styles.title}>{title}</Base.Title>
            </header>
            <div className={styles.body}>
              {description !== undefined && (
                <Base.Description className={styles.description}>{description}</Base.Description>
              )}
              {children}
            </div>
            {footer !== undefined && <footer className={styles.footer}>{footer}</footer>}
            {/* Last, so that a dialog begins with its first field or button. */}
            <Base.Close render={<IconButton label={t.common.close} icon={<X />} className={styles.close} />} />
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  )
}

function focused(): HTMLElement | undefined {
  return document.activeElement instanceof HTMLElement ? document.activeElement : undefined
}
