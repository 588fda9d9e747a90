import { Address } from '../base/address.ts'
import { DecodeError } from '../base/byte-reader.ts'
import { concat, fromHex } from '../base/bytes.ts'
import { randomBelow, randomBytes, randomItem, SeededRandom } from '../base/random.ts'
import { DAY_MS, type Instant } from '../base/time.ts'
import type { Transmit } from '../base/transmit.ts'
import type { PublicKey } from '../crypto/keys.ts'
import { SigningKey } from '../crypto/sign.ts'
import { signMailboxRequest } from '../storage/mailbox-request.ts'
import { signHeader } from '../storage/record.ts'
import { TEST_NOW, TestDeposits } from '../storage/test-deposits.ts'
import type { NetCrypto } from '../tox/net-crypto/net-crypto.ts'
import type { ToxProfile } from '../tox/toxsave/tox-profile.ts'
import { decode, encode } from '../wire/codec.ts'
import { FRIEND_PACKET_BYTES_MAX, LOSSLESS_ID_FIRST, LOSSLESS_ID_LAST } from '../wire/crypto-data.ts'
import { DhtEnvelopes } from '../wire/dht-envelope.ts'
import { EXTENSION_PACKET_ID } from '../wire/extension-packet.ts'
import { mailboxRequest, STORAGE_KIND } from '../wire/storage-packets.ts'
import { PROOF_ALGORITHM } from '../wire/storage-proof.ts'
import { signedHeader } from '../wire/storage-record.ts'
import { hostileBytes } from '../wire/test-hostile-bytes.ts'
import { vectorsOf } from '../wire/test-vectors.ts'
import type { Engine } from './engine.ts'
import { anyAddress, anyWait, bringToRest, createEngine, createPerson } from './test-hostile-world.ts'

const SEALED_IDS = [0x00, 0x01, 0x02, 0x04, 0x18, EXTENSION_PACKET_ID]
const KIND_AND_ID_BYTES = 9
const FIRST_STORAGE_KIND = 0x40
const MAILBOX_KINDS = [STORAGE_KIND.fetch, STORAGE_KIND.get, STORAGE_KIND.delete]
const MAILBOX_COMMAND_BYTES = 1_000
const DATAGRAMS_PER_ROUND_MAX = 2_000
const PEACE_STEP_MS = 30
const PEACE_ROUNDS_MAX = 20_000
const MAILBOXES = 3
const BODY_BYTES = [256, 956, 4_096]

interface Player {
  readonly engine: Engine
  readonly envelopes: DhtEnvelopes
  readonly address: Address
  readonly profile: ToxProfile | undefined
}

interface Flight extends Transmit {
  readonly sender: Player
}

/**
 * Real engines, three of them with persons who are friends, on a network that reads, changes, doubles, drops and
 * reorders what they say, well sealed: each meets hostile words in the middle of true conversations.
 */
export class HostileNetwork {
  readonly random: SeededRandom
  readonly players: readonly Player[]
  /** Packets changed on their way. */
  changedCount = 0
  /** Hostile packets that friends sent over their connections. */
  spokenCount = 0
  now: Instant = TEST_NOW
  #isPeace = true
  #lastId: string | undefined
  readonly #deposits: readonly TestDeposits[]
  readonly #friendPackets = ['tox-friend', 'offline']
    .flatMap((family) => vectorsOf(family).map(({ hex }) => fromHex(hex)))
    .filter(isLossless)

  constructor(seed: number) {
    this.random = new SeededRandom(seed)
    const blank = Array.from({ length: 3 }, () => createPerson(this.random, []))
    const keys = blank.map((profile) => profile.keys.publicKey)
    const persons = blank.map((profile) => ({ ...createPerson(this.random, keys), keys: profile.keys }))
    this.players = [...persons, undefined, undefined, undefined].map((profile, index) => this.#player(index, profile))
    this.#deposits = Array.from({ length: MAILBOXES }, (_, index) => new TestDeposits(index))
  }

  /** Honest play until friends are connected and a record is stored: only then there is something to disturb. */
  meetInPeace(): void {
    for (const { engine } of this.players.slice(1)) this.#introduce(engine, this.players[0])
    for (let round = 0; !this.#isMet(); round += 1) {
      if (round === PEACE_ROUNDS_MAX) throw new Error('friends do not find each other in peace')
      this.now += PEACE_STEP_MS
      if (this.players.some(({ engine }) => engine.extension.rings.isStorage))
        this.#store(randomItem(this.random, this.players))
      for (const { engine } of this.players) bringToRest(engine, this.now)
      for (const flight of this.#collect()) this.#receive(this.#receiverOf(flight), flight.bytes, flight.sender.address)
    }
    this.#isPeace = false
  }

  /** Some time passes, everybody does what is due, somebody does something, and what was sent arrives, more or less. */
  round(): void {
    this.now += anyWait(this.random)
    this.#act()
    for (const { engine } of this.players) bringToRest(engine, this.now)
    for (const flight of this.#collect()) this.#deliver(flight)
  }

  /** Records that lie in the vaults now. */
  get recordCount(): number {
    return this.players.reduce((sum, { engine }) => sum + engine.extension.storageNode.vault.usage().records, 0)
  }

  #player(index: number, profile: ToxProfile | undefined): Player {
    const nodeKey = SigningKey.create(this.random)
    const engine = createEngine(new SeededRandom(index), this.now, { nodeKey, ...(profile ? { profile } : {}) })
    if (engine.tox.user) this.#distort(engine.tox.user.netCrypto)
    const address = new Address(Uint8Array.of(5, 5, index, 1), 33_445)
    return { engine, envelopes: new DhtEnvelopes(nodeKey.toKeyPair(), this.random), address, profile }
  }

  /** What a friend says is changed at times before its connection seals it. */
  #distort(netCrypto: NetCrypto): void {
    const honest = netCrypto.send.bind(netCrypto)
    netCrypto.send = (friend, data, now) => {
      const isChanged = !this.#isPeace && randomBelow(this.random, 5) === 0
      const number = honest(friend, isChanged ? this.#misspoken(data) : data, now)
      if (isChanged && number !== undefined) this.spokenCount += 1
      return number
    }
  }

  /** Another friend packet: lossless ids and lengths are what a connection takes at all. */
  #misspoken(data: Uint8Array): Uint8Array {
    const changed = hostileBytes(this.random, [data]).subarray(0, FRIEND_PACKET_BYTES_MAX)
    return isLossless(changed) ? changed : data
  }

  #collect(): readonly Flight[] {
    const flights: Flight[] = []
    for (const sender of this.players) {
      for (let next = sender.engine.pollTransmit(); next; next = sender.engine.pollTransmit()) {
        flights.push({ ...next, sender })
      }
    }
    if (flights.length > DATAGRAMS_PER_ROUND_MAX) throw new Error(`${flights.length} datagrams in one round`)
    return randomBelow(this.random, 4) === 0 ? flights.toReversed() : flights
  }

  #deliver(flight: Flight): void {
    const receiver = this.#receiverOf(flight)
    if (!receiver || randomBelow(this.random, 50) === 0) return
    const { random } = this
    const isChanged = randomBelow(random, isAboutStorage(flight, receiver) ? 3 : 8) === 0
    if (isChanged) this.changedCount += 1
    const bytes = isChanged ? this.#changed(flight, receiver) : flight.bytes
    const from = isChanged && randomBelow(random, 20) === 0 ? anyAddress(random) : flight.sender.address
    const copies = randomBelow(random, 20) === 0 ? 2 : 1
    for (let copy = 0; copy < copies; copy += 1) this.#receive(receiver, bytes, from)
  }

  #receiverOf({ to }: Flight): Player | undefined {
    return this.players.find(({ address }) => address.equals(to))
  }

  #receive(receiver: Player | undefined, bytes: Uint8Array, from: Address): void {
    receiver?.engine.handlePacket(bytes.slice(), from, this.now)
    if (receiver) bringToRest(receiver.engine, this.now)
  }

  #isMet(): boolean {
    const profiles = this.players.flatMap(({ profile }) => (profile ? [profile] : []))
    return (
      this.recordCount > 0 &&
      this.players.some(({ engine }) =>
        profiles.some(({ keys }) => engine.tox.user?.netCrypto.isEstablished(keys.publicKey)),
      )
    )
  }

  /** The same packet with other contents: sealed anew where the network knows the key, broken where not. */
  #changed({ bytes, sender }: Flight, receiver: Player): Uint8Array {
    const id = bytes[0] ?? 0
    const plain = SEALED_IDS.includes(id) ? plainOf(receiver.envelopes, bytes) : undefined
    if (!plain) return hostileBytes(this.random, [bytes])
    const kept = id === EXTENSION_PACKET_ID && randomBelow(this.random, 4) > 0 ? KIND_AND_ID_BYTES : 0
    const rest = plain.subarray(kept)
    const body = (kept > 0 ? this.#askedByOwner(plain, receiver) : undefined) ?? hostileBytes(this.random, [rest])
    const changed = concat(plain.subarray(0, kept), body)
    return sender.envelopes.seal(id, receiver.envelopes.publicKey, changed.subarray(0, 1_327)) ?? bytes
  }

  /** A request to a mailbox whose owner himself asks for nonsense, rightly signed; undefined: no such request. */
  #askedByOwner(plain: Uint8Array, receiver: Player): Uint8Array | undefined {
    const kind = MAILBOX_KINDS.find((one) => one === plain[0])
    if (kind === undefined) return undefined
    const { mailbox, token, command } = decode(mailboxRequest, plain.subarray(KIND_AND_ID_BYTES))
    const owner = this.#deposits.find((deposits) => deposits.mailbox.verifyKey.equals(mailbox))?.mailbox
    const changed = hostileBytes(this.random, [command]).subarray(0, MAILBOX_COMMAND_BYTES)
    if (!owner || changed.length === 0) return undefined
    return encode(mailboxRequest, signMailboxRequest(owner, kind, receiver.envelopes.publicKey, token, changed))
  }

  #act(): void {
    const player = randomItem(this.random, this.players)
    const way = randomBelow(this.random, 40)
    if (way < 4) this.#meet(player)
    else if (way < 12) this.#speak(player)
    else if (way < 16) this.#write(player)
    else if (way < 24) this.#store(player)
    else if (way === 24) player.engine.handleClockStep(randomBelow(this.random, DAY_MS) - DAY_MS / 2, this.now)
    else if (way === 25) player.engine.extension.rings.setMember(randomBelow(this.random, 4) > 0, this.now)
  }

  #meet({ engine }: Player): void {
    this.#introduce(engine, randomItem(this.random, this.players))
  }

  #introduce(engine: Engine, other: Player | undefined): void {
    if (!other || other.engine === engine) return
    engine.bootstrap({ publicKey: other.envelopes.publicKey, address: other.address }, this.now)
  }

  /** A friend says anything, over a true connection. */
  #speak({ engine, profile }: Player): void {
    const user = engine.tox.user
    const friend = this.#realKeyOtherThan(profile)
    if (!user || !friend) return
    const data = this.#misspoken(randomItem(this.random, this.#friendPackets))
    if (engine.command(() => user.netCrypto.send(friend, data, this.now), this.now) !== undefined) this.spokenCount += 1
  }

  /** A person does what an application may do. */
  #write({ engine, profile }: Player): void {
    const friend = this.#realKeyOtherThan(profile)
    if (!profile || !friend) return
    const user = engine.asUser()
    const text = randomBytes(this.random, 1 + randomBelow(this.random, 1_372))
    const outgoing = { content: { kind: 'text', text }, sentAtMs: this.now, ttlSeconds: 3_600 } as const
    engine.command(() => {
      const way = randomBelow(this.random, 20)
      if (way === 0) user.removeFriend(friend, this.now)
      else if (way < 3) user.acceptFriend(friend, this.now)
      else if (way < 5 && this.#lastId) user.offline.cancel(this.#lastId, this.now)
      else if (way < 7 && this.#lastId) user.markRead(friend, [this.#lastId], this.now)
      else {
        const outcome = user.offline.send(friend, outgoing, this.now)
        if (outcome.kind === 'accepted') this.#lastId = outcome.messageId
      }
    }, this.now)
  }

  #realKeyOtherThan(profile: ToxProfile | undefined): PublicKey | undefined {
    const others = this.players.flatMap((player) => (player.profile ? [player.profile] : []))
    return others.find((other) => other !== profile && randomBelow(this.random, 2) === 0)?.keys.publicKey
  }

  #store({ engine }: Player): void {
    const { storageClient } = engine.extension
    const deposits = randomItem(this.random, this.#deposits)
    const slot = randomBelow(this.random, 4)
    const body = deposits.body(randomItem(this.random, BODY_BYTES))
    const header = deposits.header({ slot, revision: randomBelow(this.random, 3), body }, this.now)
    const signed = signHeader(deposits.mailbox, header)
    const options = { algorithm: PROOF_ALGORITHM.sha512d }
    engine.command(() => {
      switch (randomBelow(this.random, 4)) {
        case 0:
          return storageClient.insert(concat(encode(signedHeader, signed), body), options, this.now)
        case 1:
          return storageClient.fetch(deposits.mailbox, {}, this.now)
        case 2:
          return storageClient.status(deposits.mailbox, [header], {}, this.now)
        default:
          return storageClient.remove(
            deposits.mailbox,
            [{ kind: 'collected', slot, bodyHash: header.bodyHash, collectSecret: new Uint8Array(32) }],
            this.now,
          )
      }
    }, this.now)
  }
}

/** There is far more talk about nodes and neighbours than about records. */
function isAboutStorage({ bytes }: Flight, { envelopes }: Player): boolean {
  const plain = bytes[0] === EXTENSION_PACKET_ID ? plainOf(envelopes, bytes) : undefined
  return (plain?.[0] ?? 0) >= FIRST_STORAGE_KIND
}

function isLossless([id = 0]: Uint8Array): boolean {
  return id >= LOSSLESS_ID_FIRST && id <= LOSSLESS_ID_LAST
}

/** Undefined if it was sealed for somebody else: lies about keys and addresses are among the changes. */
function plainOf(envelopes: DhtEnvelopes, bytes: Uint8Array): Uint8Array | undefined {
  try {
    return envelopes.open(bytes).plain
  } catch (error) {
    if (error instanceof DecodeError) return undefined
    throw error
  }
}
