import { FILE_NAME_BYTES_MAX } from '../../shared/limits.ts'
import { utf8Length } from '../../shared/utf8-length.ts'
import { plainLine } from './plain-line.ts'

const FALLBACK = 'file'
const ENDING_CHARS_MAX = 16

/** Names that Windows keeps for devices, with any ending. */
const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i

/**
 * A file name that means nothing but a file in one folder, on every system, as near as can be to what was asked for.
 *
 * returns  at least one character, at most FILE_NAME_BYTES_MAX bytes, with the ending it had
 */
export function safeFileName(asked: string, platform: NodeJS.Platform): string {
  const visible = plainLine(asked.replaceAll(/[/\\]/g, '_'))
  const bare = visible.trim().replace(/^\.+$/, '')
  const portable = platform === 'win32' ? windowsName(bare) : bare
  return shortenedFileName(portable === '' ? FALLBACK : portable)
}

function windowsName(name: string): string {
  const plain = name.replaceAll(/[<>:"|?*]/g, '_').replace(/[. ]+$/, '')
  return WINDOWS_DEVICE.test(plain) ? `_${plain}` : plain
}

/** The name cut to FILE_NAME_BYTES_MAX bytes, between letters, with the ending it had. */
export function shortenedFileName(name: string): string {
  if (utf8Length(name) <= FILE_NAME_BYTES_MAX) return name
  const dot = name.lastIndexOf('.')
  const ending = dot > 0 && name.length - dot <= ENDING_CHARS_MAX ? name.slice(dot) : ''
  const letters = new Intl.Segmenter().segment(name.slice(0, name.length - ending.length))
  const stem = Array.from(letters, ({ segment }) => segment)
  while (utf8Length(stem.join('') + ending) > FILE_NAME_BYTES_MAX) stem.pop()
  return stem.join('') + ending
}
