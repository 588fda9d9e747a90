import { Ban, CircleAlert, CircleCheck, CircleDashed, Clock, Hourglass, TimerOff, TriangleAlert } from 'lucide-react'
import { memo } from 'react'
import { classNames } from '../../ui/class-names.ts'
import styles from './delivery-mark-icon.module.css'
import { type DeliveryMark, toneOf } from './delivery-mark.ts'

interface DeliveryMarkIconProps {
  readonly mark: DeliveryMark
  /** Share of what lasts: the proof-of-work, or the copies stored. */
  readonly share?: number | undefined
}

/** The mark of an own message. Each has a shape of its own; the words beside it are the caller's. */
export const DeliveryMarkIcon = memo(function DeliveryMarkIcon({ mark, share }: DeliveryMarkIconProps) {
  return (
    <span className={classNames(styles.mark, styles[toneOf(mark)])} aria-hidden="true">
      {pictureOf(mark, share ?? 0)}
    </span>
  )
})

function pictureOf(mark: DeliveryMark, share: number) {
  switch (mark) {
    case 'queued':
      return <Clock />
    case 'proving':
      return <Pie share={share} />
    case 'storing':
      return <Ring share={share} />
    case 'stored':
      return <CircleCheck />
    case 'thin':
      return <CircleDashed />
    case 'at-risk':
      return <TriangleAlert />
    case 'expiring':
      return <Hourglass />
    case 'collected':
    case 'delivered':
      return <TwoChecks isFilled={false} />
    case 'read':
      return <TwoChecks isFilled />
    case 'expired':
      return <TimerOff />
    case 'failed':
      return <CircleAlert />
    case 'cancelled':
      return <Ban />
  }
}

/** A disc that fills like a clock: work that goes on. */
function Pie({ share }: { readonly share: number }) {
  const around = 2 * Math.PI * 4
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor">
      <circle cx="12" cy="12" r="10" strokeWidth="2" />
      <circle
        cx="12"
        cy="12"
        r="4"
        strokeWidth="8"
        strokeDasharray={`${around * Math.max(share, 0.04)} ${around}`}
        transform="rotate(-90 12 12)"
      />
    </svg>
  )
}

/** A circle that closes copy by copy. */
function Ring({ share }: { readonly share: number }) {
  const around = 2 * Math.PI * 9
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="3">
      <circle cx="12" cy="12" r="9" strokeDasharray={`${around / 12} ${around / 12}`} opacity="0.45" />
      <circle cx="12" cy="12" r="9" strokeDasharray={`${around * share} ${around}`} transform="rotate(-90 12 12)" />
    </svg>
  )
}

function TwoChecks({ isFilled }: { readonly isFilled: boolean }) {
  return (
    <svg viewBox="0 0 30 24" fill="none" stroke="currentColor" strokeWidth="2.25" className={styles.wide}>
      {isFilled && <rect x="0" y="1" width="30" height="22" rx="11" className={styles.filling} />}
      <g className={isFilled ? styles.cutOut : undefined} strokeLinecap="round" strokeLinejoin="round">
        <path d="M5 12.5 L9.5 17 L18 7.5" />
        <path d="M13.5 15.5 L15 17 L24 7.5" />
      </g>
    </svg>
  )
}
