import { Field } from '@base-ui/react/field'
import { Switch as Base } from '@base-ui/react/switch'
import styles from './switch.module.css'

interface SwitchProps {
  readonly label: string
  readonly description?: string | undefined
  readonly isOn: boolean
  readonly onChange: (isOn: boolean) => void
  readonly isDisabled?: boolean
}

/** On or off, at once. */
export function Switch({ label, description, isOn, onChange, isDisabled = false }: SwitchProps) {
  return (
    <Field.Root className={styles.row} disabled={isDisabled}>
      <div className={styles.words}>
        <Field.Label className={styles.label}>{label}</Field.Label>
        {description !== undefined && (
          <Field.Description className={styles.description}>{description}</Field.Description>
        )}
      </div>
      <Base.Root checked={isOn} onCheckedChange={(checked) => onChange(checked)} className={styles.track}>
        <Base.Thumb className={styles.thumb} />
      </Base.Root>
    </Field.Root>
  )
}
