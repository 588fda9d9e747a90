import { classNames } from '../../ui/class-names.ts'
import { useTexts } from '../../text/voice.tsx'
import { type Copy, placesOnRing, type Point, type RingCopies } from './copies-picture.ts'
import styles from './copies-ring.module.css'

const SIZE = 128
const CENTRE = SIZE / 2
const RADII = [22, 38, 54]
const DOT = 6

/**
 * The copies of a message as dots on three rings. The picture is for the eye alone; the list beside it says the same in
 * words. Each status has a shape: held a full disc, lost a cross, repairing half a disc, missing an open circle.
 */
export function CopiesRing({ rings }: { readonly rings: readonly RingCopies[] }) {
  return (
    <svg viewBox={`0 0 ${SIZE} ${SIZE}`} className={styles.picture} aria-hidden="true">
      {rings.map(({ ring, copies }) => {
        const radius = RADII[ring] ?? 0
        return (
          <g key={ring}>
            <circle cx={CENTRE} cy={CENTRE} r={radius} className={styles.ring} />
            {placesOnRing(copies.length, ring, radius, CENTRE).map((place, index) => (
              <CopyDot key={`${ring} ${index}`} place={place} status={copies[index]?.status ?? 'unknown'} />
            ))}
          </g>
        )
      })}
    </svg>
  )
}

/** One of the dots, alone in a line of text. */
export function CopyMark({ status }: { readonly status: Copy['status'] }) {
  return (
    <svg viewBox="-8 -8 16 16" className={styles.inLine} aria-hidden="true">
      <CopyDot place={{ x: 0, y: 0 }} status={status} />
    </svg>
  )
}

function CopyDot({ place: { x, y }, status }: { readonly place: Point; readonly status: Copy['status'] }) {
  return (
    <g transform={`translate(${x} ${y})`} className={classNames(styles.copy, styles[status])}>
      <circle r={DOT} />
      {status === 'lost' && <path d="M-2.5 -2.5 L2.5 2.5 M2.5 -2.5 L-2.5 2.5" />}
      {status === 'repairing' && <path d={`M0 ${-DOT} A${DOT} ${DOT} 0 0 1 0 ${DOT} Z`} className={styles.half} />}
    </g>
  )
}

/** The rings as a list of words: what the picture shows. */
export function CopiesList({ rings }: { readonly rings: readonly RingCopies[] }) {
  const t = useTexts().delivery.panel
  return (
    <ol className={styles.list}>
      {rings.map(({ ring, copies }) => (
        <li key={ring} className={styles.ringLine}>
          <span className={styles.name}>{t.ring(String(ring + 1))}</span>
          <ul className={styles.copies}>
            {copies.map(({ status, nodeKey }, index) => (
              <li key={`${nodeKey ?? ''} ${index}`} className={styles.line}>
                <CopyMark status={status} />
                <span>
                  {nodeKey === undefined ? t.statuses[status] : t.copy(t.statuses[status], nodeKey.slice(0, 8))}
                </span>
              </li>
            ))}
            {copies.length === 0 && <li className={styles.line}>{t.noneHere}</li>}
          </ul>
        </li>
      ))}
    </ol>
  )
}
