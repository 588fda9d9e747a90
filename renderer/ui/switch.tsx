import { Field } from '@base-ui/react/field'
import { Switch as Base } from '@base-ui/react/switch'
import { classNames } from './class-names.ts'
import styles from './switch.module.css'

interface SwitchProps {
  readonly label: string
  readonly description?: string | undefined
  readonly isOn: boolean
  readonly onChange: (isOn: boolean) => void
  readonly isDisabled?: boolean
  /** A change is under way: it takes none until that is done, and keeps the focus. */
  readonly isBusy?: boolean
}

/** On or off, at once. */
export function Switch({ label, description, isOn, onChange, isDisabled = false, isBusy = false }: SwitchProps) {
  return (
    <Field.Root className={classNames(styles.row, isBusy && styles.busy)} disabled={isDisabled}>
      <div className={styles.words}>
        <Field.Label className={styles.label}>{label}</Field.Label>
        {description !== undefined && (
          <Field.Description className={styles.description}>{description}</Field.Description>
        )}
      </div>
      <Base.Root
        checked={isOn}
        readOnly={isBusy}
        aria-busy={isBusy}
        onCheckedChange={(checked) => onChange(checked)}
        className={styles.track}
      >
        <Base.Thumb className={styles.thumb} />
      </Base.Root>
    </Field.Root>
  )
}
