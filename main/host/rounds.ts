import { HOUR_MS } from '../base/time.ts'
import { SAMPLE_INTERVAL_MS } from './storage-history.ts'

/** What is looked at again and again, and how often. */
const INTERVALS_MS = {
  traffic: 2_000,
  history: SAMPLE_INTERVAL_MS,
  power: 15_000,
  names: 30_000,
  files: HOUR_MS,
} as const

type Round = keyof typeof INTERVALS_MS

/** Timers of the host that keep no process alive. */
export class Rounds {
  readonly #work: Readonly<Record<Round, () => void>>
  #timers: NodeJS.Timeout[] = []

  constructor(work: Readonly<Record<Round, () => void>>) {
    this.#work = work
  }

  /** The first look is at once. */
  begin(): void {
    this.#timers = (Object.keys(INTERVALS_MS) as Round[]).map((round) => {
      if (round !== 'names') this.#work[round]()
      return setInterval(this.#work[round], INTERVALS_MS[round]).unref()
    })
  }

  end(): void {
    for (const timer of this.#timers) clearInterval(timer)
  }
}
