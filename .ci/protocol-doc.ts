/** One row of a table of constants in docs/PROTOCOL.md: what it says, and where the code says it. */
export interface StatedConstant {
  readonly what: string
  readonly value: string
  /** Relative to main/. */
  readonly file: string
  /** `NAME`, or `NAME.member` of an object. */
  readonly name: string
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  minutes: 60_000,
  hour: 3_600_000,
  hours: 3_600_000,
  day: 86_400_000,
  days: 86_400_000,
  bytes: 1,
  KiB: 1_024,
  MiB: 1_048_576,
}

/** What the names of base/time.ts stand for. */
const NAMED: Readonly<Record<string, number>> = {
  SECOND_MS: 1_000,
  MINUTE_MS: 60_000,
  HOUR_MS: 3_600_000,
  DAY_MS: 86_400_000,
}

/** The rows of every table marked `<!-- constants -->`. */
export function statedConstants(text: string): StatedConstant[] {
  return markedRows(text, 'constants').map(([what = '', value = '', place = '']) => {
    const [, file = '', name = ''] = /^`([^`]+)` `([^`]+)`$/.exec(place) ?? []
    return { what, value, file, name }
  })
}

/** The cells of the rows of every table after such a mark, without its two head lines. */
export function markedRows(text: string, mark: string): string[][] {
  return text
    .split(`<!-- ${mark} -->\n`)
    .slice(1)
    .flatMap((part) => (/^(?:\|.*\n)*/.exec(part)?.[0] ?? '').split('\n').slice(2, -1))
    .map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
}

/** A stated value as the code would have it: times in milliseconds, lengths in bytes. Undefined if it is none. */
export function statedNumber(value: string): number | undefined {
  const [, digits = '', divisor, unit] = /^([\d,.]+)(?:\/(\d+))?(?: (\w+))?$/.exec(value) ?? []
  const scale = unit === undefined ? 1 : UNITS[unit]
  if (digits === '' || scale === undefined) return undefined
  return (Number(digits.replaceAll(',', '')) * scale) / Number(divisor ?? 1)
}

/**
 * What a constant is in the source: numbers, the units of base/time.ts, other constants of the same file, and arithmetic.
 *
 * returns  undefined if there is no such constant, or if it is anything else
 */
export function sourceNumber(source: string, name: string): number | undefined {
  const [object = '', member] = name.split('.')
  const expression = definitionOf(source, object)
  if (expression === undefined) return undefined
  if (member === undefined) return evaluate(source, expression)
  const value = new RegExp(String.raw`\b${member}: ([^,}]+)`).exec(expression)?.[1]
  return value === undefined ? undefined : evaluate(source, value)
}

function definitionOf(source: string, name: string): string | undefined {
  return new RegExp(String.raw`^(?:export )?const ${name}(?:: [^=]+)? = (.+(?:\n  .+)*)$`, 'm').exec(source)?.[1]
}

function evaluate(source: string, expression: string): number | undefined {
  const tokens = expression.match(/\d[\d_.]*|0x[\da-f_]+|[A-Z][A-Z0-9_]*|\*\*|[-+*/()]|\S/g) ?? []
  let at = 0
  const take = (): string => {
    at += 1
    return tokens[at - 1] ?? ''
  }
  const atom = (): number => {
    const token = take()
    if (token === '(') {
      const value = sum()
      return take() === ')' ? value : Number.NaN
    }
    if (/^\d/.test(token)) return Number(token.replaceAll('_', ''))
    return NAMED[token] ?? sourceNumber(source, token) ?? Number.NaN
  }
  const power = (): number => {
    const base = atom()
    if (tokens[at] !== '**') return base
    at += 1
    return base ** power()
  }
  const product = (): number => {
    let value = power()
    while (tokens[at] === '*' || tokens[at] === '/') value = take() === '*' ? value * power() : value / power()
    return value
  }
  const sum = (): number => {
    let value = product()
    while (tokens[at] === '+' || tokens[at] === '-') value = take() === '+' ? value + product() : value - product()
    return value
  }
  const value = sum()
  return at === tokens.length && !Number.isNaN(value) ? value : undefined
}

/** Every label that is hashed or signed under, as the sources have it: `ampoule … 1`. */
export function labels(sources: readonly string[]): string[] {
  const found = sources.flatMap((text) =>
    [...text.matchAll(/'(ampoule [a-z ]+ \d+)'/g)].map(([, label]) => label ?? ''),
  )
  return [...new Set(found)].sort()
}

/** The codes of storage/refusal.ts, `1 malformed`. */
export function refusalCodes(source: string): string[] {
  return [...source.matchAll(/^ {2}(\d+): '(\w+)',$/gm)].map(([, code, reason]) => `${code} ${reason}`)
}
