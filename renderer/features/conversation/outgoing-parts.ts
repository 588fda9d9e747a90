import { splitText } from './split-text.ts'

export interface OutgoingPart {
  readonly kind: 'text' | 'action'
  readonly text: string
}

const ACTION = /^\/me\s+/

/** The messages that what was written becomes: several if it is long, an action if it begins with `/me`. */
export function outgoingParts(written: string): OutgoingPart[] {
  const isAction = ACTION.test(written)
  const parts = splitText(written.replace(ACTION, ''))
  return parts.map((text, index) => ({ kind: isAction && index === 0 ? 'action' : 'text', text }))
}

/** What a person would write to get these parts again: what could not be sent goes back into the composer. */
export function writtenAgain(parts: readonly OutgoingPart[]): string {
  return parts.map(({ kind, text }) => (kind === 'action' ? `/me ${text}` : text)).join('\n\n')
}
