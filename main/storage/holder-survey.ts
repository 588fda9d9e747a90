import { equalBytes } from '../base/bytes.ts'
import { randomBytes } from '../base/random.ts'
import type { Instant } from '../base/time.ts'
import type { PublicKey } from '../crypto/keys.ts'
import type { Contact } from '../ring/contact.ts'
import type { FoundMember } from '../ring/ring-access.ts'
import { encode } from '../wire/codec.ts'
import {
  CHECK_NONCE_BYTES,
  SLOT_STANDING,
  type SlotStanding,
  SLOTS_PER_CHECK_MAX,
  slotsCheck,
  slotsProof,
  UPKEEP_KIND,
} from '../wire/upkeep-packets.ts'
import { askedSlotOf, digestOfSlot } from './check.ts'
import { tryDecode } from './try-decode.ts'
import type { UpkeepParts } from './upkeep-parts.ts'
import type { VaultEntry } from './vault.ts'

/** What one node has of one slot. `silent`: it did not answer. `failed`: it says that it has it and cannot prove it. */
export type Finding = SlotStanding | 'silent' | 'failed'

export interface Found {
  readonly member: FoundMember
  readonly finding: Finding
}

/** What the other first nodes of a place have of one of our slots, nearest first. */
export interface Survey {
  readonly entry: VaultEntry
  readonly found: readonly Found[]
}

export function isHeldBy({ finding }: Found): boolean {
  return finding === SLOT_STANDING.held || finding === SLOT_STANDING.heldForOtherRing
}

export function holdersOf({ found }: Survey): PublicKey[] {
  return found.filter(isHeldBy).map(({ member }) => member.contact.key)
}

/** Asks holders for proof of single slots. */
export class HolderSurvey {
  readonly #parts: UpkeepParts

  constructor(parts: UpkeepParts) {
    this.#parts = parts
  }

  /** Asks all of `members` about up to 32 slots. `then` hears each slot's survey. */
  run(
    ring: number,
    entries: readonly VaultEntry[],
    members: readonly FoundMember[],
    now: Instant,
    then: (surveys: readonly Survey[], now: Instant) => void,
  ): void {
    const asked = entries.slice(0, SLOTS_PER_CHECK_MAX)
    const findings = new Map<FoundMember, readonly Finding[]>()
    const finish = (at: Instant): void => {
      const surveys = asked.map((entry, index) => ({
        entry,
        found: members.map((member) => ({ member, finding: findings.get(member)?.[index] ?? 'silent' })),
      }))
      then(surveys, at)
    }
    if (members.length === 0 || asked.length === 0) return finish(now)
    for (const member of members) {
      this.check(ring, asked, member.contact, now, (result, at) => {
        findings.set(member, result)
        if (findings.size === members.length) finish(at)
      })
    }
  }

  /** Asks one node about up to 32 slots. */
  check(
    ring: number,
    entries: readonly VaultEntry[],
    holder: Contact,
    now: Instant,
    then: (findings: readonly Finding[], now: Instant) => void,
  ): void {
    const nonce = randomBytes(this.#parts.random, CHECK_NONCE_BYTES)
    const body = encode(slotsCheck, { ring, nonce, slots: entries.map((entry) => askedSlotOf(entry, ring)) })
    this.#parts.asks.ask(holder, UPKEEP_KIND.slotsCheck, body, now, (reply, at) => {
      const answer = reply?.kind === UPKEEP_KIND.slotsProof ? tryDecode(slotsProof, reply.body) : undefined
      const findings = entries.map((entry, index): Finding => {
        const slot = answer?.slots[index]
        if (!slot) return 'silent'
        if (slot.standing === SLOT_STANDING.notHeld || slot.standing === SLOT_STANDING.differs) return slot.standing
        return this.#isProof(entry, slot.digest, nonce, holder.key, at) ? slot.standing : 'failed'
      })
      then(findings, at)
    })
  }

  #isProof(entry: VaultEntry, digest: Uint8Array, nonce: Uint8Array, holder: PublicKey, now: Instant): boolean {
    const { node, rings } = this.#parts
    const own = digestOfSlot(node.vault, entry, { nonce, asker: rings.selfKey, holder }, now)
    return own !== undefined && equalBytes(own, digest)
  }
}
