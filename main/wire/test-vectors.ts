import { Address } from '../base/address.ts'
import { fromHex, toHex } from '../base/bytes.ts'
import { PublicKey } from '../crypto/keys.ts'
import { VerifyKey } from '../crypto/sign.ts'
import offline from './vectors/offline.json' with { type: 'json' }
import ring from './vectors/ring.json' with { type: 'json' }
import storageRecord from './vectors/storage-record.json' with { type: 'json' }
import storage from './vectors/storage.json' with { type: 'json' }
import toxAnnounce from './vectors/tox-announce.json' with { type: 'json' }
import toxDht from './vectors/tox-dht.json' with { type: 'json' }
import toxFriend from './vectors/tox-friend.json' with { type: 'json' }
import toxNetCrypto from './vectors/tox-net-crypto.json' with { type: 'json' }
import toxOnion from './vectors/tox-onion.json' with { type: 'json' }
import upkeep from './vectors/upkeep.json' with { type: 'json' }

/** One packet, body or part of one: its bytes, and its value in JSON as `toReadable` writes it. */
export interface TestVector {
  readonly codec: string
  readonly hex: string
  readonly value: unknown
  /** Where the bytes come from, if not from this implementation. */
  readonly source?: string
}

interface VectorFile {
  readonly vectors: readonly TestVector[]
}

const FILES: Readonly<Record<string, VectorFile>> = {
  'tox-dht': toxDht,
  'tox-onion': toxOnion,
  'tox-announce': toxAnnounce,
  'tox-net-crypto': toxNetCrypto,
  'tox-friend': toxFriend,
  ring,
  'storage-record': storageRecord,
  storage,
  upkeep,
  offline,
}

/** All vectors of a family of the registry. */
export function vectorsOf(family: string): readonly TestVector[] {
  return FILES[family]?.vectors ?? []
}

/**
 * A decoded value as JSON: numbers, flags and names as they are; all else as text that begins with its type,
 * `bytes 01FF`, `publicKey …`, `verifyKey …`, `address 192.0.2.7:33445`, `u64 5`. What is absent is left out.
 */
export function toReadable(value: unknown): unknown {
  if (typeof value === 'bigint') return `u64 ${value}`
  if (value instanceof Uint8Array) return `bytes ${toHex(value)}`
  if (value instanceof PublicKey) return `publicKey ${value.hex}`
  if (value instanceof VerifyKey) return `verifyKey ${value.hex}`
  if (value instanceof Address) return `address ${value.text}`
  if (Array.isArray(value)) return value.map((item: unknown) => toReadable(item))
  if (typeof value !== 'object' || value === null) return value
  const present = Object.entries(value).filter(([, member]) => member !== undefined)
  return Object.fromEntries(present.map(([name, member]) => [name, toReadable(member)]))
}

/** The value that `toReadable` wrote. Throws Error if a text cannot be read. */
export function fromReadable(value: unknown): unknown {
  if (typeof value === 'string') return fromText(value)
  if (Array.isArray(value)) return value.map((item: unknown) => fromReadable(item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, fromReadable(member)]))
}

const READERS: Readonly<Record<string, (rest: string) => unknown>> = {
  u64: BigInt,
  bytes: fromHex,
  publicKey: (hex) => new PublicKey(fromHex(hex)),
  verifyKey: (hex) => new VerifyKey(fromHex(hex)),
  address: addressOf,
}

function fromText(text: string): unknown {
  const [type, rest] = text.split(' ')
  if (type === undefined || rest === undefined) return text
  const read = READERS[type]
  if (!read) throw new Error(`a vector has a value of unknown type: ${text}`)
  return read(rest)
}

function addressOf(text: string): Address {
  const at = text.lastIndexOf(':')
  const address = Address.parse(text.slice(0, at).replace(/^\[|\]$/g, ''), Number(text.slice(at + 1)))
  if (!address) throw new Error(`a vector has no address: ${text}`)
  return address
}
