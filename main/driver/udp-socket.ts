import { createSocket, type Socket } from 'node:dgram'
import type { NetworkInterfaceInfo } from 'node:os'
import type { Address, NetworkScope } from '../base/address.ts'
import { KnownAddresses } from './known-addresses.ts'
import { effectiveScope, isWithin } from './network-scope.ts'
import { type Interfaces, ownInterfaces } from './own-interfaces.ts'

/** Asked of the system, which may grant less: 212,992 bytes by default hold under 300 small datagrams. */
const RECEIVE_BUFFER_BYTES = 2 * 1_024 * 1_024
/** What waits in the process while the system takes no more; beyond it datagrams are lost, as UDP may lose them. */
const SEND_QUEUE_BYTES_MAX = 4 * 1_024 * 1_024
const PORT_PAIR_TRIES = 10

/** The one packet that is broadcast: nobody's address list can make us broadcast anything else (tox-wire §2.6). */
const LAN_DISCOVERY_ID = 0x21
const LIMITED_BROADCAST = '255.255.255.255'

/** What a driver needs of a socket; decorators stand between the two. */
export interface DatagramSocket {
  readonly udpPort: number
  send(bytes: Uint8Array, to: Address): void
  /** There is one listener; a second call replaces the first. */
  listen(onDatagram: (bytes: Uint8Array, from: Address) => void): void
  /** Resolves when what was sent has left and the port is free. */
  close(): Promise<void>
}

/** Datagrams since the socket opened. */
export interface UdpCounts {
  readonly sent: number
  readonly sentBytes: number
  readonly received: number
  readonly receivedBytes: number
  /** Not sent: the address lies outside the scope, or is no host. */
  readonly refusedOut: number
  /** Not handed on: it came from outside the scope. */
  readonly refusedIn: number
  /** The system refused to send, or too much was waiting. */
  readonly failed: number
}

export interface UdpSocketOptions {
  /** 0 picks a free one. */
  readonly port: number
  /** The environment may narrow it. */
  readonly scope: NetworkScope
  /** Also IPv6, on the same port, where the machine has it. */
  readonly ipv6?: boolean
}

/**
 * A UDP port that keeps within its scope. With scope `loopback` it is bound to the loopback addresses, so that nothing
 * from outside even arrives; every other datagram is checked both ways by its address.
 */
export class UdpSocket implements DatagramSocket {
  readonly scope: NetworkScope
  readonly udpPort: number
  readonly #ipv4: Socket
  readonly #ipv6: Socket | undefined
  readonly #addresses = new KnownAddresses()
  readonly #counts: { -readonly [Name in keyof UdpCounts]: UdpCounts[Name] } = {
    sent: 0,
    sentBytes: 0,
    received: 0,
    receivedBytes: 0,
    refusedOut: 0,
    refusedIn: 0,
    failed: 0,
  }
  #onDatagram: (bytes: Uint8Array, from: Address) => void = () => {}
  #underWay = 0
  #onIdle: (() => void) | undefined

  private constructor(scope: NetworkScope, ipv4: Socket, ipv6: Socket | undefined) {
    this.scope = scope
    this.udpPort = ipv4.address().port
    this.#ipv4 = ipv4
    this.#ipv6 = ipv6
    for (const socket of [ipv4, ipv6]) this.#wire(socket)
  }

  /** throws   Error with one clear line if the port cannot be had */
  static async open({ port, scope: asked, ipv6 = false }: UdpSocketOptions): Promise<UdpSocket> {
    const scope = effectiveScope(asked)
    for (let tries = 1; ; tries += 1) {
      const first = await bind('udp4', port, scope)
      const second = ipv6 ? await bindSecond(first, scope, port === 0 && tries < PORT_PAIR_TRIES) : 'none'
      if (second !== 'taken') return new UdpSocket(scope, first, second === 'none' ? undefined : second)
      first.close()
    }
  }

  get counts(): UdpCounts {
    return { ...this.#counts }
  }

  /** What the system granted, in bytes. */
  get receiveBufferBytes(): number {
    return this.#ipv4.getRecvBufferSize()
  }

  get hasIpv6(): boolean {
    return this.#ipv6 !== undefined
  }

  listen(onDatagram: (bytes: Uint8Array, from: Address) => void): void {
    this.#onDatagram = onDatagram
  }

  /** A datagram to 255.255.255.255 is LAN discovery or nothing; within `loopback` it goes to 127.0.0.1. */
  send(bytes: Uint8Array, to: Address): void {
    if (to.isIpv4 && to.host === LIMITED_BROADCAST && bytes[0] === LAN_DISCOVERY_ID) {
      for (const host of this.#broadcastHosts()) this.#hand(this.#ipv4, bytes, host, to.port)
      return
    }
    const socket = to.isIpv4 ? this.#ipv4 : this.#ipv6
    if (!isWithin(this.scope, to)) this.#counts.refusedOut += 1
    else if (socket) this.#hand(socket, bytes, to.host, to.port)
    else this.#counts.failed += 1
  }

  async close(): Promise<void> {
    if (this.#underWay > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve))
    this.#onDatagram = () => {}
    await closed(this.#ipv4)
    if (this.#ipv6) await closed(this.#ipv6)
  }

  #wire(socket: Socket | undefined): void {
    socket?.on('message', (bytes, { address, port }) => this.#handleMessage(bytes, address, port))
    socket?.on('error', () => {
      this.#counts.failed += 1
    })
  }

  #handleMessage(bytes: Buffer, host: string, port: number): void {
    const from = this.#addresses.find(host, port)
    if (!from || !isWithin(this.scope, from)) {
      this.#counts.refusedIn += 1
      return
    }
    this.#counts.received += 1
    this.#counts.receivedBytes += bytes.length
    // A Buffer's slice shares memory where a Uint8Array's copies: machines must see the latter.
    this.#onDatagram(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length), from)
  }

  #hand(socket: Socket, bytes: Uint8Array, host: string, port: number): void {
    if (socket.getSendQueueSize() > SEND_QUEUE_BYTES_MAX) {
      this.#counts.failed += 1
      return
    }
    this.#counts.sent += 1
    this.#counts.sentBytes += bytes.length
    this.#underWay += 1
    socket.send(bytes, 0, bytes.length, port, host, this.#onSent)
  }

  readonly #onSent = (error: Error | null): void => {
    if (error) this.#counts.failed += 1
    this.#underWay -= 1
    if (this.#underWay === 0) this.#onIdle?.()
  }

  #broadcastHosts(): readonly string[] {
    return this.scope === 'loopback' ? ['127.0.0.1'] : broadcastHosts(ownInterfaces())
  }
}

/** The limited broadcast and that of each network we are on. */
export function broadcastHosts(interfaces: Interfaces): string[] {
  const hosts = Object.values(interfaces).flatMap((infos = []) =>
    infos.flatMap((info) => (info.family === 'IPv4' && !info.internal ? [broadcastOf(info)] : [])),
  )
  return [...new Set([LIMITED_BROADCAST, ...hosts])]
}

function broadcastOf({ address, netmask }: NetworkInterfaceInfo): string {
  const mask = netmask.split('.').map(Number)
  return address
    .split('.')
    .map((byte, at) => Number(byte) | (~(mask[at] ?? 255) & 0xff))
    .join('.')
}

/** Opens the IPv6 half on the port of the IPv4 half. Where there is no IPv6 the other half does without. */
async function bindSecond(first: Socket, scope: NetworkScope, mayRetry: boolean): Promise<Socket | 'none' | 'taken'> {
  try {
    return await bind('udp6', first.address().port, scope)
  } catch (error) {
    if (codeOf(error) !== 'EADDRINUSE') return 'none'
    if (mayRetry) return 'taken'
    first.close()
    throw error
  }
}

function bind(type: 'udp4' | 'udp6', port: number, scope: NetworkScope): Promise<Socket> {
  const isIpv4 = type === 'udp4'
  // Hosts are always numbers: no name server is ever asked for one.
  const lookup = (host: string, _options: unknown, done: (error: null, host: string, family: number) => void) =>
    done(null, host, isIpv4 ? 4 : 6)
  const socket = createSocket({ type, ipv6Only: !isIpv4, lookup })
  const wildcard = isIpv4 ? '0.0.0.0' : '::'
  const loopback = isIpv4 ? '127.0.0.1' : '::1'
  return new Promise((resolve, reject) => {
    socket.once('error', (error) => {
      socket.close()
      reject(refusal(port, error))
    })
    socket.bind(port, scope === 'loopback' ? loopback : wildcard, () => {
      socket.removeAllListeners('error')
      widen(socket)
      if (isIpv4 && scope !== 'loopback') socket.setBroadcast(true)
      resolve(socket)
    })
  })
}

/** Most systems grant what they can; some refuse a size above their bound, and theirs will do then. */
function widen(socket: Socket): void {
  try {
    socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES)
  } catch {
    // Nothing is worse than it was.
  }
}

function refusal(port: number, cause: Error): Error {
  const why = codeOf(cause) === 'EADDRINUSE' ? 'it is in use' : cause.message
  return new Error(`UDP port ${port} cannot be opened: ${why}`, { cause })
}

function codeOf(error: unknown): string | undefined {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return cause instanceof Error && 'code' in cause ? String(cause.code) : undefined
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.close(() => resolve()))
}
