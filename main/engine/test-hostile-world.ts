import { Address } from '../base/address.ts'
import { equalBytes, fromHex } from '../base/bytes.ts'
import { randomBelow, randomBytes, randomItem, SeededRandom } from '../base/random.ts'
import { DAY_MS, HOUR_MS, type Instant } from '../base/time.ts'
import { createKeyPair, type PublicKey } from '../crypto/keys.ts'
import { VAULT_LIMITS_DEFAULT } from '../storage/quota.ts'
import { solve, TEST_FORMULA, TEST_NOW } from '../storage/test-deposits.ts'
import { createMemoryVault } from '../storage/vault-memory.ts'
import { createToxProfile, type SavedFriend, type ToxProfile } from '../tox/toxsave/tox-profile.ts'
import { decode, encode } from '../wire/codec.ts'
import { DhtEnvelopes } from '../wire/dht-envelope.ts'
import { sealDhtRequest } from '../wire/dht-request.ts'
import { EXTENSION_BODY_BYTES_MAX, EXTENSION_PACKET_ID, extensionPacket } from '../wire/extension-packet.ts'
import { bodyCodecs } from '../wire/registry.ts'
import { hostileBytes } from '../wire/test-hostile-bytes.ts'
import { vectorsOf } from '../wire/test-vectors.ts'
import { Engine, type EngineOptions } from './engine.ts'

/** Wakes at one moment: more means that something is always due. */
const WAKES_MAX = 50
const PEERS = 64
const VAULT_BYTES = 2 ** 20

/** Somebody with a DHT key and, each time, another address. */
export interface HostilePeer {
  readonly key: PublicKey
  readonly envelopes: DhtEnvelopes
}

/** One kind of packet to throw at an engine: what it is called, and a datagram of it. */
export interface Missile {
  readonly name: string
  make(world: HostileWorld): Uint8Array
}

/** All that an engine listens to, and two that it does not. */
const FIRST_BYTES = [
  0x00, 0x01, 0x02, 0x04, 0x18, 0x19, 0x1a, 0x1b, 0x20, 0x21, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x8c, 0x8d,
  0x8e, 0xc0, 0xf0, 0x03, 0xff,
]
const SEALED_BY_DHT = [0x00, 0x01, 0x02, 0x04, 0x18]
const INNER_IDS = [32, 156, 254, 7]
const UNKNOWN_KINDS = [0x00, 0x3f, 0x7f, 0xff]
const EXTENSION_FAMILIES = ['ring', 'storage-record', 'storage', 'upkeep']

/** An engine alone among strangers who send what they like, from where they like, when they like. */
export class HostileWorld {
  readonly random: SeededRandom
  readonly engine: Engine
  readonly peers: readonly HostilePeer[]
  now: Instant = TEST_NOW
  /** The last request of the extension, and who can open its answer. */
  asked: { readonly requestId: Uint8Array; readonly envelopes: DhtEnvelopes } | undefined

  constructor(seed: number, profile?: ToxProfile) {
    this.random = new SeededRandom(seed)
    this.engine = createEngine(new SeededRandom(seed + 1), this.now, profile ? { profile } : {})
    this.peers = Array.from({ length: PEERS }, () => createPeer(this.random))
  }

  peer(): HostilePeer {
    return randomBelow(this.random, 50) === 0 ? createPeer(this.random) : randomItem(this.random, this.peers)
  }

  /** A datagram arrives, time passes, and the engine is served until it is at rest. */
  strike(datagram: Uint8Array): void {
    const from = anyAddress(this.random)
    this.engine.handlePacket(datagram, from, this.now)
    for (let next = this.engine.pollTransmit(); next; next = this.engine.pollTransmit()) {
      if (next.to.equals(from) && next.bytes.length > datagram.length) this.#refuseLongAnswer(next.bytes)
    }
    this.now += anyWait(this.random)
    bringToRest(this.engine, this.now)
    while (this.engine.pollTransmit()) continue
  }

  /** Nobody has proved such an address: no answer of the extension may be longer than the request. */
  #refuseLongAnswer(bytes: Uint8Array): void {
    if (bytes[0] !== EXTENSION_PACKET_ID || !this.asked) return
    const { plain } = this.asked.envelopes.open(bytes)
    const { kind, requestId } = decode(extensionPacket, plain)
    if (equalBytes(requestId, this.asked.requestId)) throw new Error(`answer of kind ${kind}: ${bytes.length} bytes`)
  }
}

/** Every first byte, every inner id of a DHT request, and every kind of the extension. */
export function missiles(): readonly Missile[] {
  return [
    { name: 'noise', make: ({ random }) => randomBytes(random, randomBelow(random, 2_100)) },
    ...FIRST_BYTES.map((id) => plainMissile(id, samplesByFirstByte(id))),
    ...SEALED_BY_DHT.map(sealedMissile),
    ...INNER_IDS.map(requestMissile),
    ...[...bodyCodecs.keys(), ...UNKNOWN_KINDS].map(extensionMissile),
  ]
}

export function createEngine(
  random: SeededRandom,
  now: Instant,
  options: Partial<Pick<EngineOptions, 'profile' | 'nodeKey'>> = {},
): Engine {
  const vault = createMemoryVault({ ringCount: 3, limits: { ...VAULT_LIMITS_DEFAULT, allocationBytes: VAULT_BYTES } })
  const place = { dht: { lanDiscovery: true }, scope: 'internet', formula: TEST_FORMULA } as const
  return new Engine({ random, vault, ...place, ...options }, now)
}

/** A person with friends, some asked and some confirmed. */
export function createPerson(random: SeededRandom, friends: readonly PublicKey[]): ToxProfile {
  const nothing = new Uint8Array(0)
  const facts = { state: 'confirmed', name: nothing, statusMessage: nothing, status: 'none', lastSeenAt: 0 } as const
  const known = friends.map((publicKey): SavedFriend => ({ ...facts, publicKey }))
  const publicKey = createKeyPair(random).publicKey
  const asked: SavedFriend = { state: 'requested', publicKey, nospam: new Uint8Array(4), message: Uint8Array.of(65) }
  return { ...createToxProfile(random), friends: [...known, asked] }
}

/** Serves an engine until nothing is due. Throws if that does not happen, or if it forgets its own wake. */
export function bringToRest(engine: Engine, now: Instant): void {
  for (let round = 0; ; round += 1) {
    while (engine.pollEvent()) continue
    for (let change = engine.pollChange(); change; change = engine.pollChange()) engine.persisted(change.sequence, now)
    for (let order = engine.pollProofOrder(); order; order = engine.pollProofOrder()) {
      if (order.kind === 'solve') engine.handleProof(order.jobId, solve(order.task), now)
    }
    const wake = engine.nextTimeout()
    if (!wake || wake.at > now) return
    if (round === WAKES_MAX) throw new Error(`always due: ${wake.why}`)
    engine.handleTimeout(now)
  }
}

/** Mostly a moment; at times hours, or longer than a record lives. */
export function anyWait(random: SeededRandom): number {
  const way = randomBelow(random, 4_000)
  if (way === 0) return randomBelow(random, 40 * DAY_MS)
  if (way < 4) return randomBelow(random, 2 * HOUR_MS)
  if (way < 200) return randomBelow(random, 30_000)
  return randomBelow(random, 40)
}

export function anyAddress(random: SeededRandom): Address {
  const isIpv6 = randomBelow(random, 4) === 0
  const ip = randomBytes(random, isIpv6 ? 16 : 4)
  if (!isIpv6) ip[0] = randomItem(random, [5, 6, 7, 10, 127, 192])
  return new Address(ip, randomBelow(random, 65_536))
}

function plainMissile(id: number, samples: readonly Uint8Array[]): Missile {
  return {
    name: `first byte ${id}`,
    make: ({ random }) => {
      const datagram = hostileBytes(random, samples)
      if (datagram.length === 0) return Uint8Array.of(id)
      datagram[0] = id
      return datagram
    },
  }
}

function sealedMissile(id: number): Missile {
  const samples = samplesOf('tox-dht', 'tox-net-crypto')
  return {
    name: `sealed ${id}`,
    make: (world) => seal(world.peer().envelopes, world, id, hostileBytes(world.random, samples, 300)),
  }
}

function requestMissile(requestId: number): Missile {
  const samples = samplesOf('tox-dht', 'tox-announce')
  return {
    name: `DHT request ${requestId}`,
    make: (world) => {
      const data = hostileBytes(world.random, samples, 900).subarray(0, 900)
      const receiver = world.engine.tox.dht.publicKey
      return sealDhtRequest(world.peer().envelopes, world.random, receiver, { requestId, data }) ?? Uint8Array.of(0x20)
    },
  }
}

function extensionMissile(kind: number): Missile {
  const name = bodyCodecs.get(kind)
  const all = EXTENSION_FAMILIES.flatMap(vectorsOf)
  const own = all.filter(({ codec }) => codec === name)
  const fitting = (own.length > 0 ? own : all).map(({ hex }) => fromHex(hex))
  return {
    name: `extension kind ${kind}`,
    make: (world) => {
      const body = hostileBytes(world.random, fitting).subarray(0, EXTENSION_BODY_BYTES_MAX)
      const requestId = randomBytes(world.random, 8)
      const { envelopes } = world.peer()
      world.asked = { requestId, envelopes }
      return seal(envelopes, world, EXTENSION_PACKET_ID, encode(extensionPacket, { kind, requestId, body }))
    },
  }
}

function seal(envelopes: DhtEnvelopes, world: HostileWorld, id: number, plain: Uint8Array): Uint8Array {
  return envelopes.seal(id, world.engine.tox.dht.publicKey, plain) ?? Uint8Array.of(id)
}

function samplesOf(...families: readonly string[]): readonly Uint8Array[] {
  return families.flatMap((family) => vectorsOf(family).map(({ hex }) => fromHex(hex)))
}

/** Vectors of whole packets of Tox, by their first byte. */
function samplesByFirstByte(id: number): readonly Uint8Array[] {
  return samplesOf('tox-dht', 'tox-onion', 'tox-announce', 'tox-net-crypto').filter((bytes) => bytes[0] === id)
}

function createPeer(random: SeededRandom): HostilePeer {
  const keys = createKeyPair(random)
  return { key: keys.publicKey, envelopes: new DhtEnvelopes(keys, random) }
}
