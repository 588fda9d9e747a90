import { HOUR_MS, type Instant, MINUTE_MS, SECOND_MS, type Wake } from '../base/time.ts'
import type { Epoch } from './epoch.ts'

const INTERVAL_MS = 2 * HOUR_MS
/** After nobody answered; doubled each time. */
const RETRY_DELAY_MS = 15 * SECOND_MS
const RETRY_DELAY_MS_MAX = 10 * MINUTE_MS

interface Check {
  isRunning: boolean
  /** Which coming of the network it was tried in. */
  round: number
  nextAt: Instant
  failureCount: number
}

/** When SENDER asks after what it stored: at start, every two hours, and before it first writes in a run. */
export class StatusChecks {
  readonly #checks = new WeakMap<Epoch, Check>()
  #round = 0

  /** The network is there again: what failed need not wait any longer. */
  restart(): void {
    this.#round += 1
  }

  isDue(epoch: Epoch, now: Instant): boolean {
    const { isRunning, nextAt, failureCount, round } = this.#checkOf(epoch, now)
    return !isRunning && (nextAt <= now || (failureCount > 0 && round !== this.#round))
  }

  hasFailed(epoch: Epoch, now: Instant): boolean {
    return this.#checkOf(epoch, now).failureCount > 0
  }

  started(epoch: Epoch, now: Instant): void {
    const check = this.#checkOf(epoch, now)
    check.isRunning = true
    check.round = this.#round
  }

  finished(epoch: Epoch, isHeard: boolean, now: Instant): void {
    const check = this.#checkOf(epoch, now)
    check.isRunning = false
    check.failureCount = isHeard ? 0 : check.failureCount + 1
    const retryMs = Math.min(RETRY_DELAY_MS * 2 ** (check.failureCount - 1), RETRY_DELAY_MS_MAX)
    check.nextAt = now + (isHeard ? INTERVAL_MS : retryMs)
  }

  wakeOf(epoch: Epoch, now: Instant): Wake | undefined {
    const check = this.#checkOf(epoch, now)
    return check.isRunning ? undefined : { at: check.nextAt, why: 'ask after stored messages' }
  }

  /** Under keys made in this run nothing is older than the run: its first check may wait. */
  #checkOf(epoch: Epoch, now: Instant): Check {
    const known = this.#checks.get(epoch)
    if (known) return known
    const nextAt = epoch.isChecked ? now + INTERVAL_MS : now
    const check: Check = { isRunning: false, round: this.#round, nextAt, failureCount: 0 }
    this.#checks.set(epoch, check)
    return check
  }
}
