import { Address } from '../base/address.ts'
import { fromHex, toHex, utf8Encode } from '../base/bytes.ts'
import { PublicKey } from '../crypto/keys.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { type LossOptions, LossySocket } from '../driver/lossy-socket.ts'
import { osRandom } from '../driver/os-random.ts'
import { RealClock } from '../driver/real-clock.ts'
import { UdpDriver } from '../driver/udp-driver.ts'
import { UdpSocket } from '../driver/udp-socket.ts'
import { Engine } from '../engine/engine.ts'
import type { EngineEvent } from '../engine/events.ts'
import { createProfile, type SavedProfile, withMessengerProfile } from '../engine/profile-file.ts'
import type { UserEngine } from '../engine/user-engine.ts'
import { VAULT_LIMITS_DEFAULT } from '../storage/quota.ts'
import { createMemoryVault } from '../storage/vault-memory.ts'
import type { Messenger } from '../tox/messenger/messenger.ts'
import type { BootstrapPoint } from './bootstrapd.ts'
import { EventLog } from './event-log.ts'
import { type MailNews, OurDisk } from './our-disk.ts'
import { OurFiles } from './our-files.ts'
import type { MessageKind } from './peer-events.ts'

const TTL_SECONDS = 86_400

export interface OurPeerOptions {
  /** An identity to begin with; a new one by default. */
  readonly profile?: SavedProfile
  /** What it had on disk before; nothing by default. */
  readonly disk?: OurDisk
  /** The ports to try; by default one that is free. LAN discovery reaches 33445 to 33545 only. */
  readonly ports?: readonly [from: number, to: number]
  readonly loss?: LossOptions
  readonly lanDiscovery?: boolean
}

type EventOf<Kind extends EngineEvent['kind']> = Extract<EngineEvent, { readonly kind: Kind }>

/** A bootstrap node of ours on loopback: DHT, onion relay and announce store, nobody's client. */
export class OurNode implements BootstrapPoint {
  readonly host = '127.0.0.1'
  protected readonly engine: Engine
  protected readonly driver: UdpDriver
  readonly events = new EventLog<EngineEvent>()
  readonly files = new OurFiles()
  readonly disk: OurDisk
  readonly lossy: LossySocket | undefined
  #isClosed = false

  protected constructor(socket: UdpSocket, options: OurPeerOptions, profile: SavedProfile | undefined) {
    const clock = new RealClock()
    const { loss, lanDiscovery = false } = options
    this.disk = new OurDisk(options.disk)
    this.lossy = loss && new LossySocket(socket, loss)
    const dht = { lanDiscovery, bootstrapInfo: { version: 1, motd: utf8Encode('ampoule') } }
    const vault = createMemoryVault({ ringCount: 3, limits: VAULT_LIMITS_DEFAULT })
    const place = { scope: 'loopback', vault } as const
    const offline = { state: this.disk.rows, settings: { readReceipts: true, proofAlgorithm: 'argon2id' } } as const
    const person = profile ? { profile, offline } : {}
    this.engine = new Engine({ random: osRandom, dht, ...place, ...person }, clock.now())
    this.driver = new UdpDriver({
      engine: this.engine,
      socket: this.lossy ?? socket,
      clock,
      onTurn: (now) => this.#drain(now),
      onFailure: (error) => this.#endWaits(error instanceof Error ? error : new Error(String(error))),
    })
  }

  static async startNode(options: OurPeerOptions = {}): Promise<OurNode> {
    return new OurNode(await openSocket(options), options, undefined)
  }

  get udpPort(): number {
    return this.driver.udpPort
  }

  get dhtKey(): string {
    return this.engine.tox.dht.publicKey.hex
  }

  /** Onion packets passed on for others, in both directions. */
  get relayedCount(): number {
    return this.engine.counters.get('onion.relayed') + this.engine.counters.get('onion.returned')
  }

  bootstrap({ host, udpPort, dhtKey }: BootstrapPoint): void {
    const address = Address.parse(host, udpPort)
    if (!address) throw new Error(`not an address: ${host}`)
    const node = { publicKey: new PublicKey(fromHex(dhtKey)), address }
    this.driver.turn((now) => this.engine.bootstrap(node, now))
  }

  waitFor<Kind extends EngineEvent['kind']>(
    kind: Kind,
    matches: (event: EventOf<Kind>) => boolean = () => true,
    timeoutMs?: number,
  ): Promise<EventOf<Kind>> {
    const isWanted = (event: EngineEvent): event is EventOf<Kind> =>
      event.kind === kind && matches(event as EventOf<Kind>)
    return this.events.take(kind, isWanted, timeoutMs) as Promise<EventOf<Kind>>
  }

  /** Tells the engine that the computer slept, as the driver does by the clocks. */
  wakeAfter(sleptMs: number): void {
    this.driver.turn((now) => this.engine.handleClockStep(sleptMs, now))
  }

  /** Says goodbye and closes. */
  async close(): Promise<void> {
    if (!this.#isClosed) this.driver.turn((now) => this.engine.leave(0, now))
    await this.crash()
  }

  /** Goes without a word. */
  async crash(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#endWaits(new Error('it was closed'))
    await this.driver.close()
  }

  #endWaits(reason: Error): void {
    this.events.close(reason)
    this.files.news.close(reason)
    this.disk.news.close(reason)
  }

  #drain(now: number): void {
    for (let pending = this.engine.pollChange(); pending; pending = this.engine.pollChange()) {
      this.disk.write(pending.change)
      this.engine.persisted(pending.sequence, now)
    }
    for (let event = this.engine.pollEvent(); event; event = this.engine.pollEvent()) {
      if (!this.files.handle(event, (...chunk) => this.provide(...chunk, now))) this.events.push(event)
    }
  }

  protected provide(file: number, position: number, data: Uint8Array, now: number): void {
    const messenger = this.engine.tox.user?.messenger
    this.engine.command(() => messenger?.files.provideChunk(file, position, data, now), now)
  }
}

/** A person of ours on loopback, with the calls of ToxPeer. Friends are named by their keys in hex. */
export class OurPeer extends OurNode {
  readonly #saved: SavedProfile

  private constructor(socket: UdpSocket, options: OurPeerOptions, profile: SavedProfile) {
    super(socket, options, profile)
    this.#saved = profile
  }

  static async start(options: OurPeerOptions = {}): Promise<OurPeer> {
    const socket = await openSocket(options)
    return new OurPeer(socket, options, options.profile ?? createProfile(osRandom))
  }

  get messenger(): Messenger {
    const messenger = this.engine.tox.user?.messenger
    if (!messenger) throw new Error('a person without a messenger')
    return messenger
  }

  get toxId(): string {
    return toHex(this.messenger.toxId())
  }

  get publicKey(): string {
    return this.messenger.publicKey.hex
  }

  /** The savefile's content as it is now. */
  snapshot(): SavedProfile {
    return this.act((messenger, now) => withMessengerProfile(this.#saved, messenger.snapshot(now)))
  }

  act<T>(action: (messenger: Messenger, now: number) => T): T {
    return this.driver.turn((now) => this.engine.command(() => action(this.messenger, now), now))
  }

  add(toxId: string, text: string): void {
    const outcome = this.#do((user, now) => user.addFriend(fromHex(toxId), utf8Encode(text), now))
    if (outcome.kind !== 'added') throw new Error(`not added: ${outcome.kind}`)
  }

  accept(publicKey: string): void {
    this.#do((user, now) => user.acceptFriend(keyOf(publicKey), now))
  }

  /** Hands a message to the offline engine. Returns its number. */
  send(friend: string, text: string, kind: MessageKind = 'message'): number {
    const content = { kind: kind === 'action' ? 'action' : 'text', text: utf8Encode(text) } as const
    const outcome = this.#do(({ offline }, now) =>
      offline.send(keyOf(friend), { content, sentAtMs: now, ttlSeconds: TTL_SECONDS }, now),
    )
    if (outcome.kind !== 'accepted') throw new Error(`not sent: ${outcome.kind}`)
    return this.disk.numberOf(outcome.messageId)
  }

  /** Takes the next news of one friend's messages or of own ones to them. */
  mail<Kind extends MailNews['kind']>(kind: Kind, friend: string): Promise<Extract<MailNews, { readonly kind: Kind }>> {
    const isWanted = (news: MailNews): boolean => news.kind === kind && news.friend === friend
    // `take` gives what it was asked for.
    return this.disk.news.take(kind, isWanted) as Promise<Extract<MailNews, { readonly kind: Kind }>>
  }

  /** Returns the id of the transfer. Nothing past `stopAt` bytes leaves before `goOn`. */
  sendFile(friend: string, path: string, name: string, stopAt = Number.POSITIVE_INFINITY): Promise<number> {
    return this.files.send(path, name, stopAt, (file) => {
      const outcome = this.act((messenger, now) => messenger.files.offer(keyOf(friend), file, now))
      if (outcome.kind !== 'offered') throw new Error(`not offered: ${outcome.kind}`)
      return outcome.transferId
    })
  }

  goOn(file: number): void {
    this.driver.turn((now) => this.files.goOn(file, (...chunk) => this.provide(...chunk, now)))
  }

  async waitUntilOnline(friend: string): Promise<void> {
    await this.waitFor('friendOnline', (event) => event.friend.hex === friend)
  }

  #do<T>(action: (user: UserEngine, now: number) => T): T {
    return this.driver.turn((now) => this.engine.command(() => action(this.engine.asUser(), now), now))
  }
}

export function keyOf(hex: string): PublicKey {
  return new PublicKey(fromHex(hex))
}

async function openSocket({ ports: [from, to] = [0, 0] }: OurPeerOptions): Promise<UdpSocket> {
  await sodiumReady
  for (let port = from; port < to; port += 1) {
    const socket = await UdpSocket.open({ port, scope: 'loopback' }).catch(() => undefined)
    if (socket) return socket
  }
  return await UdpSocket.open({ port: to, scope: 'loopback' })
}
