import type { Message } from '../../../shared/model/message.ts'
import { useStores } from '../../app-context.tsx'
import { useTexts } from '../../text/voice.tsx'
import { tooltip } from '../../ui/tooltip.ts'
import styles from './delivery-button.module.css'
import { DeliveryMarkIcon } from './delivery-mark-icon.tsx'
import { deliveryMark } from './delivery-mark.ts'
import { useDeliverySentence } from './use-delivery-sentence.ts'

interface DeliveryButtonProps {
  readonly message: Message
  /** The friend's. */
  readonly name: string
  /** Whether the Tab key stops here: only in the message that has the focus. */
  readonly isReachable: boolean
}

/** The state mark beside an own message: says in words where it stands, and opens the delivery panel. */
export function DeliveryButton({ message, name, isReachable }: DeliveryButtonProps) {
  const t = useTexts()
  const { view } = useStores()
  const sentenceOf = useDeliverySentence(name)
  const mark = deliveryMark(message)
  if (mark === undefined) return undefined
  const sentence = sentenceOf(message)
  return (
    <button
      type="button"
      {...tooltip(sentence, 'top')}
      className={styles.button}
      aria-label={t.delivery.openPanel(sentence)}
      tabIndex={isReachable ? 0 : -1}
      onClick={() => view.getState().showDelivery(message.id)}
    >
      <DeliveryMarkIcon mark={mark} share={shareOf(message)} />
    </button>
  )
}

/** How far what the mark shows has come. */
function shareOf({ state, progress, copies }: Message): number | undefined {
  if (state === 'proving') return progress
  return copies && copies.wanted > 0 ? copies.held / copies.wanted : undefined
}
