import { useTexts } from '../../text/voice.tsx'
import { classNames } from '../../ui/class-names.ts'
import { arcPath, CIRCLE_RADIUS, chordPath, PICTURE_UNITS, pointOf } from './ring-geometry.ts'
import { type ContactRole, lookupWay, type Ring, type RingLookup, ringMarks } from './ring-marks.ts'
import styles from './ring-picture.module.css'

const CENTRE = PICTURE_UNITS / 2
/** Each role has a form of its own, so that colour is not needed to tell them apart. */
const MARK_UNITS: Record<ContactRole, number> = { successor: 3.2, predecessor: 3.2, finger: 2 }

interface RingPictureProps {
  readonly ring: Ring
  /** Lookups on this ring, newest first. */
  readonly lookups: readonly RingLookup[]
}

/** One Chord circle as this node sees it: itself, whom it knows, its own range and the ways of its last lookups. */
export function RingPicture({ ring, lookups }: RingPictureProps) {
  const t = useTexts().settings.network
  const marks = ringMarks(ring)
  const self = pointOf(ring.place)
  return (
    <svg
      viewBox={`0 0 ${PICTURE_UNITS} ${PICTURE_UNITS}`}
      className={styles.picture}
      role="img"
      aria-label={t.ringPicture(ring.ring + 1, marks.length)}
    >
      <circle cx={CENTRE} cy={CENTRE} r={CIRCLE_RADIUS} className={styles.circle} />
      {ring.ownRange && <path d={arcPath(ring.ownRange.from, ring.ownRange.to)} className={styles.range} />}
      {lookups.map((lookup, index) => (
        <g
          key={`${lookup.startedAt} ${lookup.place}`}
          className={classNames(styles.lookup, index === 0 && styles.newest)}
        >
          {lookupWay(ring.place, lookup).map(({ from, to }) => (
            <path key={`${from} ${to}`} d={chordPath(from, to)} />
          ))}
        </g>
      ))}
      {marks.map(({ key, place, role }) => (
        <Mark key={key} place={place} role={role} />
      ))}
      <circle cx={self.x} cy={self.y} r="5" className={styles.self} />
    </svg>
  )
}

function Mark({ place, role }: { readonly place: number; readonly role: ContactRole }) {
  const { x, y } = pointOf(place)
  const size = MARK_UNITS[role]
  if (role === 'predecessor') {
    return <rect x={x - size} y={y - size} width={2 * size} height={2 * size} className={styles.predecessor} />
  }
  return <circle cx={x} cy={y} r={size} className={styles[role]} />
}

const LEGEND = [
  { name: 'self', sign: <circle cx="6" cy="6" r="5" className={styles.self} /> },
  { name: 'successor', sign: <circle cx="6" cy="6" r="4" className={styles.successor} /> },
  { name: 'predecessor', sign: <rect x="2" y="2" width="8" height="8" className={styles.predecessor} /> },
  { name: 'finger', sign: <circle cx="6" cy="6" r="3" className={styles.finger} /> },
  { name: 'range', sign: <path d="M 0 6 H 12" className={styles.range} /> },
  { name: 'lookup', sign: <path d="M 0 6 H 12" className={styles.lookupLine} /> },
] as const

/** What the forms and lines of the picture mean. */
export function RingLegend() {
  const { legend } = useTexts().settings.network
  return (
    <ul className={styles.legend}>
      {LEGEND.map(({ name, sign }) => (
        <li key={name}>
          <svg viewBox="0 0 12 12" aria-hidden="true">
            {sign}
          </svg>
          {legend[name]}
        </li>
      ))}
    </ul>
  )
}
