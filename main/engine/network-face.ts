import type { Instant } from '../base/time.ts'
import type { Address } from '../base/address.ts'
import type { Contact } from '../ring/contact.ts'
import type { RoleReason } from '../ring/ring-access.ts'
import type { BootstrapState } from '../tox/dht/bootstrap-list.ts'
import type { PackedNode } from '../wire/node-format.ts'
import type { Extension } from './extension.ts'
import type { ToxCore } from './tox-core.ts'

export interface NetworkView {
  /** 64 upper-case hex digits. */
  readonly dhtKey: string
  /** Whether friends can find us; without a person, whether any DHT node answers. */
  readonly connected: boolean
  readonly dhtNodes: number
  readonly storageNodes: number
  readonly role: 'storage' | 'client'
  /** Why we are a client. */
  readonly roleReason: RoleReason | undefined
  /** The median of measured round trips to ring contacts. */
  readonly rttMs: number | undefined
}

export interface RingContactView {
  readonly key: string
  readonly place: number
  /** Smoothed, once one was measured. */
  readonly rttMs?: number
}

/** One ring as this node sees it; places are whole numbers below 2^48. */
export interface RingFaceView {
  readonly ring: number
  readonly place: number
  readonly ownRange?: { readonly from: number; readonly to: number }
  readonly successors: RingContactView[]
  readonly predecessors: RingContactView[]
  readonly fingers: RingContactView[]
}

/** How one of the last lookups of this node went. */
export interface LookupFaceView {
  readonly ring: number
  readonly place: number
  readonly startedAt: Instant
  readonly durationMs: number
  readonly hops: readonly {
    readonly key: string
    readonly place: number
    readonly outcome: 'answered' | 'silent'
  }[]
  readonly ownerKey?: string
}

/** A node through which we join, as far as it was asked. */
export interface BootstrapFaceView {
  readonly address: Address
  readonly dhtKey: string
  readonly state: BootstrapState
  readonly answeredAt: Instant | undefined
}

/** What a person may see of the network. */
export class NetworkFace {
  readonly #tox: ToxCore
  readonly #extension: Extension
  /** A node that never wanted to store is not told so; one that does is told at once that it joins. */
  #roleReason: RoleReason = 'notWanted'

  constructor(tox: ToxCore, extension: Extension) {
    this.#tox = tox
    this.#extension = extension
  }

  noteRole(why: RoleReason): void {
    this.#roleReason = why
  }

  view(now: Instant): NetworkView {
    const { dht, user } = this.#tox
    const { rings } = this.#extension
    return {
      dhtKey: dht.publicKey.hex,
      connected: user ? user.messenger.isConnected : dht.isConnected(now),
      dhtNodes: dht.nodeCount(now),
      storageNodes: rings.knownMemberCount,
      role: rings.isStorage ? 'storage' : 'client',
      roleReason: rings.isStorage ? undefined : this.#roleReason,
      rttMs: this.#medianRttMs(),
    }
  }

  /** Joins through this node too. */
  bootstrap(node: PackedNode, now: Instant): void {
    this.#tox.dht.bootstrap(node, now)
  }

  /** Joins through nodes of an earlier run, if nobody else answers. */
  rejoin(nodes: readonly PackedNode[], now: Instant): void {
    this.#tox.dht.rejoin(nodes, now)
  }

  forgetBootstrap(node: PackedNode): void {
    this.#tox.dht.forgetBootstrap(node)
  }

  bootstrapNodes(): BootstrapFaceView[] {
    return this.#tox.dht.bootstrapNodes().map(({ node: { address, publicKey }, state, answeredAt }) => ({
      address,
      dhtKey: publicKey.hex,
      state,
      answeredAt,
    }))
  }

  setLanDiscovery(isOn: boolean, now: Instant): void {
    this.#tox.dht.setLanDiscovery(isOn, now)
  }

  /** Newest first. */
  lookups(): LookupFaceView[] {
    return this.#extension.rings.recentLookups.map(({ ring, place, startedAt, endedAt, hops, ownerKey }) => ({
      ring,
      place,
      startedAt,
      durationMs: endedAt - startedAt,
      hops: hops.map((hop) => ({ key: hop.key.hex, place: hop.place, outcome: hop.outcome })),
      ...(ownerKey ? { ownerKey: ownerKey.hex } : {}),
    }))
  }

  rings(): RingFaceView[] {
    const { rings } = this.#extension
    const own = rings.nodePlaces(rings.selfKey)
    return own.map((place, ring) => {
      const viewOf = (contact: Contact): RingContactView => {
        const rttMs = rings.rttMs(contact)
        const key = contact.key.hex
        return { key, place: rings.nodePlaces(contact.key)[ring] ?? 0, ...(rttMs === undefined ? {} : { rttMs }) }
      }
      const range = rings.ownerRange(ring)
      return {
        ring,
        place,
        ...(range ? { ownRange: { from: range.from, to: range.to } } : {}),
        successors: rings.successors(ring).map(viewOf),
        predecessors: rings.predecessors(ring).map(viewOf),
        fingers: rings.fingers(ring).map(viewOf),
      }
    })
  }

  #medianRttMs(): number | undefined {
    const { rings } = this.#extension
    const contacts = new Map<string, Contact>()
    for (let ring = 0; ring < rings.ringCount; ring += 1) {
      for (const contact of [...rings.successors(ring), ...rings.predecessors(ring), ...rings.fingers(ring)]) {
        contacts.set(contact.key.hex, contact)
      }
    }
    const measured = [...contacts.values()].flatMap((contact) => rings.rttMs(contact) ?? [])
    return measured.sort((left, right) => left - right)[Math.floor(measured.length / 2)]
  }
}
