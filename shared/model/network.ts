import { z } from 'zod'
import { PublicKeyHex, Timestamp } from './hex-keys.ts'

export const Network = z.strictObject({
  udpPort: z.int().min(0).max(65_535),
  dhtKey: PublicKeyHex,
  connected: z.boolean(),
  /** Why there is no network though it is wanted: the disk is full or fails, and it is tried again until there is room. */
  trouble: z.enum(['disk-full']).optional(),
  /** Tox DHT nodes that answered lately. */
  dhtNodes: z.int().min(0),
  /** Storage nodes that this node knows in its rings. */
  storageNodes: z.int().min(0),
  /** Whether this node stores for others, and if not, why. */
  role: z.enum(['storage', 'client']),
  roleReason: z.string().optional(),
  scope: z.enum(['internet', 'private', 'loopback']),
  /** Switched off, there is no network at all. */
  isUdpOn: z.boolean(),
  /** Since the start. */
  sentBytes: z.int().min(0),
  receivedBytes: z.int().min(0),
  sentBytesPerSecond: z.number().min(0),
  receivedBytesPerSecond: z.number().min(0),
  /** The median of measured round trips to ring contacts. */
  rttMs: z.number().min(0).optional(),
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

/** A node that one joins the network through. */
export const BootstrapNodeView = z.strictObject({
  host: z.string(),
  port: z.int().min(1).max(65_535),
  dhtKey: PublicKeyHex,
  /** From the list that comes with the app, given when it was started (`--bootstrap`), or added by the person. */
  source: z.enum(['shipped', 'given', 'own']),
  /** `unresolved`: its name has no address, or one outside the network scope. */
  state: z.enum(['answered', 'asked', 'silent', 'unresolved']),
  answeredAt: Timestamp.optional(),
})
export type BootstrapNodeView = z.infer<typeof BootstrapNodeView>

/** Adds to `BootstrapNodeView` what a person types: host, port and key. */
export const BootstrapNodeEntry = z.strictObject({
  host: z.string().min(1).max(253),
  port: z.int().min(1).max(65_535),
  dhtKey: PublicKeyHex,
})

export type BootstrapNodeEntry = z.infer<typeof BootstrapNodeEntry>

/** A person's own nodes as the profile keeps them. */
export const BootstrapNodeEntries = z.array(BootstrapNodeEntry)

/** One of the last lookups of this node, hop by hop. */
export const LookupView = z.strictObject({
  ring: z.int().min(0),
  place: z.int().min(0),
  startedAt: Timestamp,
  durationMs: z.number().min(0),
  hops: z.array(z.strictObject({ key: PublicKeyHex, place: z.int().min(0), outcome: z.enum(['answered', 'silent']) })),
  /** Where it ended; absent if nobody was found. */
  ownerKey: PublicKeyHex.optional(),
})
export type LookupView = z.infer<typeof LookupView>
