import { z } from 'zod'
import { TtlSeconds } from './message.ts'

export const Settings = z.strictObject({
  ttlSeconds: TtlSeconds,
  fileTtlSeconds: TtlSeconds,
  proofThreads: z.int().min(1).max(64),
  proofAlgorithm: z.enum(['sha512d', 'argon2id']),
  readReceipts: z.boolean(),
  typingNotices: z.boolean(),
  lanDiscovery: z.boolean(),
})
export type Settings = z.infer<typeof Settings>

export const SettingsChange = Settings.partial()
