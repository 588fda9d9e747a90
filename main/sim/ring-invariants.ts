import { PLACE_COUNT, stepsBetween } from '../ring/circle.ts'
import type { RingWorld } from './ring-world.ts'
import type { SimRingNode } from './sim-ring-node.ts'

/** Contacts that a node may hold per ring where there are a hundred. */
export const CONTACTS_PER_RING_MAX = 60
/** Zave's r: the length of successor lists. She asks for a stable base of r + 1 members. */
const SUCCESSORS = 16

/**
 * What Zave's inductive invariant asks for ("How to Make Chord Correct", section 5): every member has a live successor
 * (OneLiveSuccessor), and at least r + 1 members are principals: nobody's extended successor list passes them over
 * (SufficientPrincipals; it supposes that there are r + 1 members: in smaller rings one has to be left). Whoever has
 * founded a ring and met nobody yet is its own live successor, as in her initial state.
 *
 * returns  lines that say what is broken; none if all is well
 */
export function zaveViolations(world: RingWorld, ring: number): string[] {
  const members = world.sorted(ring)
  if (members.length < 2) return []
  const alive = new Set(members.map(({ rings }) => rings.selfKey.hex))
  const broken: string[] = []
  const skipped = new Set<string>()
  for (const member of members) {
    const list = member.rings.successors(ring).map(({ key }) => key)
    const hasLive = member.isAloneSinceStart(ring) || list.some((key) => alive.has(key.hex))
    if (!hasLive) broken.push(`ring ${ring}: ${nameOf(member)} has no live successor`)
    for (const passed of passedOver(member, ring, members)) skipped.add(passed)
  }
  const principals = members.length - skipped.size
  const wanted = members.length > SUCCESSORS ? SUCCESSORS + 1 : 1
  if (principals < wanted)
    broken.push(`ring ${ring}: ${principals} principal members of ${members.length}, not ${wanted}`)
  return broken
}

/** Every member's lists are the true ones: nearest successors and predecessors, in order. Lines that say where not. */
export function untrueLists(world: RingWorld, ring: number): string[] {
  const members = world.sorted(ring)
  return members.flatMap((member, index) => {
    const others = [...members.slice(index + 1), ...members.slice(0, index)]
    const lists = [
      ['successors', member.rings.successors(ring), others.slice(0, SUCCESSORS)],
      ['predecessors', member.rings.predecessors(ring), others.slice(-4).reverse()],
    ] as const
    return lists.flatMap(([what, got, wanted]) => {
      const is = got.map(({ key }) => key.hex.slice(0, 8)).join(' ')
      const shouldBe = wanted.map(nameOf).join(' ')
      return is === shouldBe ? [] : [`ring ${ring}: ${what} of ${nameOf(member)} are ${is}, not ${shouldBe}`]
    })
  })
}

/** Members that stand between two neighbours of a member's extended successor list. */
function passedOver(member: SimRingNode, ring: number, members: readonly SimRingNode[]): string[] {
  const place = ({ rings }: SimRingNode) => ({ place: rings.nodePlaces(rings.selfKey)[ring] ?? 0, key: rings.selfKey })
  const self = place(member)
  const list = member.rings.successors(ring)
  const last = list.at(-1)
  if (!last) return []
  const listed = new Set(list.map(({ key }) => key.hex))
  const reach = stepsBetween(self, { place: member.rings.nodePlaces(last.key)[ring] ?? 0, key: last.key })
  return members
    .filter((other) => other !== member && !listed.has(other.rings.selfKey.hex))
    .filter((other) => stepsBetween(self, place(other)) < Math.min(reach, PLACE_COUNT))
    .map((other) => other.rings.selfKey.hex)
}

function nameOf({ rings }: SimRingNode): string {
  return rings.selfKey.hex.slice(0, 8)
}
