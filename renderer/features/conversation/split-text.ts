import { MESSAGE_BYTES_MAX } from '../../../shared/limits.ts'
import { utf8Length } from '../../../shared/utf8-length.ts'

/**
 * Cuts a text into messages that Tox carries, best at a paragraph, else a line, a sentence or a word; a word that is
 * longer than a message is cut between characters, never inside one.
 *
 * returns  no empty and no blank part; a single part is the text without the white space around it
 */
export function splitText(text: string, bytesMax: number = MESSAGE_BYTES_MAX): string[] {
  const parts: string[] = []
  let rest = text.trim()
  while (utf8Length(rest) > bytesMax) {
    const end = cutIndex(rest, bytesMax)
    parts.push(rest.slice(0, end).trimEnd())
    rest = rest.slice(end).trimStart()
  }
  return rest === '' ? parts : [...parts, rest]
}

/** How many messages a text becomes; quick for what fits in one, so that it can be asked on every key. */
export function messageCount(text: string): number {
  return text.length * 3 <= MESSAGE_BYTES_MAX ? Number(text.trim() !== '') : splitText(text).length
}

const BORDERS = [/\n\s*\n/g, /\n/g, /[.!?…]["'»”)]*\s/g, /\s/g]

/** Parts are not made shorter than this share of a message for the sake of a nicer border. */
const FULL_SHARE = 0.5

function cutIndex(text: string, bytesMax: number): number {
  const end = fittingLength(text, bytesMax)
  // A border may lie right behind what fits: its white space is trimmed away.
  const reach = text.slice(0, end + 1)
  for (const border of BORDERS) {
    const at = lastEnd(reach, border)
    if (at > end * FULL_SHARE) return Math.min(at, end)
  }
  return lastGraphemeBorder(text, end)
}

/** How many UTF-16 units of `text` fit into `bytesMax` bytes, whole code points only. */
function fittingLength(text: string, bytesMax: number): number {
  let bytes = 0
  let length = 0
  for (const character of text) {
    bytes += utf8Length(character)
    if (bytes > bytesMax) return length
    length += character.length
  }
  return length
}

function lastEnd(text: string, border: RegExp): number {
  let end = 0
  for (const match of text.matchAll(border)) end = match.index + match[0].length
  return end
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** The last place at or before `end` that is not inside a character as people see it, an emoji with its tone for example. */
function lastGraphemeBorder(text: string, end: number): number {
  const holder = graphemes.segment(text).containing(end)
  return holder && holder.index > 0 ? holder.index : end
}
