import { z } from 'zod'
import { utf8Length } from '../utf8-length.ts'

/** Text of at most `bytesMax` bytes in UTF-8. */
export function utf8Text(bytesMax: number, bytesMin = 0) {
  return z
    .string()
    .refine((text) => utf8Length(text) <= bytesMax, `longer than ${bytesMax} bytes`)
    .refine((text) => utf8Length(text) >= bytesMin, 'empty')
}
