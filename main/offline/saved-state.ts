import { DecodeError } from '../base/byte-reader.ts'
import { fromHex } from '../base/bytes.ts'
import type { Counters } from '../base/counters.ts'
import type { Instant } from '../base/time.ts'
import { KEY_BYTES, PublicKey } from '../crypto/keys.ts'
import type { Deletions } from './deletions.ts'
import { Epoch } from './epoch.ts'
import type { KnownMessages } from './known-messages.ts'
import type { OfflineFriend } from './offline-friend.ts'
import type { Outbox } from './outbox.ts'
import { OutboxEntry } from './outbox-entry.ts'
import type { PartBox } from './part-box.ts'

interface Row {
  /** The parts of the key after the family. */
  readonly path: readonly string[]
  readonly value: Uint8Array
}

/**
 * The rows of an earlier run, by family: the first part of a key. A row that cannot be read is left out and counted: the
 * rest of the profile is worth more than none.
 */
export class SavedState {
  readonly #families = new Map<string, Row[]>()
  readonly #counters: Counters

  constructor(rows: ReadonlyMap<string, Uint8Array>, counters: Counters) {
    this.#counters = counters
    for (const [key, value] of rows) {
      const [family = '', ...path] = key.split('/')
      const known = this.#families.get(family)
      if (known) known.push({ path, value })
      else this.#families.set(family, [{ path, value }])
    }
  }

  /** Every friend of whom there is a row. */
  friends(): PublicKey[] {
    const keys = new Map<string, PublicKey>()
    for (const { path } of this.#of('friend')) {
      this.#reading(() => {
        const bytes = fromHex(path[0] ?? '')
        if (bytes.length !== KEY_BYTES) throw new DecodeError('no key of a friend')
        const key = new PublicKey(bytes)
        keys.set(key.hex, key)
      })
    }
    return [...keys.values()]
  }

  epochs(friend: string): Epoch[] {
    return this.#of('epoch', friend).flatMap(({ path, value }) => {
      const [, id = ''] = path
      const send = this.#value('send', friend, id)
      const receive = this.#value('receive', friend, id)
      return this.#reading(() => Epoch.restored(value, send, receive)) ?? []
    })
  }

  restoreKnown(friend: string, known: KnownMessages): void {
    const rows = this.#of('known', friend).map(({ path, value }) => ({ number: Number(path[1]), value }))
    for (const { number, value } of rows.sort((left, right) => left.number - right.number)) {
      this.#reading(() => known.restore(number, value))
    }
  }

  restoreFriend(friend: OfflineFriend, now: Instant): void {
    const { hex } = friend
    const rows: [string, (value: Uint8Array) => void][] = [
      ['friend', (value) => friend.restore(value)],
      ['reads', (value) => friend.restoreReads(value)],
      ['order', (value) => friend.order.restoreOrder(value)],
      ['held', (value) => friend.order.restoreHeld(value, now)],
    ]
    for (const [family, restore] of rows) {
      for (const { value } of this.#of(family, hex)) this.#reading(() => restore(value))
    }
  }

  restoreParts(friend: string, box: PartBox): void {
    for (const { value } of this.#of('part', friend)) this.#reading(() => box.restore(value))
  }

  restoreDeletions(deletions: Deletions, now: Instant): void {
    for (const { path, value } of this.#of('collect')) {
      this.#reading(() => deletions.restore(path[0] ?? '', value, now))
    }
  }

  restoreOutbox(outbox: Outbox): void {
    for (const { path, value } of this.#of('entry')) {
      const entry = this.#reading(() => OutboxEntry.restored(value))
      if (!entry) continue
      const [id = ''] = path
      this.#restoreEntryParts(entry, id)
      // Without its content nothing can be done with it but to delete copies.
      if (entry.content.length > 0 || entry.state === 'delivered') outbox.restore(entry)
      else this.#counters.add('offline.rowsUnreadable')
    }
    for (const { path, value } of this.#of('done')) {
      this.#reading(() => outbox.settled.restore(path[0] ?? '', value))
    }
  }

  #restoreEntryParts(entry: OutboxEntry, id: string): void {
    const content = this.#value('content', id)
    if (content) this.#reading(() => entry.restoreContent(content))
    for (let index = 0; index < (entry.placement?.parts.length ?? 0); index += 1) {
      const sealed = this.#value('sealed', id, String(index))
      const receipts = this.#value('receipts', id, String(index))
      if (sealed) this.#reading(() => entry.restorePart(sealed, receipts))
    }
    // Without all of its bytes it has to be sealed anew.
    if (entry.parts.length !== (entry.placement?.parts.length ?? 0)) entry.isPlaced = false
  }

  #of(family: string, owner?: string): readonly Row[] {
    const rows = this.#families.get(family) ?? []
    return owner === undefined ? rows : rows.filter(({ path }) => path[0] === owner)
  }

  #value(family: string, ...path: readonly string[]): Uint8Array | undefined {
    return this.#of(family).find((row) => row.path.length === path.length && row.path.every((at, i) => at === path[i]))
      ?.value
  }

  #reading<T>(read: () => T): T | undefined {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      this.#counters.add('offline.rowsUnreadable')
      return undefined
    }
  }
}
