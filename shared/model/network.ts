import { z } from 'zod'
import { PublicKeyHex } from './hex-keys.ts'

export const Network = z.strictObject({
  udpPort: z.int().min(0).max(65_535),
  dhtKey: PublicKeyHex,
  connected: z.boolean(),
  /** Tox DHT nodes that answered lately. */
  dhtNodes: z.int().min(0),
  /** Storage nodes that this node knows in its rings. */
  storageNodes: z.int().min(0),
  /** Whether this node stores for others, and if not, why. */
  role: z.enum(['storage', 'client']),
  roleReason: z.string().optional(),
  scope: z.enum(['internet', 'private', 'loopback']),
})
export type Network = z.infer<typeof Network>

const RingContact = z.strictObject({ key: PublicKeyHex, place: z.int().min(0), rttMs: z.number().optional() })

/** One Chord ring as this node sees it. Places are whole numbers below 2^48. */
export const RingView = z.strictObject({
  ring: z.int().min(0),
  place: z.int().min(0),
  ownRange: z.strictObject({ from: z.int().min(0), to: z.int().min(0) }).optional(),
  successors: z.array(RingContact),
  predecessors: z.array(RingContact),
  fingers: z.array(RingContact),
})
export type RingView = z.infer<typeof RingView>
