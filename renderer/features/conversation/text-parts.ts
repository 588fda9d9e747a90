import { find } from 'linkifyjs'
import { LINK_CHARS_MAX } from '../../../shared/limits.ts'

/** A piece of a message as it is shown. `href` is checked: http, https or mailto, no longer than a shell opens. */
export type TextPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string }

const LINK_PROTOCOLS = ['http:', 'https:', 'mailto:']

/** What every link has in it. Most messages have not, and need no search, whose first run takes many milliseconds. */
const LINK_SIGN = /[.:@]\S|localhost/i

/** Finds the links of a text. Whatever is not a link that may be opened stays text. */
export function textParts(text: string): TextPart[] {
  if (!LINK_SIGN.test(text)) return text === '' ? [] : [{ kind: 'text', text }]
  const parts: TextPart[] = []
  let end = 0
  for (const link of find(text)) {
    const href = safeHref(link.href)
    if (href === undefined) continue
    if (link.start > end) parts.push({ kind: 'text', text: text.slice(end, link.start) })
    parts.push({ kind: 'link', text: link.value, href })
    end = link.end
  }
  if (end < text.length) parts.push({ kind: 'text', text: text.slice(end) })
  return parts
}

/** The address to open, or undefined if it is of a kind that a message must not open. */
function safeHref(href: string): string | undefined {
  if (!URL.canParse(href)) return undefined
  const url = new URL(href)
  return LINK_PROTOCOLS.includes(url.protocol) && url.href.length <= LINK_CHARS_MAX ? url.href : undefined
}

const EMOJI_ONLY = /^(?:\p{Extended_Pictographic}|\p{Emoji_Component}|\s)+$/u
const DIGITS = /^[\d#*\s]+$/
const LARGE_EMOJI_MAX = 3
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** Whether a text is one to three emoji and nothing else: it is shown large. */
export function isEmojiOnly(text: string): boolean {
  if (text.length > 64 || text.trim() === '' || !EMOJI_ONLY.test(text) || DIGITS.test(text)) return false
  return [...graphemes.segment(text.replaceAll(/\s/g, ''))].length <= LARGE_EMOJI_MAX
}
