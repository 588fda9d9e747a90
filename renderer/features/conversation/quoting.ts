import { textBlocks } from '../../../shared/quoting.ts'

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
