/** A run of lines that are quoted, or are not. */
export interface TextBlock {
  readonly kind: 'text' | 'quote'
  readonly text: string
}

/** A line as Tox clients quote it: `> words`. A second `>` belongs to the words. */
const QUOTED_LINE = /^> ?/

/** Splits a message into quoted and own lines, in order. Blank lines between the two are left out. */
export function textBlocks(text: string): TextBlock[] {
  const blocks: { kind: TextBlock['kind']; lines: string[] }[] = []
  for (const line of text.split('\n')) {
    const kind = QUOTED_LINE.test(line) ? 'quote' : 'text'
    const words = kind === 'quote' ? line.replace(QUOTED_LINE, '') : line
    const last = blocks.at(-1)
    if (last?.kind === kind) last.lines.push(words)
    else blocks.push({ kind, lines: [words] })
  }
  return blocks
    .map(({ kind, lines }) => ({ kind, text: withoutBlankEnds(lines).join('\n') }))
    .filter(({ text: words }) => words !== '')
}

function withoutBlankEnds(lines: readonly string[]): readonly string[] {
  const first = lines.findIndex((line) => line.trim() !== '')
  const last = lines.findLastIndex((line) => line.trim() !== '')
  return first < 0 ? [] : lines.slice(first, last + 1)
}

const QUOTE_LINES_MAX = 4
const QUOTE_LINE_CHARS_MAX = 160

/** The quoted lines that an answer begins with: the message's own words, shortened, not what it quotes itself. */
export function quoteOf(text: string): string {
  const blocks = textBlocks(text)
  const own = blocks.filter(({ kind }) => kind === 'text')
  const lines = (own.length > 0 ? own : blocks).flatMap((block) => block.text.split('\n'))
  const kept = lines.slice(0, QUOTE_LINES_MAX).map((line) => shortened(line, QUOTE_LINE_CHARS_MAX))
  if (lines.length > QUOTE_LINES_MAX) kept.push('…')
  return kept.map((line) => `> ${line}`).join('\n')
}

/** What the composer holds after a person chose to answer: the quote, then the words that stood there. */
export function draftWithQuote(quotedText: string, draft: string): string {
  const own = textBlocks(draft)
    .filter(({ kind }) => kind === 'text')
    .map(({ text }) => text)
    .join('\n')
  return `${quoteOf(quotedText)}\n${own}`
}

function shortened(line: string, charsMax: number): string {
  const characters = Array.from(line)
  return characters.length <= charsMax
    ? line
    : `${characters
        .slice(0, charsMax - 1)
        .join('')
        .trimEnd()}…`
}
