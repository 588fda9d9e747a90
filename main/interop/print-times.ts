/** Shows measured times in the output of the test run; they are figures to read, never a verdict. */
export function printTimes(title: string, timesMs: Readonly<Record<string, number>>): void {
  const words = Object.entries(timesMs).map(([name, ms]) => `${name} ${Math.round(ms)} ms`)
  process.stdout.write(`${title}: ${words.join(', ')}\n`)
}
