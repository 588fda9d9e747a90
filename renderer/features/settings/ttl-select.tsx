import { useFormats } from '../../text/voice.tsx'
import { Select } from '../../ui/select.tsx'

const HOUR_S = 3_600
const DAY_S = 24 * HOUR_S
const CHOICES = [HOUR_S, 6 * HOUR_S, DAY_S, 2 * DAY_S, 7 * DAY_S, 14 * DAY_S, 30 * DAY_S]

interface TtlSelectProps {
  readonly label: string
  readonly value: number
  readonly onChange: (ttlSeconds: number) => void
}

/** How long something waits or is kept. A time that is none of the choices stays among them while it is the setting. */
export function TtlSelect({ label, value, onChange }: TtlSelectProps) {
  const formats = useFormats()
  const choices = [...new Set([...CHOICES, value])].sort((a, b) => a - b)
  return (
    <Select
      label={label}
      value={value}
      options={choices.map((seconds) => ({ value: seconds, label: formats.duration(seconds) }))}
      onChange={onChange}
    />
  )
}
