import { concat, toHex } from '../base/bytes.ts'
import type { Instant } from '../base/time.ts'
import { decode, encode } from '../wire/codec.ts'
import { KEY_LIFE_MS } from './epochs.ts'
import type { Journal } from './journal.ts'
import { CURRENT, partRow } from './state-rows.ts'
import type { ValueOf } from '../wire/codec.ts'

/** Parts of one friend that wait for others; past it the oldest message goes, which SENDER then sends directly. */
const BYTES_MAX = 4 * 1_048_576
const PARTS_MAX = 128

/** A part as it is on disk: opened, with what deletes its record once the message is whole. */
export type StoredPart = Omit<ValueOf<typeof partRow>, 'version'>

/** Parts of one friend's larger messages, until all of a message are there. */
export class PartBox {
  readonly #friend: string
  readonly #journal: Journal
  readonly #messages = new Map<string, StoredPart[]>()
  #bytes = 0
  #count = 0

  constructor(friend: string, journal: Journal) {
    this.#friend = friend
    this.#journal = journal
  }

  /** Throws DecodeError. */
  restore(row: Uint8Array): void {
    this.#keep(detached(decode(partRow, row)))
  }

  get count(): number {
    return this.#count
  }

  /** Keeps a part; returns all parts of its message, in order, if it was the last: they are no longer kept then. */
  add(part: StoredPart): readonly StoredPart[] | undefined {
    const parts = this.#messages.get(toHex(part.messageId)) ?? []
    const isOther = parts.some((known) => known.partCount !== part.partCount || known.partIndex === part.partIndex)
    if (isOther) return undefined
    this.#keep(detached(part))
    const all = this.#messages.get(toHex(part.messageId)) ?? []
    if (all.length === part.partCount) {
      this.#drop(toHex(part.messageId))
      return [...all].sort((left, right) => left.partIndex - right.partIndex)
    }
    this.#journal.write(this.#key(part), encode(partRow, { ...CURRENT, ...part }))
    this.#keepWithinBounds()
    return undefined
  }

  /** The parts of a message that came whole another way; they are no longer kept. */
  take(messageId: Uint8Array): readonly StoredPart[] {
    return this.#drop(toHex(messageId))
  }

  /** Drops parts whose message was never completed. */
  expire(now: Instant): void {
    for (const [messageId, parts] of this.#messages) {
      if (parts.every(({ openedAt }) => now - openedAt >= KEY_LIFE_MS)) this.#drop(messageId)
    }
  }

  eraseAll(): void {
    for (const messageId of this.#messages.keys()) this.#drop(messageId)
  }

  #keep(part: StoredPart): void {
    const messageId = toHex(part.messageId)
    this.#messages.set(messageId, [...(this.#messages.get(messageId) ?? []), part])
    this.#bytes += part.part.length
    this.#count += 1
  }

  #keepWithinBounds(): void {
    for (const messageId of this.#messages.keys()) {
      if (this.#bytes <= BYTES_MAX && this.#count <= PARTS_MAX) return
      this.#drop(messageId)
    }
  }

  #drop(messageId: string): readonly StoredPart[] {
    const parts = this.#messages.get(messageId) ?? []
    this.#messages.delete(messageId)
    for (const part of parts) {
      this.#bytes -= part.part.length
      this.#count -= 1
      this.#journal.erase(this.#key(part))
    }
    return parts
  }

  #key({ messageId, partIndex }: StoredPart): string {
    return `part/${this.#friend}/${toHex(messageId)}/${partIndex}`
  }
}

export function joined(parts: readonly StoredPart[]): Uint8Array {
  return concat(...parts.map(({ part }) => part))
}

function detached(part: StoredPart): StoredPart {
  return {
    ...part,
    messageId: part.messageId.slice(),
    epochId: part.epochId.slice(),
    bodyHash: part.bodyHash.slice(),
    collectSecret: part.collectSecret.slice(),
    part: part.part.slice(),
  }
}
