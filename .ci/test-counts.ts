export interface TestCounts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** What the closing line of a test run says; undefined for a run that did not get that far. */
export function countsIn(output: string): TestCounts | undefined {
  const last = [...output.matchAll(/^(\d+) passed, (\d+) failed, (\d+) skipped$/gm)].at(-1)
  if (!last) return undefined
  const [, passed, failed, skipped] = last.map(Number)
  return { passed: passed ?? 0, failed: failed ?? 0, skipped: skipped ?? 0 }
}

export function addCounts(left: TestCounts, right: TestCounts): TestCounts {
  return {
    passed: left.passed + right.passed,
    failed: left.failed + right.failed,
    skipped: left.skipped + right.skipped,
  }
}
