import { CircleAlert, X } from 'lucide-react'
import { useEffect } from 'react'
import type { Toast } from '../stores/toasts-store.ts'
import { useTexts } from '../text/voice.tsx'
import { classNames } from './class-names.ts'
import { IconButton } from './icon-button.tsx'
import styles from './toast.module.css'

const NOTE_SHOWN_MS = 5_000

interface ToastListProps {
  readonly toasts: readonly Toast[]
  readonly onDismiss: (id: number) => void
}

/** What happened, in a corner: notes go by themselves, all else stays until it is closed. */
export function ToastList({ toasts, onDismiss }: ToastListProps) {
  return (
    <ol className={styles.list} aria-live="polite" aria-relevant="additions">
      {toasts.map((toast) => (
        <ToastCard key={toast.id} toast={toast} onDismiss={onDismiss} />
      ))}
    </ol>
  )
}

function ToastCard({ toast, onDismiss }: { readonly toast: Toast; readonly onDismiss: (id: number) => void }) {
  const t = useTexts()
  const { id, kind } = toast
  useEffect(() => {
    if (kind !== 'note') return undefined
    const timer = setTimeout(() => onDismiss(id), NOTE_SHOWN_MS)
    return () => clearTimeout(timer)
  }, [id, kind, onDismiss])
  return (
    <li className={classNames(styles.toast, kind === 'error' && styles.error)}>
      {kind === 'error' && <CircleAlert className={styles.icon} aria-hidden="true" />}
      <div className={styles.words}>
        <p className={styles.title}>{toast.title}</p>
        {toast.body !== undefined && <p className={styles.body}>{toast.body}</p>}
      </div>
      <IconButton label={t.common.close} icon={<X />} onClick={() => onDismiss(id)} side="top" />
    </li>
  )
}
