import { Slider as Base } from '@base-ui/react/slider'
import styles from './slider.module.css'

interface SliderProps {
  readonly label: string
  readonly value: number
  readonly min: number
  readonly max: number
  readonly step?: number
  /** The value in words, shown beside the label and read out. */
  readonly format: (value: number) => string
  /** While it moves. */
  readonly onChange: (value: number) => void
  /** Once it rests. */
  readonly onCommit?: (value: number) => void
  readonly description?: string
  readonly isDisabled?: boolean
}

export function Slider(props: SliderProps) {
  const { label, value, min, max, step = 1, format, onChange, onCommit, description, isDisabled = false } = props
  return (
    <Base.Root
      className={styles.field}
      value={value}
      min={min}
      max={max}
      step={step}
      largeStep={step * 10}
      disabled={isDisabled}
      onValueChange={(next) => onChange(single(next))}
      onValueCommitted={(next) => onCommit?.(single(next))}
    >
      <div className={styles.head}>
        <Base.Label className={styles.label}>{label}</Base.Label>
        <output className={styles.value}>{format(value)}</output>
      </div>
      <Base.Control className={styles.control}>
        <Base.Track className={styles.track}>
          <Base.Indicator className={styles.indicator} />
          <Base.Thumb className={styles.thumb} getAriaValueText={(_text, number) => format(number)} />
        </Base.Track>
      </Base.Control>
      {description !== undefined && <p className={styles.description}>{description}</p>}
    </Base.Root>
  )
}

/** Base UI has sliders of several thumbs too. */
function single(value: number | readonly number[]): number {
  return typeof value === 'number' ? value : (value[0] ?? 0)
}
