import { z } from 'zod'
import { TtlSeconds } from './message.ts'

/** A time of day, `22:00`, in the computer's own zone. */
const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day is HH:MM')

export const QuietHours = z.strictObject({ isOn: z.boolean(), from: TimeOfDay, to: TimeOfDay })
export type QuietHours = z.infer<typeof QuietHours>

export const Settings = z.strictObject({
  ttlSeconds: TtlSeconds,
  fileTtlSeconds: TtlSeconds,
  proofThreads: z.int().min(1).max(64),
  proofAlgorithm: z.enum(['sha512d', 'argon2id']),
  /** Proofs wait while the computer runs on its battery. */
  proofOnlyOnMains: z.boolean(),
  readReceipts: z.boolean(),
  typingNotices: z.boolean(),
  lanDiscovery: z.boolean(),
  /** Off means not connected at all: everything of Ampoule goes over UDP. */
  udpEnabled: z.boolean(),
  /** 0 picks a free one. */
  udpPort: z.int().min(0).max(65_535),
  ipv6: z.boolean(),
  theme: z.enum(['system', 'light', 'dark']),
  /** Of the normal size of text. */
  textScale: z.number().min(0.8).max(2),
  language: z.enum(['system', 'en', 'de', 'pseudo-rtl']),
  reducedMotion: z.enum(['system', 'on']),
  notifyMessages: z.boolean(),
  notifyRequests: z.boolean(),
  notifyStored: z.boolean(),
  notifyCollected: z.boolean(),
  /** Whether notifications show what was written. */
  notifyText: z.boolean(),
  quietHours: QuietHours,
  closeToTray: z.boolean(),
  startAtLogin: z.boolean(),
  enterSends: z.boolean(),
})
export type Settings = z.infer<typeof Settings>

export const SettingsChange = Settings.partial()
export type SettingsChange = z.infer<typeof SettingsChange>

/** Of settings that were kept, each value that is still one: what another version wrote in another form is left out. */
export const KeptSettings = z.record(z.string(), z.unknown()).transform((kept): SettingsChange => {
  const shapes: Readonly<Record<string, z.ZodType>> = Settings.shape
  const valid = Object.entries(kept).filter(([name, value]) => shapes[name]?.safeParse(value).success)
  return Object.fromEntries(valid)
})
