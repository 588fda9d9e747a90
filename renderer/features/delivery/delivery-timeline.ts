import type { Delivery } from '../../../shared/model/message.ts'
import { type DeliveryMark, deliveryMark, type DeliverySentence, deliverySentence } from './delivery-mark.ts'

type Step = Delivery['timeline'][number]

/** A line of the timeline. */
export interface TimelineStep {
  readonly key: string
  readonly at: string
  readonly sentence: DeliverySentence
  readonly mark: DeliveryMark
  /** The last one: where the message stands now. */
  readonly isCurrent: boolean
}

/**
 * The way of a message as a person reads it, oldest first. Steps that repeat the one before them (another receipt, another
 * try) are one line, with the time of the first.
 */
export function timelineOf(steps: readonly Step[]): TimelineStep[] {
  const lines: Omit<TimelineStep, 'isCurrent'>[] = []
  for (const step of steps) {
    const sentence = deliverySentence(step)
    const mark = deliveryMark(step)
    if (sentence === undefined || mark === undefined || lines.at(-1)?.sentence === sentence) continue
    lines.push({ key: `${lines.length} ${sentence}`, at: step.at, sentence, mark })
  }
  return lines.map((line, index) => ({ ...line, isCurrent: index === lines.length - 1 }))
}
