import type { FormEvent, ReactNode } from 'react'
import { classNames } from '../../ui/class-names.ts'
import styles from './page.module.css'

interface SectionProps {
  readonly title?: string
  readonly lead?: string
  readonly children?: ReactNode
}

/** Settings that belong together, under a heading. */
export function Section({ title, lead, children }: SectionProps) {
  return (
    <section className={styles.section}>
      {title !== undefined && <h2 className={styles.heading}>{title}</h2>}
      {lead !== undefined && <p className={styles.lead}>{lead}</p>}
      {children !== undefined && <div className={styles.rows}>{children}</div>}
    </section>
  )
}

/** Buttons side by side that wrap where there is no room. */
export function Actions({ children }: { readonly children: ReactNode }) {
  return <div className={styles.actions}>{children}</div>
}

interface FormProps {
  readonly onSubmit: () => void
  readonly children: ReactNode
}

/** Fields and their button, sent by Enter too. */
export function Form({ onSubmit, children }: FormProps) {
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    onSubmit()
  }
  return (
    <form className={styles.rows} onSubmit={submit}>
      {children}
    </form>
  )
}

/** A form's fields side by side that wrap where there is no room. */
export function Fields({ children }: { readonly children: ReactNode }) {
  return <div className={styles.fields}>{children}</div>
}

export interface Fact {
  readonly name: string
  readonly value: ReactNode
  /** It has the whole width, since it is long. */
  readonly isWide?: boolean
}

/** What is so, as names and values. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl className={styles.facts}>
      {facts.map(({ name, value, isWide }) => (
        <div key={name} className={classNames(styles.fact, isWide && styles.wide)}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

/** A paragraph of plain words. */
export function Words({ children }: { readonly children: ReactNode }) {
  return <p className={styles.words}>{children}</p>
}
