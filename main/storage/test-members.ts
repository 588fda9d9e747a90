import { Address } from '../base/address.ts'
import { SeededRandom } from '../base/random.ts'
import { createKeyPair } from '../crypto/keys.ts'
import type { FoundMember } from '../ring/ring-access.ts'

const known = new Map<number, FoundMember>()

/** Members by number, the same for the same number; each in a prefix of its own, its number as its place. */
export function testMembers(names: readonly number[]): FoundMember[] {
  return names.map((name) => {
    const member = known.get(name) ?? createMember(name)
    known.set(name, member)
    return member
  })
}

function createMember(name: number): FoundMember {
  const key = createKeyPair(new SeededRandom(1_000 + name)).publicKey
  const address = new Address(Uint8Array.of(198, 18, name & 0xff, 1), 33_445)
  return { contact: { key, address }, place: name, isSelf: false, hasAnswered: false }
}
