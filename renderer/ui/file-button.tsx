import { type ReactNode, useRef } from 'react'
import { Button } from './button.tsx'
import styles from './file-button.module.css'

interface FileButtonProps {
  readonly kind?: 'plain' | 'quiet'
  /** What the picker offers: `image/*`, `.tox`. */
  readonly accept?: string
  readonly icon?: ReactNode
  readonly onChoose: (file: File) => void
  readonly children: ReactNode
}

/** A button that asks for a file. */
export function FileButton({ kind = 'plain', accept, icon, onChoose, children }: FileButtonProps) {
  const inputRef = useRef<HTMLInputElement>(null)
  return (
    <>
      <Button kind={kind} icon={icon} onClick={() => inputRef.current?.click()}>
        {children}
      </Button>
      <input
        ref={inputRef}
        type="file"
        className={styles.input}
        tabIndex={-1}
        aria-hidden="true"
        {...(accept === undefined ? {} : { accept })}
        onChange={(event) => {
          const file = event.target.files?.[0]
          // The same file may be chosen again after it was changed.
          event.target.value = ''
          if (file) onChoose(file)
        }}
      />
    </>
  )
}
