import { folded } from './folded-text.ts'

const CHARS_BEFORE = 24

/** A text around the first place that was found: what stands before, the place itself, and what follows. */
export function snippetOf(text: string, wanted: string): readonly [before: string, match: string, after: string] {
  const line = text.replace(/\s+/g, ' ')
  const word = folded(wanted.trim())
  const [start, end] = placeOf(line, word) ?? placeOf(line, word.split(/\s+/)[0] ?? '') ?? [0, 0]
  const from = start <= CHARS_BEFORE ? 0 : wordStart(line, start - CHARS_BEFORE)
  return [`${from > 0 ? '…' : ''}${line.slice(from, start)}`, line.slice(start, end), line.slice(end)]
}

/** Folding can shorten a text, so each character is folded by itself and its place kept. */
function placeOf(line: string, word: string): readonly [start: number, end: number] | undefined {
  if (word === '') return undefined
  const starts: number[] = []
  let plain = ''
  let at = 0
  for (const character of line) {
    const part = folded(character)
    plain += part
    for (let unit = 0; unit < part.length; unit += 1) starts.push(at)
    at += character.length
  }
  const found = plain.indexOf(word)
  if (found < 0) return undefined
  return [starts[found] ?? 0, starts[found + word.length] ?? line.length]
}

function wordStart(line: string, at: number): number {
  const space = line.indexOf(' ', at)
  return space < 0 ? at : space + 1
}
