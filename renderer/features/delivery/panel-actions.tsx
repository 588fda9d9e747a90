import type { Message } from '../../../shared/model/message.ts'
import { useStores } from '../../app-context.tsx'
import { useTexts } from '../../text/voice.tsx'
import { Button } from '../../ui/button.tsx'
import { useAttempt } from '../conversation/use-attempt.ts'
import { deliveryActions } from './delivery-mark.ts'
import styles from './panel-actions.module.css'

/** What the state of the message allows: taking it back, or sending it again. */
export function PanelActions({ message }: { readonly message: Message }) {
  const t = useTexts().delivery.panel
  const { messages } = useStores()
  const { attempt, isBusy } = useAttempt()
  const { canCancel, canResend } = deliveryActions(message)
  if (!canCancel && !canResend) return undefined
  const cancel = () => attempt(t.cancelFailed, () => messages.getState().cancel(message.id))
  const resend = () => attempt(t.resendFailed, () => messages.getState().resend(message.id))
  return (
    <div className={styles.actions}>
      {canResend && (
        <Button kind="primary" onClick={resend} isBusy={isBusy}>
          {t.resend}
        </Button>
      )}
      {canCancel && (
        <>
          <Button onClick={cancel} isBusy={isBusy}>
            {t.cancel}
          </Button>
          {message.state === 'stored' && <p className={styles.hint}>{t.cancelHint}</p>}
        </>
      )}
    </div>
  )
}
