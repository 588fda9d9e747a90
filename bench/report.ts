import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { arch, availableParallelism, totalmem } from 'node:os'

/** One measured value, and what it is compared with. */
export interface Figure {
  readonly name: string
  readonly value: number | string
  readonly unit: string
  /** What the project wants to reach, in words: `under 300`. */
  readonly reach?: string
  /** What others reach at the same. */
  readonly others?: string
}

export interface Report {
  /** The file's name, and the command: `npm run bench:<name>`. */
  readonly name: string
  readonly title: string
  /** What was measured and how, in a few sentences. */
  readonly method: string
  readonly figures: readonly Figure[]
}

const RESULTS = new URL('../docs/results/', import.meta.url)

/** Prints a table and keeps it as docs/results/<name>.md, where sections that somebody wrote below it stay. It judges nothing. */
export function writeReport({ name, title, method, figures }: Report): void {
  const rows = figures.map(({ name: figure, value, unit, reach = '', others = '' }) => [
    figure,
    `${typeof value === 'number' ? rounded(value) : value} ${unit}`.trim(),
    reach,
    others,
  ])
  const table = markdownTable(['figure', 'measured', 'to reach', 'others'], rows)
  console.log(`\n${title}\n\n${table}\n`)
  mkdirSync(RESULTS, { recursive: true })
  const about = `${new Date().toISOString().slice(0, 10)}, commit ${commit()}, ${machine()}, Node ${process.versions.node}.`
  const text = `# ${title}\n\n\`npm run bench:${name}\`. ${about}\n\n${method}\n\n${table}\n`
  const file = new URL(`${name}.md`, RESULTS)
  writeFileSync(file, text + sectionsOf(file))
}

function sectionsOf(file: URL): string {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const start = text.indexOf('\n## ')
  return start < 0 ? '' : text.slice(start)
}

/** The value at the part `share` (0 to 1) of the sorted values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** CPU of this process so far, all threads, in milliseconds. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Three significant digits, whole numbers whole. */
function rounded(value: number): string {
  if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en-US')
  return String(Number(value.toPrecision(3)))
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((text, column) => Math.max(text.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]) => `| ${cells.map((text, at) => text.padEnd(widths[at] ?? 0)).join(' | ')} |`
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join('\n')
}

function commit(): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim()
  try {
    return git('rev-parse', '--short', 'HEAD')
  } catch {
    return 'unknown'
  }
}

function machine(): string {
  const cores = availableParallelism()
  const family = arch() === 'x64' ? 'x86-64' : arch()
  return `${cores === 2 ? 'two' : cores} ${family} cores, ${Math.round(totalmem() / 2 ** 30)} GiB of memory`
}
