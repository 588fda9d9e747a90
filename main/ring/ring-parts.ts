import type { NetworkScope } from '../base/address.ts'
import type { Counters } from '../base/counters.ts'
import type { Random } from '../base/random.ts'
import type { Instant } from '../base/time.ts'
import type { PublicKey } from '../crypto/keys.ts'
import { RINGS_MAX } from '../wire/ring-packets.ts'
import { assert } from '../base/assert.ts'
import { Answering } from './answering.ts'
import type { Contact } from './contact.ts'
import type { Exchange } from './exchange.ts'
import { FingerRefresh } from './finger-refresh.ts'
import { Lookups } from './lookups.ts'
import { Membership } from './membership.ts'
import { Merging } from './merging.ts'
import { OwnState } from './own-state.ts'
import { OwnedRanges } from './owned-ranges.ts'
import type { Peer } from './peer.ts'
import { PeerTable } from './peer-table.ts'
import { NodePlaces } from './places.ts'
import { Reachability } from './reachability.ts'
import { Ring } from './ring.ts'
import { Stabiliser } from './stabiliser.ts'
import type { Traffic } from './traffic.ts'

export interface RingsOptions {
  /** This node's DHT key. */
  readonly selfKey: PublicKey
  readonly exchange: Exchange
  readonly random: Random
  readonly counters: Counters
  /** What the engine wrote to whom and heard from whom, with any packet. */
  readonly traffic: Traffic
  /** Where this node may write; decides also whether reachability is tested and prefixes are limited. */
  readonly scope: NetworkScope
  /** Makes the token (at most 64 bytes) that our answers carry for an asker. Pure: no effects. */
  readonly tokenFor: (contact: Contact, now: Instant) => Uint8Array
  /** How many circles; 3 unless a test says otherwise. */
  readonly ringCount?: number
}

/** The machines that the rings consist of, wired together. */
export interface RingParts {
  readonly self: OwnState
  readonly exchange: Exchange
  readonly counters: Counters
  readonly traffic: Traffic
  readonly places: NodePlaces
  readonly rings: readonly Ring[]
  readonly ranges: readonly OwnedRanges[]
  readonly peers: PeerTable
  readonly stabiliser: Stabiliser
  readonly reachability: Reachability
  readonly merging: Merging
  readonly membership: Membership
  readonly lookups: Lookups
  readonly answering: Answering
  readonly fingerRefresh: FingerRefresh
}

const RING_COUNT_DEFAULT = 3

export function createRingParts(options: RingsOptions): RingParts {
  const { selfKey, exchange, random, counters, traffic, scope, tokenFor, ringCount = RING_COUNT_DEFAULT } = options
  assert(ringCount >= 1 && ringCount <= RINGS_MAX, 'one to eight rings')
  const self = new OwnState(selfKey)
  const places = new NodePlaces(ringCount)
  const rttOf = (peer: Peer) => exchange.rttMs(peer.contact)
  const isStorage = () => self.isStorage
  const rings = places.of(selfKey).map((selfPlace, index) => new Ring({ index, selfKey, selfPlace, rttOf, isStorage }))
  const ranges = rings.map(() => new OwnedRanges())
  // The table asks whether to test, the tester asks the table whom it knows: the one knot, tied here.
  const needsTest = (contact: Contact) => reachability.needsTest(contact)
  const peers = new PeerTable({ self, rings, places, exchange, counters, scope, needsTest })
  const reachability = new Reachability({ peers, exchange, traffic, random, counters, scope })
  const stabiliser = new Stabiliser({ self, rings, places, peers, exchange, random })
  const merging = new Merging(rings, peers, random)
  const membership = new Membership(self, rings, peers, merging, reachability)
  const isCatchingUp = (ring: number, place: number) => ranges[ring]?.isCatchingUp(place) ?? false
  const answering = new Answering({ self, rings, peers, exchange, tokenFor, isCatchingUp })
  const lookups = new Lookups(self, exchange, counters)
  const fingerRefresh = new FingerRefresh(rings, random)
  return {
    self,
    exchange,
    counters,
    traffic,
    places,
    rings,
    ranges,
    peers,
    stabiliser,
    reachability,
    merging,
    membership,
    lookups,
    answering,
    fingerRefresh,
  }
}
