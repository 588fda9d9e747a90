import { AlertDialog as Base } from '@base-ui/react/alert-dialog'
import { useState } from 'react'
import { useTexts } from '../text/voice.tsx'
import { Button } from './button.tsx'
import { classNames } from './class-names.ts'
import dialog from './dialog.module.css'
import styles from './confirm-dialog.module.css'

interface ConfirmDialogProps {
  readonly isOpen: boolean
  readonly title: string
  /** What will be lost and what is kept. */
  readonly body: string
  /** A verb: what the button does. */
  readonly confirmLabel: string
  readonly isDangerous?: boolean
  readonly onConfirm: () => void
  readonly onCancel: () => void
  /** What takes the focus afterwards, asked when the dialog is gone; `true`, and where it is not given: what had it before. */
  readonly finalFocus?: () => HTMLElement | boolean
}

/** Asks before something that cannot be taken back. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const t = useTexts()
  // Nothing of it is made before it is asked for; from then on it stays, so that it can fade.
  const [wasOpen, setWasOpen] = useState(false)
  if (props.isOpen && !wasOpen) setWasOpen(true)
  if (!wasOpen) return undefined
  return (
    <Base.Root open={props.isOpen} onOpenChange={(open) => !open && props.onCancel()}>
      <Base.Portal>
        <Base.Backdrop className={classNames(dialog.backdrop, styles.backdrop)} />
        <Base.Viewport className={classNames(dialog.viewport, styles.viewport)}>
          <Base.Popup className={classNames(dialog.popup, styles.popup)} finalFocus={props.finalFocus}>
            <Base.Title className={styles.title}>{props.title}</Base.Title>
            <Base.Description className={styles.body}>{props.body}</Base.Description>
            <footer className={styles.footer}>
              <Base.Close render={<Button>{t.common.cancel}</Button>} />
              <Button kind={props.isDangerous ? 'danger' : 'primary'} onClick={props.onConfirm}>
                {props.confirmLabel}
              </Button>
            </footer>
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  )
}
