import { z } from 'zod'

/**
 * How far the app is with a person's profile: `new` there is none yet; `locked` it needs its passphrase; `opening`;
 * `open` everything else of the contract works; `failed` it could not be opened (`reason` says why in words).
 */
export const AccountPhase = z.enum(['new', 'locked', 'opening', 'open', 'failed'])
export type AccountPhase = z.infer<typeof AccountPhase>

/** What wraps the key of the database: the passphrase, the system's key store, or only the rights on a file. */
export const KeyProtection = z.enum(['passphrase', 'system', 'file'])
export type KeyProtection = z.infer<typeof KeyProtection>

/** Why a profile could not be opened, where there is something special to do about it. */
export const AccountFailure = z.enum(['in-use', 'other'])
export type AccountFailure = z.infer<typeof AccountFailure>

export const Account = z.strictObject({
  phase: AccountPhase,
  reason: z.string().optional(),
  /** Only while `failed`. */
  failure: AccountFailure.optional(),
  /** Since the app was started a backup took the place of a profile that could not be opened: its files lie here. */
  setAsideIn: z.string().optional(),
  keyProtection: KeyProtection.optional(),
})
export type Account = z.infer<typeof Account>

/** At most as long as scrypt needs to be fed; empty means none. */
export const Passphrase = z.string().min(1).max(1_024)
