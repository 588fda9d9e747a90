import {
  Ban,
  Check,
  CheckCheck,
  CircleAlert,
  Clock,
  ClockAlert,
  CloudAlert,
  CloudCheck,
  CloudUpload,
  Hourglass,
  type LucideIcon,
} from 'lucide-react'
import type { MessageState } from '../../../shared/model/message.ts'
import type { z } from 'zod'
import type { StateReason } from '../../../shared/model/message.ts'
import type { Texts } from '../../text/en.ts'
import { classNames } from '../../ui/class-names.ts'
import styles from './state-mark.module.css'

interface Standing {
  readonly state: MessageState
  readonly reason?: z.infer<typeof StateReason> | undefined
}

/** The mark of an own message's state: a small picture. Its name is `stateName`, said by whoever shows it. */
export function StateMark({ state, reason }: Standing) {
  const { Icon, tone } = markOf({ state, reason })
  return <Icon className={classNames(styles.mark, styles[tone])} aria-hidden="true" />
}

/** "Waits on the network. It waits, sealed, until your friend is back." */
export function stateSentence({ state, reason }: Standing, { states }: Texts): string {
  const sentence = `${states.short[state]}. ${states.long[state]}`
  return reason === undefined ? sentence : `${sentence} ${states.reason[reason]}`
}

interface Mark {
  readonly Icon: LucideIcon
  readonly tone: 'calm' | 'good' | 'warning' | 'danger'
}

function markOf({ state, reason }: Standing): Mark {
  switch (state) {
    case 'queued':
      return { Icon: Clock, tone: 'calm' }
    case 'proving':
      return { Icon: Hourglass, tone: 'calm' }
    case 'storing':
      return { Icon: CloudUpload, tone: 'calm' }
    case 'stored': {
      const isShaky = reason === 'thin' || reason === 'at-risk' || reason === 'expiring'
      return isShaky ? { Icon: CloudAlert, tone: 'warning' } : { Icon: CloudCheck, tone: 'good' }
    }
    case 'collected':
    case 'delivered':
    case 'received':
      return { Icon: Check, tone: 'calm' }
    case 'read':
      return { Icon: CheckCheck, tone: 'good' }
    case 'expired':
      return { Icon: ClockAlert, tone: 'warning' }
    case 'failed':
      return { Icon: CircleAlert, tone: 'danger' }
    case 'cancelled':
      return { Icon: Ban, tone: 'calm' }
  }
}
