import { assert } from './assert.ts'
import { equalBytes } from './bytes.ts'

/** Where a datagram may go: this machine, the networks nobody routes, or anywhere. */
export type NetworkScope = 'loopback' | 'private' | 'internet'

/** A power of two. */
const REMEMBERED = 4_096
/** Addresses read lately, each in the place that its bytes give it: a newcomer pushes out who was there. */
const remembered: (Address | undefined)[] = Array.from({ length: REMEMBERED })

/** An IP address and UDP port as a value. IPv4-mapped IPv6 addresses become IPv4. */
export class Address {
  /** 4 or 16 bytes. */
  readonly ip: Uint8Array
  readonly port: number
  #text: string | undefined
  #host: string | undefined
  #prefix: string | undefined
  #scope: NetworkScope | undefined

  constructor(ip: Uint8Array, port: number) {
    assert(ip.length === 4 || ip.length === 16, 'an address has 4 or 16 bytes')
    assert(Number.isInteger(port) && port >= 0 && port <= 0xffff, 'port out of range')
    this.ip = isMapped(ip) ? ip.slice(12) : ip.slice()
    this.port = port
  }

  /**
   * The address that stands in a packet. Packets name the same few addresses again and again: the same object is given
   * out as long as it is remembered, so that its text is made once.
   */
  static read(ip: Uint8Array, port: number): Address {
    const slot = ((ip[1] ?? 0) * 61 + (ip[2] ?? 0) * 257 + (ip[ip.length - 1] ?? 0) * 4_099 + port) & (REMEMBERED - 1)
    const known = remembered[slot]
    if (known && known.port === port && equalBytes(known.ip, ip)) return known
    const address = new Address(ip, port)
    remembered[slot] = address
    return address
  }

  /** Parses `host` (dotted IPv4 or IPv6 text); undefined if it is neither. */
  static parse(host: string, port: number): Address | undefined {
    if (!Number.isInteger(port) || port < 0 || port > 0xffff) return undefined
    const ip = host.includes(':') ? parseIpv6(host) : parseIpv4(host)
    return ip && new Address(ip, port)
  }

  get isIpv4(): boolean {
    return this.ip.length === 4
  }

  /** `127.0.0.1:33445` or `[::1]:33445`: also the key of maps. */
  get text(): string {
    this.#text ??= this.isIpv4 ? `${this.host}:${this.port}` : `[${this.host}]:${this.port}`
    return this.#text
  }

  /** The IP alone, as the operating system wants it. */
  get host(): string {
    this.#host ??= this.isIpv4 ? this.ip.join('.') : hostOfIpv6(this.ip)
    return this.#host
  }

  equals(other: Address): boolean {
    return this === other || (this.port === other.port && equalBytes(this.ip, other.ip))
  }

  /** The IPv4 /24 or IPv6 /48, by which quotas and distinctness go. */
  get prefix(): string {
    this.#prefix ??= this.ip.subarray(0, this.isIpv4 ? 3 : 6).join('.')
    return this.#prefix
  }

  /** The narrowest scope that this address lies in. */
  get scope(): NetworkScope {
    this.#scope ??= this.isIpv4 ? scopeOfIpv4(this.ip) : scopeOfIpv6(this.ip)
    return this.#scope
  }

  /** Tox's idea of a LAN address (loopback included). */
  get isLan(): boolean {
    return this.scope !== 'internet'
  }
}

function hostOfIpv6(ip: Uint8Array): string {
  const words = Array.from({ length: 8 }, (_, at) => ((ip[2 * at] ?? 0) * 256 + (ip[2 * at + 1] ?? 0)).toString(16))
  return words.join(':')
}

function isMapped(ip: Uint8Array): boolean {
  return ip.length === 16 && ip[10] === 0xff && ip[11] === 0xff && ip.subarray(0, 10).every((byte) => byte === 0)
}

function scopeOfIpv4(ip: Uint8Array): NetworkScope {
  const first = ip[0] ?? 0
  const second = ip[1] ?? 0
  if (first === 127) return 'loopback'
  const isPrivate =
    first === 10 ||
    (first === 172 && second >= 16 && second <= 31) ||
    (first === 192 && second === 168) ||
    (first === 169 && second === 254) ||
    (first === 100 && second >= 64 && second <= 127) ||
    ip.every((byte) => byte === 255)
  return isPrivate ? 'private' : 'internet'
}

function scopeOfIpv6(ip: Uint8Array): NetworkScope {
  const isLoopback = ip[15] === 1 && ip.subarray(0, 15).every((byte) => byte === 0)
  if (isLoopback) return 'loopback'
  const first = ip[0] ?? 0
  const second = ip[1] ?? 0
  const isLinkLocal = first === 0xfe && (second & 0xc0) === 0x80
  const isUniqueLocal = (first & 0xfe) === 0xfc
  const isLocalMulticast = first === 0xff && second <= 2
  return isLinkLocal || isUniqueLocal || isLocalMulticast ? 'private' : 'internet'
}

function parseIpv4(host: string): Uint8Array | undefined {
  const parts = host.split('.')
  // No leading zeros: elsewhere they mean octal, and two readings of one text are one too many.
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255))
    return undefined
  return Uint8Array.from(parts, Number)
}

function parseIpv6(host: string): Uint8Array | undefined {
  const text = withoutZoneAndDots(host)
  if (text === undefined) return undefined
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const missing = 8 - head.length - tail.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined
  const words = [...head, ...Array.from({ length: missing }, () => '0'), ...tail]
  if (!words.every((word) => /^[0-9a-fA-F]{1,4}$/.test(word))) return undefined
  return Uint8Array.from(words.flatMap((word) => [Number.parseInt(word, 16) >> 8, Number.parseInt(word, 16) & 0xff]))
}

function withoutZoneAndDots(host: string): string | undefined {
  const text = host.split('%')[0] ?? ''
  if (!text.includes('.')) return text
  const at = text.lastIndexOf(':')
  const ip = parseIpv4(text.slice(at + 1))
  if (!ip) return undefined
  const [a = 0, b = 0, c = 0, d = 0] = ip
  return `${text.slice(0, at + 1)}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
}
