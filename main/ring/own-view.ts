import { Address } from '../base/address.ts'
import { clockwise } from './circle.ts'
import type { Contact } from './contact.ts'
import type { LookupMember, LookupSeed } from './lookup.ts'
import { nearest } from './nearest-peers.ts'
import { eligible } from './replica-members.ts'
import type { FoundMember } from './ring-access.ts'
import type { Member } from './ring.ts'
import type { RingParts } from './ring-parts.ts'

/** We do not know under which address others see us, and do not write to ourselves. */
const OWN_ADDRESS = new Address(Uint8Array.of(0, 0, 0, 0), 0)
const SEEDS_BEFORE = 4
const SEEDS_AFTER = 4
const NAMED_SEEDS_MAX = 6
const FOREIGN_SEEDS_MAX = 4

/** Where to start a lookup: who owns the place as far as we can tell, and who of all we know stands nearest. */
export function seedsFor(parts: RingParts, ring: number, place: number): LookupSeed[] {
  const named = parts.rings[ring]?.membersAt(place)?.slice(0, NAMED_SEEDS_MAX) ?? []
  const seeds = named.flatMap(({ peer }) => (peer ? [{ contact: peer.contact, isNamed: true }] : []))
  const unnamed = (contact: Contact): LookupSeed => ({ contact, isNamed: false })
  const all = [...parts.peers.all()]
  const before = nearest(all, SEEDS_BEFORE, (peer) => clockwise(peer.placeIn(ring), place))
  const after = nearest(all, SEEDS_AFTER, (peer) => clockwise(place, peer.placeIn(ring)))
  seeds.push(...[...before, ...after].map(({ contact }) => unnamed(contact)))
  return seeds.length > 0 ? seeds : parts.merging.foreign().slice(0, FOREIGN_SEEDS_MAX).map(unnamed)
}

/** The first nodes at a place by our own view, without those left out; undefined if out of sight. */
export function ownMembersAt(
  parts: RingParts,
  ring: number,
  place: number,
  isLeftOut: (member: LookupMember) => boolean = () => false,
): LookupMember[] | undefined {
  const members = parts.rings[ring]?.membersAt(place)?.map(toLookupMember)
  return members?.filter((member) => member.isSelf || !isLeftOut(member))
}

/** Which of the nodes at a place we are, as far as we see, those not counted that are too many of a prefix; 0: the owner. */
export function ownRank(parts: RingParts, ring: number, place: number, countMax: number): number | undefined {
  const rank = eligible(parts.rings[ring]?.membersAt(place) ?? [], addressIn(parts), countMax).findIndex(isOurselves)
  return rank < 0 ? undefined : rank
}

function isOurselves({ peer }: Member): boolean {
  return !peer
}

function addressIn({ self }: RingParts): (member: Member) => Address | string | undefined {
  return ({ peer }) => (peer ? peer.contact.address : self.prefix)
}

function toLookupMember({ peer, key, place }: Member): LookupMember {
  const contact = peer ? peer.contact : { key, address: OWN_ADDRESS }
  return { contact, key, place, isSelf: !peer, hasAnswered: false }
}

/** The same as storage sees it: at most two of a prefix, at most `count`. */
export function replicaMembers(
  parts: RingParts,
  ring: number,
  place: number,
  count: number,
): FoundMember[] | undefined {
  const members = parts.rings[ring]?.membersAt(place)
  return members && eligible(members, addressIn(parts), count).map(toLookupMember)
}
