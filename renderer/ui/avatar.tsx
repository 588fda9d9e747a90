import { memo } from 'react'
import styles from './avatar.module.css'
import { classNames } from './class-names.ts'
import { identiconOf } from './identicon.ts'

interface AvatarProps {
  readonly publicKey: string
  readonly size?: 'small' | 'normal' | 'large'
  /** A dot for presence; its meaning is said in words by the caller. */
  readonly presence?: 'online' | 'away' | 'busy' | 'offline'
}

/** A picture drawn from the key alone: the same person looks the same everywhere, and nobody can borrow a face. */
export const Avatar = memo(function Avatar({ publicKey, size = 'normal', presence }: AvatarProps) {
  const { background, foreground, shapes } = identiconOf(publicKey)
  return (
    <span className={classNames(styles.avatar, styles[size])} aria-hidden="true">
      <svg viewBox="0 0 6 6" className={styles.picture}>
        <rect width="6" height="6" fill={background} />
        <g fill={foreground}>
          {shapes.map(({ path, x, y, isFaint }) => (
            <path key={`${x},${y}`} d={path} transform={`translate(${x} ${y})`} fillOpacity={isFaint ? 0.45 : 0.95} />
          ))}
        </g>
      </svg>
      {presence !== undefined && <span className={classNames(styles.dot, styles[presence])} />}
    </span>
  )
})
