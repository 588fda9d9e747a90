import { ExpiringMap } from '../base/expiring-map.ts'
import { LruMap } from '../base/lru-map.ts'
import { DAY_MS, HOUR_MS, type Instant } from '../base/time.ts'
import type { Contact } from '../ring/contact.ts'

const REFUSED_FOR_MS = DAY_MS
const REFUSED_MAX = 4_096
const KNOWN_MAX = 4_096
/** A record may be too young to be everywhere once or twice. */
const STRIKES_MAX = 3
/** So much of what a bringer gave first others must have too, before less of it is asked for elsewhere. */
const PROOFS_WANTED = 8
/** Everything that an offerer known for less long brings is checked elsewhere. */
const NEW_FOR_MS = HOUR_MS

/** Who brought what it should not have, and since when we know whom. The longest forgotten goes first. */
export class OffererBook {
  readonly #refused = new ExpiringMap<string, true>(REFUSED_FOR_MS, REFUSED_MAX, 'upkeep: forgive offerers')
  readonly #watched = new ExpiringMap<string, true>(REFUSED_FOR_MS, REFUSED_MAX, 'upkeep: trust bringers')
  readonly #strikes = new ExpiringMap<string, number>(REFUSED_FOR_MS, REFUSED_MAX, 'upkeep: forget strikes')
  readonly #knownSince = new LruMap<string, Instant>(KNOWN_MAX)
  readonly #proofs = new LruMap<string, number>(KNOWN_MAX)

  /** We had to do with this node. */
  note({ key }: Contact, now: Instant): void {
    if (this.#knownSince.get(key.hex) === undefined) this.#knownSince.set(key.hex, now)
  }

  isNew({ key }: Contact, now: Instant): boolean {
    return now - (this.#knownSince.get(key.hex) ?? now) < NEW_FOR_MS
  }

  /**
   * Nothing is taken from this node for a day, nor, on the internet, from its machine under another key.
   *
   * isAddressProved   false: anybody can write an honest node's address on a datagram, so the key alone is refused
   */
  refuse(offerer: Contact, isAddressProved: boolean, now: Instant): void {
    const names = isAddressProved ? namesOf(offerer) : [offerer.key.hex]
    for (const name of names) this.#refused.set(name, true, now)
  }

  /**
   * It had something that nobody else has, which may be a depositor's fault or its own: for a day everything that it
   * brings is checked elsewhere, and then it begins anew.
   */
  watch(bringer: Contact, now: Instant): void {
    this.#watched.set(bringer.key.hex, true, now)
    this.#proofs.delete(bringer.key.hex)
  }

  isWatched({ key }: Contact, now: Instant): boolean {
    this.#watched.expire(now)
    return this.#watched.has(key.hex, now)
  }

  /** What it gave is what holders in two other rings have. */
  noteProof({ key }: Contact): void {
    const count = this.#proofs.get(key.hex) ?? 0
    if (count < PROOFS_WANTED) this.#proofs.set(key.hex, count + 1)
  }

  /** The first things that it gave were all good. */
  isProven({ key }: Contact): boolean {
    return (this.#proofs.get(key.hex) ?? 0) >= PROOFS_WANTED
  }

  /** Something was wrong that may have been chance; the third time in a day it was not. Returns whether it is refused. */
  strike(offerer: Contact, isAddressProved: boolean, now: Instant): boolean {
    this.#strikes.expire(now)
    const count = (this.#strikes.get(offerer.key.hex, now) ?? 0) + 1
    this.#strikes.set(offerer.key.hex, count, now)
    if (count >= STRIKES_MAX) this.refuse(offerer, isAddressProved, now)
    return count >= STRIKES_MAX
  }

  isRefused(offerer: Contact, now: Instant): boolean {
    this.#refused.expire(now)
    return namesOf(offerer).some((name) => this.#refused.has(name, now))
  }
}

function namesOf({ key, address }: Contact): string[] {
  return address.isLan ? [key.hex] : [key.hex, address.host]
}
