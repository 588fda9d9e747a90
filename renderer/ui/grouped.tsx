import type { ComponentProps } from 'react'
import { classNames } from './class-names.ts'
import styles from './grouped.module.css'

interface GroupedProps extends Omit<ComponentProps<'code'>, 'children'> {
  readonly text: string
  /** Characters in each; lines break between groups only. */
  readonly size: number
}

/** A key in groups that people can compare; copying gives it without the gaps, which are no characters. */
export function Grouped({ text, size, className, ...rest }: GroupedProps) {
  const groups = text.match(new RegExp(`.{1,${size}}`, 'g')) ?? []
  return (
    <code {...rest} dir="ltr" className={classNames(styles.grouped, className)}>
      {groups.map((group, index) => (
        // The place in the text is what makes a group itself.
        <span key={`${index}${group}`} className={styles.group}>
          {group}
        </span>
      ))}
    </code>
  )
}
