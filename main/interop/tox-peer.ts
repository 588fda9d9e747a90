import { writeFile } from 'node:fs/promises'
import type { BootstrapPoint } from './bootstrapd.ts'
import { EventLog } from './event-log.ts'
import { freeUdpPort } from './free-udp-port.ts'
import { buildPeer } from './native-build.ts'
import { OwnedProcess } from './owned-process.ts'
import {
  type Connection,
  type FileKind,
  type MessageKind,
  type PeerEvent,
  type PeerEventName,
  type PeerEventOf,
  type PeerReply,
  parsePeerLine,
  type UserStatus,
} from './peer-events.ts'
import { nodesOfSavedata, type SavedNode } from './saved-nodes.ts'

const REPLY_MS = 120_000
/** How far it may look for a free port when the one it was given is taken. */
const PORT_RANGE = 50

export interface ToxPeerOptions {
  /** A savefile to start from. */
  readonly load?: string
  readonly passphrase?: string
  /** The ports to try; by default one that is free and the 50 after it. LAN discovery reaches 33445 to 33545 only. */
  readonly ports?: readonly [from: number, to: number]
  /** Its broadcasts go to 127.0.0.1: every peer on this machine hears them. */
  readonly localDiscovery?: boolean
  /** libtoxcore's own log, on `stderr`. */
  readonly log?: boolean
}

export interface ToxPeerFriend {
  readonly friend: number
  readonly publicKey: string
  readonly name: string
  readonly statusMessage: string
  readonly status: UserStatus
  readonly connection: Connection
  readonly typing: boolean
}

export interface ToxPeerIdentity {
  readonly toxId: string
  readonly publicKey: string
  readonly dhtKey: string
  readonly udpPort: number
  readonly connection: Connection
}

/** A text, or the bytes to send in its place. */
type TextOrBytes = string | Uint8Array

/** A process with a real libtoxcore in it, UDP over IPv4 on 127.0.0.1 only. Keys and Tox IDs are upper-case hex. */
export class ToxPeer implements BootstrapPoint {
  readonly host = '127.0.0.1'
  readonly #process: OwnedProcess
  readonly #events = new EventLog<PeerEvent>()
  readonly #replies = new EventLog<PeerReply>()
  #identity: ToxPeerIdentity | undefined
  #sequence = 0

  private constructor(args: readonly string[]) {
    this.#process = new OwnedProcess({
      command: buildPeer(),
      args,
      onLine: (line) => this.#handleLine(line),
      onExit: (reason) => {
        this.#events.close(reason)
        this.#replies.close(reason)
      },
    })
  }

  /** Throws with the peer's reason when it cannot start: a savefile that does not open, a wrong passphrase. */
  static async start(options: ToxPeerOptions = {}): Promise<ToxPeer> {
    const peer = new ToxPeer(await commandLine(options))
    const isFirst = ({ event }: PeerEvent): boolean => event === 'ready' || event === 'failed'
    const first = await peer.#events.take('the first line of the peer', isFirst, REPLY_MS)
    if (first.event !== 'ready') {
      await peer.#process.ended()
      throw new Error(first.event === 'failed' ? first.reason : 'the peer did not start')
    }
    // No peer goes on without the guard in its place.
    await peer.#process.stderrLine((line) => line === `loopback-guard: bound ${first.udpPort}`, REPLY_MS)
    peer.#identity = await peer.identity()
    return peer
  }

  get toxId(): string {
    return this.#known.toxId
  }

  get publicKey(): string {
    return this.#known.publicKey
  }

  get dhtKey(): string {
    return this.#known.dhtKey
  }

  get udpPort(): number {
    return this.#known.udpPort
  }

  get #known(): ToxPeerIdentity {
    if (!this.#identity) throw new Error('the peer has not started')
    return this.#identity
  }

  /** Datagrams that it wanted to send beyond this machine. */
  get refusalCount(): number {
    return this.#process.refusalCount
  }

  get stderr(): readonly string[] {
    return this.#process.stderr
  }

  /** Events that no `waitFor` has taken. */
  get untakenEvents(): readonly PeerEvent[] {
    return this.#events.untaken
  }

  /** Takes the first event of that name that matches, past or to come; each event is taken once. */
  async waitFor<Name extends PeerEventName>(
    name: Name,
    matches: (event: PeerEventOf<Name>) => boolean = () => true,
    timeoutMs?: number,
  ): Promise<PeerEventOf<Name>> {
    const isNamed = (event: PeerEvent): event is PeerEventOf<Name> => event.event === name
    const event = await this.#events.take(name, (any) => isNamed(any) && matches(any), timeoutMs)
    // `take` gives what it was asked for.
    return event as PeerEventOf<Name>
  }

  /** Its DHT and onion are up: the announcement of its key is stored. */
  async waitUntilConnected(timeoutMs?: number): Promise<void> {
    await this.waitFor('selfConnection', ({ connection }) => connection !== 'none', timeoutMs)
  }

  async waitUntilOnline(friend: number, timeoutMs?: number): Promise<void> {
    await this.waitFor('friendConnection', (event) => event.friend === friend && event.connection !== 'none', timeoutMs)
  }

  async waitUntilOffline(friend: number, timeoutMs?: number): Promise<void> {
    await this.waitFor('friendConnection', (event) => event.friend === friend && event.connection === 'none', timeoutMs)
  }

  async identity(): Promise<ToxPeerIdentity> {
    return this.#ask<ToxPeerIdentity>('id')
  }

  async profile(): Promise<Pick<ToxPeerFriend, 'name' | 'statusMessage' | 'status'>> {
    return this.#ask('profile')
  }

  async bootstrap({ host, udpPort, dhtKey }: BootstrapPoint): Promise<void> {
    await this.#ask('bootstrap', host, udpPort, dhtKey)
  }

  /** Sends a friend request. Returns the number of the friend. */
  async add(toxId: string, text: TextOrBytes): Promise<number> {
    return (await this.#ask<FriendReply>('add', toxId, hexOf(text))).friend
  }

  /** Befriends without a request: accepts one, or knows that the other side does the same. */
  async accept(publicKey: string): Promise<number> {
    return (await this.#ask<FriendReply>('accept', publicKey)).friend
  }

  async delete(friend: number): Promise<void> {
    await this.#ask('delete', friend)
  }

  async friends(): Promise<readonly ToxPeerFriend[]> {
    return (await this.#ask<{ friends: readonly ToxPeerFriend[] }>('friends')).friends
  }

  async setName(name: TextOrBytes): Promise<void> {
    await this.#ask('name', hexOf(name))
  }

  async setStatusMessage(text: TextOrBytes): Promise<void> {
    await this.#ask('status-message', hexOf(text))
  }

  async setStatus(status: UserStatus): Promise<void> {
    await this.#ask('status', status)
  }

  async setTyping(friend: number, typing: boolean): Promise<void> {
    await this.#ask('typing', friend, typing ? 1 : 0)
  }

  /** Returns the number of the message, which its receipt will name. */
  async send(friend: number, text: TextOrBytes, kind: MessageKind = 'message'): Promise<number> {
    return (await this.#ask<MessageReply>('send', friend, kind, hexOf(text))).message
  }

  /** Sends `prefix0`, `prefix1`, … at one go. Returns the numbers of the messages. */
  async sendBurst(friend: number, prefix: string, count: number, kind: MessageKind = 'message'): Promise<number[]> {
    const { messages } = await this.#ask<{ messages: MessageReply[] }>('burst', friend, kind, count, hexOf(prefix))
    return messages.map(({ message }) => message)
  }

  /** `packet` begins with its id, 160 to 191. */
  async sendLossless(friend: number, packet: Uint8Array): Promise<void> {
    await this.#ask('lossless', friend, hexOf(packet))
  }

  /** `packet` begins with its id, 200 to 254. */
  async sendLossy(friend: number, packet: Uint8Array): Promise<void> {
    await this.#ask('lossy', friend, hexOf(packet))
  }

  /** Offers the file at `path`; a stream does not tell its size. Returns the number of the transfer. */
  async sendFile(friend: number, path: string, options: SendFileOptions = {}): Promise<number> {
    const { name = 'file', kind = 'data', stream = false, fileId = '-' } = options
    const size = stream ? 'stream' : 'known'
    return (await this.#ask<{ file: number }>('file-send', friend, hexOf(path), hexOf(name), kind, size, fileId)).file
  }

  /** Takes an offered file into `path`. From a position above 0 it continues what is there (seek). */
  async acceptFile(friend: number, file: number, path: string, position = 0): Promise<void> {
    await this.#ask('file-accept', friend, file, hexOf(path), position)
  }

  async pauseFile(friend: number, file: number): Promise<void> {
    await this.#ask('file-pause', friend, file)
  }

  async resumeFile(friend: number, file: number): Promise<void> {
    await this.#ask('file-resume', friend, file)
  }

  async cancelFile(friend: number, file: number): Promise<void> {
    await this.#ask('file-cancel', friend, file)
  }

  /** The savefile's bytes, encrypted if there is a passphrase. */
  async savedata(passphrase?: string): Promise<Uint8Array> {
    const { savedata } = await this.#ask<{ savedata: string }>('save', hexOf(passphrase ?? ''))
    return Buffer.from(savedata, 'hex')
  }

  async save(path: string, passphrase?: string): Promise<void> {
    await writeFile(path, await this.savedata(passphrase))
  }

  /** The DHT nodes that it has listed, as its savefile names them. */
  async listedNodes(): Promise<readonly SavedNode[]> {
    return nodesOfSavedata(await this.savedata())
  }

  /** Leaves as a client does that is closed: friends see it at once. */
  async close(): Promise<void> {
    this.#process.writeLine(`${this.#nextSequence()} close`)
    await this.#process.stop('SIGTERM')
  }

  /** Dies without a word to anybody. */
  async crash(): Promise<void> {
    await this.#process.stop('SIGKILL')
  }

  #handleLine(line: string): void {
    const value = parsePeerLine(line)
    if ('reply' in value) this.#replies.push(value)
    else this.#events.push(value)
  }

  #nextSequence(): number {
    this.#sequence += 1
    return this.#sequence
  }

  async #ask<T>(verb: string, ...args: readonly (string | number)[]): Promise<T> {
    const sequence = this.#nextSequence()
    this.#process.writeLine([sequence, verb, ...args].join(' '))
    const reply = await this.#replies.take(`the reply to ${verb}`, ({ reply: number }) => number === sequence, REPLY_MS)
    if (reply.error !== undefined) throw new Error(`${verb}: ${reply.error}`)
    // Both ends are ours and built together: the verb vouches for the members of its reply.
    return reply as T
  }
}

interface FriendReply {
  readonly friend: number
}

interface MessageReply {
  readonly message: number
}

export interface SendFileOptions {
  readonly name?: string
  readonly kind?: FileKind
  readonly stream?: boolean
  /** 64 hex digits; a random one by default. */
  readonly fileId?: string
}

async function commandLine({ load, passphrase, ports, localDiscovery, log }: ToxPeerOptions): Promise<string[]> {
  const from = ports?.[0] ?? (await freeUdpPort())
  const to = ports?.[1] ?? Math.min(from + PORT_RANGE, 65_535)
  const args = ['--port-from', String(from), '--port-to', String(to)]
  if (load !== undefined) args.push('--load', load)
  if (passphrase !== undefined) args.push('--passphrase', hexOf(passphrase))
  if (localDiscovery) args.push('--local-discovery')
  if (log) args.push('--log')
  return args
}

function hexOf(text: TextOrBytes): string {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'utf8') : Buffer.from(text)
  return bytes.toString('hex') || '-'
}
