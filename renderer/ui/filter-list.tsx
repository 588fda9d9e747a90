import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { classNames } from './class-names.ts'
import styles from './filter-list.module.css'

export interface FilterOption {
  readonly id: string
  readonly label: string
  readonly icon?: ReactNode
  readonly hint?: string
}

interface FilterListProps {
  readonly label: string
  readonly placeholder: string
  readonly text: string
  readonly onTextChange: (text: string) => void
  /** Those that fit the text, best first. */
  readonly options: readonly FilterOption[]
  readonly onChoose: (id: string) => void
  readonly emptyText: string
}

/** A field with a list under it: type to narrow it down, arrow keys to choose, Enter to take. */
export function FilterList(props: FilterListProps) {
  const { label, placeholder, text, onTextChange, options, onChoose, emptyText } = props
  const listId = useId()
  const [active, setActive] = useState(0)
  const chosen = Math.min(active, options.length - 1)
  const activeRef = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // Newer browsers return a promise, which an effect must not.
    activeRef.current?.scrollIntoView({ block: 'nearest' })
  }, [chosen])

  const handleKey = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0 && options.length > 0) {
      event.preventDefault()
      setActive((chosen + step + options.length) % options.length)
    }
    const option = options[chosen]
    if (event.key === 'Enter' && option && !event.nativeEvent.isComposing) {
      event.preventDefault()
      onChoose(option.id)
    }
  }

  return (
    <div className={styles.box}>
      <input
        className={styles.input}
        role="combobox"
        aria-label={label}
        aria-expanded="true"
        aria-controls={listId}
        aria-autocomplete="list"
        {...(options[chosen] ? { 'aria-activedescendant': `${listId}-${chosen}` } : {})}
        placeholder={placeholder}
        value={text}
        onChange={(event) => {
          onTextChange(event.target.value)
          setActive(0)
        }}
        onKeyDown={handleKey}
        spellCheck={false}
        autoComplete="off"
      />
      <div id={listId} role="listbox" aria-label={label} className={styles.list}>
        {options.map((option, index) => (
          <div
            key={option.id}
            id={`${listId}-${index}`}
            ref={index === chosen ? activeRef : undefined}
            role="option"
            aria-selected={index === chosen}
            tabIndex={-1}
            className={classNames(styles.option, index === chosen && styles.active)}
            onPointerMove={() => setActive(index)}
            onClick={() => onChoose(option.id)}
          >
            {option.icon}
            <span className={styles.label}>{option.label}</span>
            {option.hint !== undefined && <span className={styles.hint}>{option.hint}</span>}
          </div>
        ))}
      </div>
      {options.length === 0 && (
        <p className={styles.empty} aria-live="polite">
          {emptyText}
        </p>
      )}
    </div>
  )
}
