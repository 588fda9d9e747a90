import { Menu as Base } from '@base-ui/react/menu'
import { Check } from 'lucide-react'
import type { ReactElement, ReactNode } from 'react'
import { classNames } from './class-names.ts'
import styles from './menu.module.css'

interface MenuProps {
  /** The button that opens it. */
  readonly trigger: ReactElement
  readonly align?: 'start' | 'end'
  readonly children: ReactNode
}

/** A list of actions behind a button. */
export function Menu({ trigger, align = 'start', children }: MenuProps) {
  return (
    <Base.Root modal={false}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner className={styles.positioner} sideOffset={4} align={align}>
          <Base.Popup className={styles.popup}>{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

interface MenuItemProps {
  readonly icon?: ReactNode
  readonly onSelect: () => void
  readonly isDangerous?: boolean
  readonly isDisabled?: boolean
  readonly children: ReactNode
}

export function MenuItem({ icon, onSelect, isDangerous, isDisabled = false, children }: MenuItemProps) {
  return (
    <Base.Item
      onClick={onSelect}
      disabled={isDisabled}
      className={classNames(styles.item, isDangerous && styles.dangerous)}
    >
      {icon !== undefined && <span className={styles.icon}>{icon}</span>}
      {children}
    </Base.Item>
  )
}

interface MenuToggleProps {
  readonly isOn: boolean
  readonly onToggle: () => void
  readonly children: ReactNode
}

/** Something that is on or off, with a mark while it is on. */
export function MenuToggle({ isOn, onToggle, children }: MenuToggleProps) {
  return (
    <Base.CheckboxItem checked={isOn} onCheckedChange={onToggle} closeOnClick className={styles.item}>
      <span className={styles.text}>{children}</span>
      <Base.CheckboxItemIndicator className={styles.icon}>
        <Check />
      </Base.CheckboxItemIndicator>
    </Base.CheckboxItem>
  )
}

export function MenuSeparator() {
  return <Base.Separator className={styles.separator} />
}

interface MenuChoiceProps<Value> {
  readonly label: string
  readonly value: Value
  readonly options: readonly { readonly value: Value; readonly label: string; readonly icon?: ReactNode }[]
  readonly onChange: (value: Value) => void
}

/** One of several, with a mark at the one that holds. */
export function MenuChoice<Value extends string | number>({ label, value, options, onChange }: MenuChoiceProps<Value>) {
  return (
    <Base.Group>
      <Base.GroupLabel className={styles.label}>{label}</Base.GroupLabel>
      <Base.RadioGroup value={value} onValueChange={(next: Value) => onChange(next)}>
        {options.map((option) => (
          <Base.RadioItem key={option.value} value={option.value} closeOnClick className={styles.item}>
            {option.icon !== undefined && <span className={styles.icon}>{option.icon}</span>}
            <span className={styles.text}>{option.label}</span>
            <Base.RadioItemIndicator className={styles.icon}>
              <Check />
            </Base.RadioItemIndicator>
          </Base.RadioItem>
        ))}
      </Base.RadioGroup>
    </Base.Group>
  )
}
