import { z } from 'zod'

/** A friend's or node's public key: 64 upper-case hex digits (lower case is accepted and folded). */
export const PublicKeyHex = z
  .string()
  .regex(/^[0-9a-fA-F]{64}$/, 'a key has 64 hex digits')
  .transform((hex) => hex.toUpperCase())

/** A Tox ID: 76 hex digits, upper case. Its checksum is checked where it is used. */
export const ToxIdHex = z
  .string()
  .regex(/^[0-9a-fA-F]{76}$/, 'a Tox ID has 76 hex digits')
  .transform((hex) => hex.toUpperCase())

/** ISO 8601 with milliseconds, UTC. */
export const Timestamp = z.iso.datetime({ precision: 3 })
export type Timestamp = z.infer<typeof Timestamp>
