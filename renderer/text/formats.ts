const MINUTE_S = 60
const HOUR_S = 3_600
const DAY_S = 86_400
const KIB = 1_024

/** Dates, sizes and durations in one locale. Instants are the contract's timestamps. */
export interface Formats {
  /** 14:05 */
  readonly time: (timestamp: string) => string
  /** Today's time, yesterday, a weekday within a week, else a date: for the friend list. */
  readonly moment: (timestamp: string, now: Date) => string
  /** A day separator: Today, Yesterday, Tuesday 3 March. */
  readonly day: (timestamp: string, now: Date) => string
  /** Date and time in full, for tooltips. */
  readonly full: (timestamp: string) => string
  /** 1.4 MB */
  readonly bytes: (count: number) => string
  /** 14 days, 2 hours, 10 seconds: one unit, rounded. */
  readonly duration: (seconds: number) => string
  readonly number: (value: number, maximumFractionDigits?: number) => string
  readonly percent: (share: number) => string
}

export function createFormats(locale: string): Formats {
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' })
  const weekday = new Intl.DateTimeFormat(locale, { weekday: 'short' })
  const date = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' })
  const dateWithYear = new Intl.DateTimeFormat(locale, { dateStyle: 'short' })
  const longDay = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' })
  const longDayWithYear = new Intl.DateTimeFormat(locale, { dateStyle: 'full' })
  const full = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 })
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 })

  return {
    time: (timestamp) => time.format(new Date(timestamp)),
    moment(timestamp, now) {
      const then = new Date(timestamp)
      const age = daysBetween(then, now)
      if (age <= 0) return time.format(then)
      if (age === 1) return capital(relative.format(-1, 'day'), locale)
      if (age < 7) return weekday.format(then)
      return (then.getFullYear() === now.getFullYear() ? date : dateWithYear).format(then)
    },
    day(timestamp, now) {
      const then = new Date(timestamp)
      const age = daysBetween(then, now)
      if (age === 0 || age === 1) return capital(relative.format(-age, 'day'), locale)
      return (then.getFullYear() === now.getFullYear() ? longDay : longDayWithYear).format(then)
    },
    full: (timestamp) => full.format(new Date(timestamp)),
    bytes(count) {
      const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const
      let size = count
      let unit = 0
      while (size >= KIB && unit < units.length - 1) {
        size /= KIB
        unit += 1
      }
      return new Intl.NumberFormat(locale, {
        style: 'unit',
        unit: units[unit] ?? 'byte',
        unitDisplay: unit === 0 ? 'long' : 'short',
        maximumFractionDigits: size < 10 && unit > 0 ? 1 : 0,
      }).format(size)
    },
    duration(seconds) {
      if (seconds < 1.5 * MINUTE_S) return unitText(locale, seconds < 10 ? seconds : Math.round(seconds), 'second')
      if (seconds < 1.5 * HOUR_S && seconds !== HOUR_S)
        return unitText(locale, Math.round(seconds / MINUTE_S), 'minute')
      if (seconds < 2 * DAY_S && seconds !== DAY_S) return unitText(locale, Math.round(seconds / HOUR_S), 'hour')
      return unitText(locale, Math.round(seconds / DAY_S), 'day')
    },
    number: (value, maximumFractionDigits = 0) =>
      (maximumFractionDigits === 0 ? whole : new Intl.NumberFormat(locale, { maximumFractionDigits })).format(value),
    percent: (share) => percent.format(share),
  }
}

function unitText(locale: string, count: number, unit: 'second' | 'minute' | 'hour' | 'day'): string {
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 1 }).format(
    count,
  )
}

/** Whole calendar days, in the computer's zone. */
function daysBetween(then: Date, now: Date): number {
  const dayOf = (date: Date): number => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate())
  return Math.round((dayOf(now) - dayOf(then)) / (DAY_S * 1_000))
}

function capital(text: string, locale: string): string {
  return text.charAt(0).toLocaleUpperCase(locale) + text.slice(1)
}
