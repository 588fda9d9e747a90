import { ExpiringMap } from '../../base/expiring-map.ts'
import type { Random } from '../../base/random.ts'
import { type Instant, SECOND_MS } from '../../base/time.ts'
import { open, randomNonce, seal } from '../../crypto/box.ts'
import { type KeyPair, PublicKey } from '../../crypto/keys.ts'
import { SharedKeys } from '../../crypto/shared-keys.ts'
import {
  ANNOUNCED,
  type AnnounceResponse,
  type AnnounceResponsePlain,
  announceRequestInOnion,
  announceRequestPlain,
  announceResponsePlain,
  STORED,
} from '../../wire/announce-packets.ts'
import { encode } from '../../wire/codec.ts'
import type { PackedNode } from '../../wire/node-format.ts'
import { type AnnounceNode, ClosestNodes } from './closest-nodes.ts'
import type { OnionPaths, PathId } from './onion-paths.ts'
import { decodeOpened } from './opened.ts'
import type { PathNodes } from './path-nodes.ts'
import type { PendingAnnounce, PendingAnnounces } from './pending-announces.ts'
import { isSendable } from './sendable.ts'

/** A node that an answer named is asked once in this time. */
const ASKED_AGAIN_MS = 10 * SECOND_MS
const ASKED_MAX = 64
const SHARED_KEYS_MAX = 32

export interface AnnounceSearchOptions {
  /** The real key that is announced or looked for. */
  readonly target: PublicKey
  /** Whose requests these are: the real keys when announcing, keys of its own when searching. */
  readonly requestKeys: KeyPair
  /** Announcing: the data key (32 bytes); searching: zeros. */
  readonly dataKey: Uint8Array
  readonly nodesMax: number
  readonly paths: OnionPaths
  readonly pending: PendingAnnounces<AnnounceSearch>
  readonly pathNodes: PathNodes
  readonly random: Random
}

/**
 * Finds the nodes nearest to a real key by announce requests through the onion: the part that announcing ourselves and
 * looking for a friend have in common. It does not decide when to ask.
 *
 * source   tox-wire 3.3, 3.4
 */
export class AnnounceSearch {
  readonly nodes: ClosestNodes
  readonly #target: PublicKey
  readonly #requestKey: PublicKey
  readonly #sharedKeys: SharedKeys
  readonly #dataKey: Uint8Array
  readonly #paths: OnionPaths
  readonly #pending: PendingAnnounces<AnnounceSearch>
  readonly #pathNodes: PathNodes
  readonly #random: Random
  readonly #lately = new ExpiringMap<string, true>(ASKED_AGAIN_MS, ASKED_MAX, 'onion: ask again')
  #isEnded = false

  constructor(options: AnnounceSearchOptions) {
    this.#target = options.target
    this.#requestKey = options.requestKeys.publicKey
    this.#sharedKeys = new SharedKeys(options.requestKeys.secretKey, SHARED_KEYS_MAX)
    this.#dataKey = options.dataKey
    this.#paths = options.paths
    this.#pending = options.pending
    this.#pathNodes = options.pathNodes
    this.#random = options.random
    this.nodes = new ClosestNodes(options.target, options.nodesMax)
  }

  /** Asks a node we hold, giving back the ping id it gave us. False if no path could be made. */
  askAgain(entry: AnnounceNode, pathId: PathId | undefined, now: Instant): boolean {
    if (!this.#ask(entry.node, entry.pingId, pathId, now)) return false
    entry.lastAskedAt = now
    entry.askedCount += 1
    entry.unansweredCount += 1
    return true
  }

  /** Asks up to `count` path nodes that are not held, and returns how many. */
  askPathNodes(count: number, now: Instant): number {
    const strangers = this.#pathNodes.shuffled(now).filter(({ publicKey }) => !this.nodes.find(publicKey))
    return strangers.slice(0, count).filter((node) => this.#ask(node, NO_PING_ID, undefined, now)).length
  }

  /** Takes an answer in: the node, then the nodes that it names. `lanAllowed`: the answer came from a LAN address. */
  handleAnswer(
    plain: AnnounceResponsePlain,
    { node, pathId }: PendingAnnounce<AnnounceSearch>,
    lanAllowed: boolean,
    now: Instant,
  ): void {
    const entry = this.nodes.take(node, pathId, now)
    if (entry) this.#note(entry, plain)
    for (const named of plain.nodes) {
      if (!isSendable(named.address) || (named.address.isLan && !lanAllowed)) continue
      if (this.nodes.find(named.publicKey) || !this.nodes.isWanted(named.publicKey, now)) continue
      if (this.#lately.has(named.publicKey.hex, now)) continue
      this.#lately.set(named.publicKey.hex, true, now)
      this.#ask(named, NO_PING_ID, undefined, now)
    }
  }

  /** The content of an answer of `node`, or undefined if it does not open. */
  open({ nonce, sealed }: AnnounceResponse, node: PackedNode): AnnounceResponsePlain | undefined {
    if (this.#isEnded) return undefined
    const shared = this.#sharedKeys.get(node.publicKey)
    return decodeOpened(announceResponsePlain, shared && open(shared, nonce, sealed))
  }

  /** No answer is taken any more, and the shared keys are wiped; the owner wipes the request key. */
  end(): void {
    this.#isEnded = true
    this.#sharedKeys.wipe()
  }

  #note(entry: AnnounceNode, { isStored, pingIdOrKey }: AnnounceResponsePlain): void {
    const isOwn = this.#requestKey.equals(this.#target)
    entry.isStored = isStored === (isOwn ? ANNOUNCED : STORED)
    entry.dataKey = isStored === STORED && !isOwn ? new PublicKey(pingIdOrKey) : undefined
    // Searchers give back zeros: they do not announce themselves.
    entry.pingId = isOwn && isStored !== STORED ? pingIdOrKey.slice() : NO_PING_ID
  }

  #ask(node: PackedNode, pingId: Uint8Array, preferred: PathId | undefined, now: Instant): boolean {
    const shared = this.#sharedKeys.get(node.publicKey)
    const used = shared && this.#paths.use(preferred, now)
    if (!shared || !used) return false
    const nonce = randomNonce(this.#random)
    const sendback = this.#pending.add({ search: this, node, pathId: used.id }, now)
    const plain = { pingId, searchKey: this.#target, dataKey: this.#dataKey, sendback }
    const sealed = seal(shared, nonce, encode(announceRequestPlain, plain))
    const request = encode(announceRequestInOnion, { nonce, requestKey: this.#requestKey, sealed })
    this.#paths.send(used, request, node.address)
    return true
  }
}

const NO_PING_ID = new Uint8Array(32)
