import type { Message } from '../../../shared/model/message.ts'
import { useFormats, useTexts } from '../../text/voice.tsx'
import { deliverySentence } from './delivery-mark.ts'

/** Says where an own message stands, in one sentence without its stop; nothing for a friend's message. */
export function useDeliverySentence(name: string): (message: Message) => string {
  const t = useTexts()
  const formats = useFormats()
  return (message) => {
    const sentence = deliverySentence(message)
    if (sentence === undefined) return ''
    const { copies, expiresAt, progress } = message
    return t.delivery.sentences[sentence]({
      name,
      held: formats.number(copies?.held ?? 0),
      wanted: formats.number(copies?.wanted ?? 0),
      until: expiresAt === undefined ? '' : formats.full(expiresAt),
      done: formats.percent(progress ?? 0),
    })
  }
}
