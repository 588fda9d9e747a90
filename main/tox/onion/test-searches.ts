import { SeededRandom } from '../../base/random.ts'
import type { Transmit } from '../../base/transmit.ts'
import { randomNonce, seal } from '../../crypto/box.ts'
import { createKeyPair, type KeyPair, PublicKey } from '../../crypto/keys.ts'
import { SharedKeys } from '../../crypto/shared-keys.ts'
import {
  type AnnounceResponse,
  type AnnounceResponsePlain,
  announceResponsePlain,
} from '../../wire/announce-packets.ts'
import { encode } from '../../wire/codec.ts'
import { DhtEnvelopes } from '../../wire/dht-envelope.ts'
import type { PackedNode } from '../../wire/node-format.ts'
import { AnnounceSearch } from './announce-search.ts'
import { OnionPaths } from './onion-paths.ts'
import { PathNodes } from './path-nodes.ts'
import { type PendingAnnounce, PendingAnnounces } from './pending-announces.ts'

export const START = 1_700_000_000_000

/** Records the requests of a search, so that a test can answer them by hand. */
export class RecordedAnnounces extends PendingAnnounces<AnnounceSearch> {
  readonly asked: PendingAnnounce<AnnounceSearch>[] = []

  override add(pending: PendingAnnounce<AnnounceSearch>, now: number): Uint8Array {
    this.asked.push(pending)
    return super.add(pending, now)
  }
}

/** One search over paths that lead nowhere. */
export class SearchBench {
  readonly random = new SeededRandom(4)
  readonly sent: Transmit[] = []
  readonly pending = new RecordedAnnounces(this.random)
  readonly pathNodes: PathNodes
  readonly paths: OnionPaths
  readonly requestKeys: KeyPair
  readonly search: AnnounceSearch

  constructor({ isSelf, nodesMax }: { readonly isSelf: boolean; readonly nodesMax: number }) {
    const keys = createKeyPair(this.random)
    this.requestKeys = createKeyPair(this.random)
    this.pathNodes = new PathNodes(keys.publicKey, this.random)
    this.paths = new OnionPaths({
      pathNodes: this.pathNodes,
      envelopes: new DhtEnvelopes(keys, this.random),
      random: this.random,
      transmits: { send: (bytes, to) => this.sent.push({ bytes, to }) },
    })
    this.search = new AnnounceSearch({
      target: isSelf ? this.requestKeys.publicKey : new PublicKey(new Uint8Array(32).fill(200)),
      requestKeys: this.requestKeys,
      dataKey: new Uint8Array(32),
      nodesMax,
      paths: this.paths,
      pending: this.pending,
      pathNodes: this.pathNodes,
      random: this.random,
    })
  }

  /** The nodes asked since the last call. */
  takeAsked(): PackedNode[] {
    return this.pending.asked.splice(0).map(({ node }) => node)
  }

  /** Lets `node` answer. */
  answer(node: PackedNode, plain: Partial<AnnounceResponsePlain>, now: number, lanAllowed = true): void {
    const pathId = this.paths.use(undefined, now)?.id ?? 0
    const full = { isStored: 0 as const, pingIdOrKey: new Uint8Array(32).fill(1), nodes: [], ...plain }
    this.paths.praise(pathId, now)
    this.search.handleAnswer(full, { search: this.search, node, pathId }, lanAllowed, now)
  }

  /** The packet of an answer as the owner of `nodeKeys` would seal it. */
  sealAnswer(nodeKeys: KeyPair, plain: AnnounceResponsePlain): AnnounceResponse {
    const nonce = randomNonce(this.random)
    const shared = new SharedKeys(nodeKeys.secretKey).get(this.requestKeys.publicKey)
    const sealed = shared ? seal(shared, nonce, encode(announceResponsePlain, plain)) : new Uint8Array(0)
    return { sendback: new Uint8Array(8), nonce, sealed }
  }
}
