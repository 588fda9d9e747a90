import { expect, test } from 'vitest'
import { DecodeError } from '../base/byte-reader.ts'
import { utf8Encode } from '../base/bytes.ts'
import type { MessageContent } from './change.ts'
import { CONTENT_BYTES_MAX, contentFault, decodeContent, encodeContent } from './content.ts'

test('text, action and file come back as they were', () => {
  const contents: MessageContent[] = [
    { kind: 'text', text: utf8Encode('grüße') },
    { kind: 'action', text: utf8Encode('waves') },
    { kind: 'file', name: utf8Encode('a.txt'), bytes: new Uint8Array(3_000).fill(4) },
  ]
  for (const content of contents) expect(decodeContent(encodeContent(content))).toEqual(content)
})

test('empty texts and what is too long are refused before they are encoded', () => {
  expect(contentFault({ kind: 'text', text: new Uint8Array(0) })).toBe('empty')
  expect(contentFault({ kind: 'action', text: new Uint8Array(1_373) })).toBe('tooLong')
  expect(contentFault({ kind: 'text', text: new Uint8Array(1_372) })).toBeUndefined()
  expect(contentFault({ kind: 'file', name: new Uint8Array(256), bytes: new Uint8Array(1) })).toBe('tooLong')
  expect(contentFault({ kind: 'file', name: new Uint8Array(0), bytes: new Uint8Array(0) })).toBeUndefined()
  const largest = { kind: 'file' as const, name: new Uint8Array(255), bytes: new Uint8Array(1_048_576) }
  expect(contentFault(largest)).toBeUndefined()
  expect(encodeContent(largest)).toHaveLength(CONTENT_BYTES_MAX)
})

test('what is no content throws DecodeError', () => {
  expect(() => decodeContent(Uint8Array.of(66, 0, 0))).toThrow(DecodeError)
  expect(() => decodeContent(new Uint8Array(0))).toThrow(DecodeError)
})
