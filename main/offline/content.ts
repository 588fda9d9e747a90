import { decode, encode } from '../wire/codec.ts'
import {
  MAIL_FILE_BYTES_MAX,
  MAIL_FILE_NAME_BYTES_MAX,
  MAIL_KIND,
  MAIL_TEXT_BYTES_MAX,
  mailContent,
} from '../wire/offline-packets.ts'
import type { MessageContent } from './change.ts'

/** The longest encoded content: kind, name, length and a file. */
export const CONTENT_BYTES_MAX = 1 + 2 + MAIL_FILE_NAME_BYTES_MAX + 4 + MAIL_FILE_BYTES_MAX

/** What is wrong with a message that somebody wants to send, or undefined. */
export function contentFault(content: MessageContent): 'empty' | 'tooLong' | undefined {
  if (content.kind === 'file') {
    const isTooLong = content.bytes.length > MAIL_FILE_BYTES_MAX || content.name.length > MAIL_FILE_NAME_BYTES_MAX
    return isTooLong ? 'tooLong' : undefined
  }
  if (content.text.length === 0) return 'empty'
  return content.text.length > MAIL_TEXT_BYTES_MAX ? 'tooLong' : undefined
}

export function encodeContent(content: MessageContent): Uint8Array {
  if (content.kind === 'file') return encode(mailContent, { ...content, kind: MAIL_KIND.file })
  return encode(mailContent, { kind: MAIL_KIND[content.kind], text: content.text })
}

/** Throws DecodeError. */
export function decodeContent(bytes: Uint8Array): MessageContent {
  const content = decode(mailContent, bytes)
  if (content.kind === MAIL_KIND.file) {
    return { kind: 'file', name: content.name.slice(), bytes: content.bytes.slice() }
  }
  return { kind: content.kind === MAIL_KIND.text ? 'text' : 'action', text: content.text.slice() }
}
