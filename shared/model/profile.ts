import { z } from 'zod'
import { NAME_BYTES_MAX, STATUS_MESSAGE_BYTES_MAX } from '../limits.ts'
import { KeyProtection } from './account.ts'
import { PublicKeyHex, ToxIdHex } from './hex-keys.ts'
import { utf8Text } from './text.ts'

export const UserStatus = z.enum(['none', 'away', 'busy'])
export type UserStatus = z.infer<typeof UserStatus>

/** Who one is on the Tox network. */
export const Profile = z.strictObject({
  toxId: ToxIdHex,
  publicKey: PublicKeyHex,
  name: z.string(),
  statusMessage: z.string(),
  status: UserStatus,
  /** Whether the savefile on disk is encrypted with a passphrase. */
  isEncrypted: z.boolean(),
  keyProtection: KeyProtection,
})
export type Profile = z.infer<typeof Profile>

/** What `profile.set` may change; what is left out stays. A new nospam makes a new Tox ID. */
export const ProfileChange = z.strictObject({
  name: utf8Text(NAME_BYTES_MAX).optional(),
  statusMessage: utf8Text(STATUS_MESSAGE_BYTES_MAX).optional(),
  status: UserStatus.optional(),
  newNospam: z.literal(true).optional(),
})
