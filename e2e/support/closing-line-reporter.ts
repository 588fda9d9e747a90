import type { FullConfig, Reporter, Suite, TestCase } from '@playwright/test/reporter'
import process from 'node:process'

/** Ends a run as the other tests end: reasons for what was skipped, then `N passed, N failed, N skipped`. */
class ClosingLineReporter implements Reporter {
  #tests: TestCase[] = []
  #errorCount = 0

  onBegin(_config: FullConfig, suite: Suite): void {
    this.#tests = suite.allTests()
  }

  /** Outside any test: a file that does not load, for example. */
  onError(): void {
    this.#errorCount += 1
  }

  onEnd(): void {
    const outcomes = this.#tests.map((test) => test.outcome())
    const count = (outcome: string): number => outcomes.filter((each) => each === outcome).length
    const failed = count('unexpected') + count('flaky') + this.#errorCount
    for (const [reason, times] of this.#reasons()) process.stdout.write(`skipped ${times}: ${reason}\n`)
    process.stdout.write(`${count('expected')} passed, ${failed} failed, ${count('skipped')} skipped\n`)
  }

  #reasons(): Map<string, number> {
    const reasons = new Map<string, number>()
    for (const test of this.#tests.filter((each) => each.outcome() === 'skipped')) {
      const reason = test.annotations.find(({ type }) => type === 'skip')?.description ?? 'no reason given'
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
    }
    return reasons
  }
}

// Playwright takes a reporter by its file's default export.
export default ClosingLineReporter
