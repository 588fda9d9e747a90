import { z } from 'zod'
import { Timestamp } from './hex-keys.ts'

/** What this computer keeps for others. */
export const Storage = z.strictObject({
  allocationBytes: z.int().min(0),
  usedBytes: z.int().min(0),
  records: z.int().min(0),
  recordBytesMax: z.int().min(0),
  ttlSecondsMax: z.int().min(0),
  trafficBytesPerDayMax: z.int().min(0),
  servedToday: z.int().min(0),
  refusedToday: z.record(z.string(), z.int().min(0)),
  diskFreeBytes: z.int().min(0).optional(),
  /** Today's traffic of storing for others. */
  sentBytesToday: z.int().min(0),
  receivedBytesToday: z.int().min(0),
})
export type Storage = z.infer<typeof Storage>

/** One point of the chart, every ten minutes: what was held then, and what happened since the point before. */
export const StorageSample = z.strictObject({
  at: Timestamp,
  usedBytes: z.int().min(0),
  records: z.int().min(0),
  served: z.int().min(0),
  refused: z.int().min(0),
  sentBytes: z.int().min(0),
  receivedBytes: z.int().min(0),
})
export type StorageSample = z.infer<typeof StorageSample>

/** A day of samples as the profile keeps it. */
export const StorageSamples = z.array(StorageSample)

/** What the person gives to others. */
export const StorageSettings = z.strictObject({
  allocationBytes: z.int().min(0),
  recordBytesMax: z.int().min(256).max(65_536),
  ttlSecondsMax: z.int().min(10),
  trafficBytesPerDayMax: z.int().min(0),
})
export type StorageSettings = z.infer<typeof StorageSettings>

export const StorageChange = StorageSettings.partial()
export type StorageChange = z.infer<typeof StorageChange>

/** The speed of this computer's proofs, and what a message costs at it. */
export const ProofMeasure = z.strictObject({
  threads: z.int().min(1),
  algorithms: z.array(
    z.strictObject({
      name: z.enum(['sha512d', 'argon2id']),
      /** Of one thread. */
      trialsPerSecond: z.number(),
      /** One text of class P for 14 days, over all rings, at load 1. */
      secondsPerMessage: z.number(),
    }),
  ),
})
export type ProofMeasure = z.infer<typeof ProofMeasure>

/** What one message costs before it is sent, at this computer's measured speed and the setting's threads. */
export const ProofPrice = z.strictObject({ seconds: z.number().min(0), effort: z.number().min(0) })
export type ProofPrice = z.infer<typeof ProofPrice>

/** Measured speeds as the profile keeps them: units of effort a second of one thread. */
export const ProofSpeeds = z.strictObject({
  sha512d: z.number().positive().optional(),
  argon2id: z.number().positive().optional(),
})
export type ProofSpeeds = z.infer<typeof ProofSpeeds>
