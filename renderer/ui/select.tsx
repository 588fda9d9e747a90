import { Select as Base } from '@base-ui/react/select'
import { Check, ChevronDown } from 'lucide-react'
import { classNames } from './class-names.ts'
import menu from './menu.module.css'
import styles from './select.module.css'
import unseen from './unseen.module.css'

export interface SelectOption<Value> {
  readonly value: Value
  readonly label: string
}

interface SelectProps<Value> {
  readonly label: string
  readonly isLabelHidden?: boolean
  readonly value: Value
  readonly options: readonly SelectOption<Value>[]
  readonly onChange: (value: Value) => void
  readonly description?: string
  readonly isDisabled?: boolean
}

export function Select<Value extends string | number>(props: SelectProps<Value>) {
  const { label, isLabelHidden, value, options, onChange, description, isDisabled = false } = props
  return (
    <div className={styles.field}>
      <Base.Root
        items={options}
        value={value}
        disabled={isDisabled}
        onValueChange={(next) => {
          if (next !== null) onChange(next)
        }}
      >
        <Base.Label className={classNames(styles.label, isLabelHidden && unseen.unseen)}>{label}</Base.Label>
        <Base.Trigger className={styles.trigger}>
          <Base.Value className={styles.value} />
          <Base.Icon className={styles.chevron}>
            <ChevronDown />
          </Base.Icon>
        </Base.Trigger>
        <Base.Portal>
          <Base.Positioner className={styles.positioner} sideOffset={4} alignItemWithTrigger={false}>
            <Base.Popup className={menu.popup}>
              <Base.List className={styles.list}>
                {options.map((option) => (
                  <Base.Item key={option.value} value={option.value} className={classNames(menu.item, styles.item)}>
                    <Base.ItemText>{option.label}</Base.ItemText>
                    <Base.ItemIndicator className={styles.check}>
                      <Check />
                    </Base.ItemIndicator>
                  </Base.Item>
                ))}
              </Base.List>
            </Base.Popup>
          </Base.Positioner>
        </Base.Portal>
      </Base.Root>
      {description !== undefined && <p className={styles.description}>{description}</p>}
    </div>
  )
}
