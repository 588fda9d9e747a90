import { Field } from '@base-ui/react/field'
import { type ComponentProps, type ReactNode, type Ref, useState } from 'react'
import { Eye, EyeOff } from 'lucide-react'
import { useTexts } from '../text/voice.tsx'
import { IconButton } from './icon-button.tsx'
import { classNames } from './class-names.ts'
import styles from './text-field.module.css'
import unseen from './unseen.module.css'

type InputProps = Pick<
  ComponentProps<'input'>,
  'placeholder' | 'autoComplete' | 'autoFocus' | 'spellCheck' | 'inputMode' | 'readOnly' | 'onKeyDown' | 'onBlur'
>

interface TextFieldProps extends InputProps {
  readonly label: string
  /** The label is there for screen readers only. */
  readonly isLabelHidden?: boolean
  readonly value: string
  readonly onChange: (value: string) => void
  readonly description?: string | undefined
  /** What is wrong and what to do; shown instead of the description. */
  readonly error?: string | undefined
  readonly type?: 'text' | 'password' | 'search' | 'number' | 'time'
  /** Lines of a longer text. */
  readonly rows?: number
  readonly isMono?: boolean
  readonly isDisabled?: boolean
  readonly ref?: Ref<HTMLInputElement>
  /** An icon before the text. */
  readonly icon?: ReactNode
}

export function TextField(props: TextFieldProps) {
  const {
    label,
    isLabelHidden,
    value,
    onChange,
    description,
    error,
    type = 'text',
    rows,
    isMono,
    isDisabled,
    icon,
  } = props
  const t = useTexts()
  const [isShown, setShown] = useState(false)
  const isPassword = type === 'password'
  return (
    <Field.Root className={styles.field} invalid={error !== undefined} disabled={isDisabled ?? false}>
      <Field.Label className={classNames(styles.label, isLabelHidden && unseen.unseen)}>{label}</Field.Label>
      <span className={styles.frame}>
        {icon !== undefined && <span className={styles.icon}>{icon}</span>}
        <Field.Control
          {...nativeOf(props)}
          value={value}
          onValueChange={onChange}
          className={classNames(styles.control, isMono && styles.mono, rows !== undefined && styles.long)}
          {...(rows === undefined
            ? { type: isPassword && isShown ? 'text' : type }
            : { render: <textarea rows={rows} /> })}
        />
        {isPassword && (
          <IconButton
            label={isShown ? t.common.hidePassphrase : t.common.showPassphrase}
            icon={isShown ? <EyeOff /> : <Eye />}
            onClick={() => setShown(!isShown)}
          />
        )}
      </span>
      {error === undefined && description !== undefined && (
        <Field.Description className={styles.description}>{description}</Field.Description>
      )}
      {error !== undefined && (
        <Field.Error match className={styles.error}>
          {error}
        </Field.Error>
      )}
    </Field.Root>
  )
}

/** What goes to the element as it is. */
function nativeOf(props: TextFieldProps) {
  const { placeholder, autoComplete, autoFocus, spellCheck, inputMode, readOnly, onKeyDown, onBlur, ref } = props
  return { placeholder, autoComplete, autoFocus, spellCheck, inputMode, readOnly, onKeyDown, onBlur, ref }
}
