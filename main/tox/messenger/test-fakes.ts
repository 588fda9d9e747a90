import type { Address } from '../../base/address.ts'
import type { Instant } from '../../base/time.ts'
import type { PublicKey } from '../../crypto/keys.ts'
import type { PackedNode } from '../../wire/node-format.ts'
import type { MessengerDht, MessengerNetCrypto, MessengerNetCryptoEvent, MessengerOnion } from './lower-machines.ts'

interface Link {
  readonly peer: FakeNetCrypto | undefined
  nextNumber: number
  /** Bulk or not, what the peer has not acknowledged. */
  unacknowledged: number
}

/** net_crypto as the Messenger sees it: in order, lossless, with a window. Two of them can be linked. */
export class FakeNetCrypto implements MessengerNetCrypto {
  readonly self: PublicKey
  readonly events: MessengerNetCryptoEvent[] = []
  readonly calls: string[] = []
  readonly sent: Uint8Array[] = []
  readonly allowed = new Set<string>()
  readonly connecting = new Map<string, PublicKey>()
  readonly #links = new Map<string, Link>()
  /** False: `send` finds the buffer full. */
  hasRoom = true
  bulkWindow = 64
  firstNumber = 0

  constructor(self: PublicKey) {
    this.self = self
  }

  allow(realKey: PublicKey): void {
    this.allowed.add(realKey.hex)
  }

  disallow(realKey: PublicKey): void {
    this.allowed.delete(realKey.hex)
    this.kill(realKey)
    this.calls.push('disallow')
  }

  connect(realKey: PublicKey, dhtKey: PublicKey): void {
    this.calls.push('connect')
    this.connecting.set(realKey.hex, dhtKey)
  }

  setAddress(_realKey: PublicKey, address: Address): void {
    this.calls.push(`address ${address.text}`)
  }

  send(realKey: PublicKey, data: Uint8Array): number | undefined {
    const link = this.#links.get(realKey.hex)
    if (!link || !this.hasRoom) return undefined
    this.sent.push(data)
    const number = link.nextNumber
    link.nextNumber = (number + 1) >>> 0
    link.unacknowledged += 1
    link.peer?.events.push({ kind: 'data', realKey: this.self, data: data.slice() })
    return number
  }

  freeSlots(realKey: PublicKey): number {
    return Math.max(0, this.bulkWindow - (this.#links.get(realKey.hex)?.unacknowledged ?? this.bulkWindow))
  }

  kill(realKey: PublicKey): void {
    this.calls.push('kill')
    this.connecting.delete(realKey.hex)
    const link = this.#links.get(realKey.hex)
    if (!link) return
    this.cut(realKey, 'killed')
    link.peer?.cut(this.self, 'killed')
  }

  isEstablished(realKey: PublicKey): boolean {
    return this.#links.has(realKey.hex)
  }

  /** Makes the connection, with the event for it. */
  establish(realKey: PublicKey, dhtKey: PublicKey, address: Address, peer?: FakeNetCrypto): void {
    this.#links.set(realKey.hex, { peer, nextNumber: this.firstNumber, unacknowledged: 0 })
    this.events.push({ kind: 'established', realKey, dhtKey, address })
  }

  /** Ends this side only. */
  cut(realKey: PublicKey, reason: 'killed' | 'timeout'): void {
    if (this.#links.delete(realKey.hex)) this.events.push({ kind: 'closed', realKey, reason })
  }

  /** The peer has taken all that was sent so far. */
  acknowledge(realKey: PublicKey): void {
    const link = this.#links.get(realKey.hex)
    if (!link || link.unacknowledged === 0) return
    link.unacknowledged = 0
    this.events.push({ kind: 'acknowledged', realKey, before: link.nextNumber })
  }

  /** The first bytes of what was sent since the last call. */
  takeSentIds(): number[] {
    return this.sent.splice(0).map((data) => data[0] ?? -1)
  }
}

export class FakeOnion implements MessengerOnion {
  readonly calls: string[] = []
  readonly requests: { realKey: PublicKey; nospam: Uint8Array; message: Uint8Array }[] = []

  addFriend(_realKey: PublicKey): void {
    this.calls.push('add')
  }

  removeFriend(_realKey: PublicKey): void {
    this.calls.push('remove')
  }

  setFriendOnline(_realKey: PublicKey, isOnline: boolean): void {
    this.calls.push(isOnline ? 'online' : 'offline')
  }

  setFriendDhtKey(_realKey: PublicKey, dhtKey: PublicKey): void {
    this.calls.push(`dht key ${dhtKey.hex.slice(0, 4)}`)
  }

  forgetFriendDhtKey(): void {
    this.calls.push('no dht key')
  }

  sendFriendRequest(realKey: PublicKey, nospam: Uint8Array, message: Uint8Array): void {
    this.requests.push({ realKey, nospam, message })
  }
}

export class FakeDht implements MessengerDht {
  readonly searches = new Map<string, number>()
  readonly candidates: PackedNode[] = []
  readonly addresses = new Map<string, Address>()

  search(dhtKey: PublicKey): void {
    this.searches.set(dhtKey.hex, (this.searches.get(dhtKey.hex) ?? 0) + 1)
  }

  stopSearch(dhtKey: PublicKey): void {
    const count = (this.searches.get(dhtKey.hex) ?? 0) - 1
    if (count < 0) throw new Error('a search was stopped that was not begun')
    if (count === 0) this.searches.delete(dhtKey.hex)
    else this.searches.set(dhtKey.hex, count)
  }

  addCandidate(node: PackedNode): void {
    this.candidates.push(node)
  }

  addressOf(dhtKey: PublicKey, _now: Instant): Address | undefined {
    return this.addresses.get(dhtKey.hex)
  }
}
