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

/** A message without what it quotes, where it has words of its own: what is told of it in a line or two. */
export function ownWordsOf(text: string): string {
  const own = textBlocks(text).filter(({ kind }) => kind === 'text')
  return own.length > 0 ? own.map((block) => block.text).join('\n') : text
}

function withoutBlankEnds(lines: readonly string[]): readonly string[] {
  const first = lines.findIndex((line) => line.trim() !== '')
  const last = lines.findLastIndex((line) => line.trim() !== '')
  return first < 0 ? [] : lines.slice(first, last + 1)
}
