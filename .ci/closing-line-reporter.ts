import type { Reporter, SerializedError, TestModule } from 'vitest/node'

/** Ends a test run with the reasons for skipped tests and one plain line: `N passed, N failed, N skipped`. */
export class ClosingLineReporter implements Reporter {
  readonly #print: (line: string) => void

  constructor(print: (line: string) => void = (line) => process.stdout.write(`${line}\n`)) {
    this.#print = print
  }

  onTestRunEnd(
    modules: readonly Pick<TestModule, 'children' | 'state'>[],
    unhandled: readonly SerializedError[],
  ): void {
    const count = { passed: 0, failed: unhandled.length, skipped: 0 }
    const reasons = new Map<string, number>()
    for (const module of modules) {
      const failedBefore = count.failed
      for (const test of module.children.allTests()) {
        const result = test.result()
        if (result.state === 'passed') count.passed += 1
        else if (result.state === 'skipped') count.skipped += 1
        else count.failed += 1 // `pending` too: it was collected and never ended.
        if (result.state === 'skipped') {
          const reason = result.note ?? 'no reason given'
          reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
        }
      }
      // A file that did not load, or whose hook threw, fails without any test that says so.
      if (module.state() === 'failed' && count.failed === failedBefore) count.failed += 1
    }
    for (const [reason, times] of reasons) this.#print(`skipped ${times}: ${reason}`)
    this.#print(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`)
  }
}
