import type { Instant } from '../base/time.ts'
import type { RoleReason } from '../ring/ring-access.ts'
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
}

export interface RingContactView {
  readonly key: string
  readonly place: number
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

/** What a person may see of the network. */
export class NetworkFace {
  readonly #tox: ToxCore
  readonly #extension: Extension
  #roleReason: RoleReason = 'joining'

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
    }
  }

  rings(): RingFaceView[] {
    const { rings } = this.#extension
    const own = rings.nodePlaces(rings.selfKey)
    return own.map((place, ring) => {
      const viewOf = ({ key }: { readonly key: typeof rings.selfKey }): RingContactView => ({
        key: key.hex,
        place: rings.nodePlaces(key)[ring] ?? 0,
      })
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
}
