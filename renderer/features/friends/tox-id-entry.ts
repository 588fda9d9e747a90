import { parseToxId } from '../../../shared/tox-id.ts'
import type { Texts } from '../../text/en.ts'

interface Known {
  readonly ownKey: string
  readonly isFriend: (publicKey: string) => boolean
}

/** What was typed, pasted or read: a Tox ID to ask, or why it is none, in words. */
export type Entry = { readonly toxId: string } | { readonly problem: string }

/** Takes a Tox ID with or without spaces, `tox:` or `tox://` before it, and a `?message=` behind it. */
export function checkEntry(text: string, { ownKey, isFriend }: Known, { friends }: Texts): Entry {
  const digits = bareToxId(text)
  const parsed = parseToxId(digits)
  if ('problem' in parsed) {
    const { problem } = parsed
    const words = friends.toxIdProblem
    return { problem: problem === 'wrongLength' ? words.wrongLength(digits.length) : words[problem] }
  }
  if (parsed.publicKey === ownKey) return { problem: friends.toxIdProblem.own }
  if (isFriend(parsed.publicKey)) return { problem: friends.toxIdProblem.known }
  return { toxId: digits.toUpperCase() }
}

export function bareToxId(text: string): string {
  return text
    .trim()
    .replace(/^tox:(?:\/\/)?/i, '')
    .replace(/[?/#].*$/s, '')
    .replace(/\s+/g, '')
}
