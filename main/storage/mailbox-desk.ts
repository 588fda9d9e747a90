import type { Instant } from '../base/time.ts'
import type { PublicKey } from '../crypto/keys.ts'
import type { VerifyKey } from '../crypto/sign.ts'
import type { Contact } from '../ring/contact.ts'
import { decode, encodeView, type ValueOf } from '../wire/codec.ts'
import {
  DELETE_OUTCOME,
  deleteCommand,
  type deleted,
  fetchCommand,
  type FetchedRecord,
  getCommand,
  listedSlot,
  LISTED_SLOTS_MAX,
  type ListedSlot,
  type Listing,
  type MailboxRequest,
  type StorageKind,
} from '../wire/storage-packets.ts'
import { RENEWAL_BYTES, SIGNED_HEADER_BYTES, type SignedHeader, type TombstoneEntry } from '../wire/storage-record.ts'
import { listedSlotOf } from './listed-slot.ts'
import { isRequestAuthentic } from './mailbox-request.ts'
import { paidState } from './payments.ts'
import type { SlotContent } from './range-digest.ts'
import { isEntryAuthentic } from './record.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { Tokens } from './tokens.ts'
import type { Vault, VaultEntry } from './vault.ts'

/** isLast and the two counts of a listing. */
const LISTING_FRAME_BYTES = 3

type FetchCommand = ValueOf<typeof fetchCommand>
type DeleteAnswer = ValueOf<typeof deleted>

export type Given =
  | { readonly kind: 'record'; readonly record: FetchedRecord }
  | { readonly kind: 'header'; readonly signed: SignedHeader }

export interface MailboxDeskOptions {
  readonly vault: Vault
  readonly tokens: Tokens
  readonly selfKey: PublicKey
}

/**
 * Serves the owner of a mailbox: what lies in it, one record, and tombstones. Who cannot sign with the mailbox key, or
 * brings a token of another asker or another time, gets the same answer whether or not the mailbox exists.
 */
export class MailboxDesk {
  readonly #vault: Vault
  readonly #tokens: Tokens
  readonly #selfKey: PublicKey

  constructor({ vault, tokens, selfKey }: MailboxDeskOptions) {
    this.#vault = vault
    this.#tokens = tokens
    this.#selfKey = selfKey
  }

  /** A good token for a request that brings none; undefined: it does, and so comes from where it says. */
  tokenInstead({ token }: MailboxRequest, asker: Contact, now: Instant): Uint8Array | undefined {
    return this.#tokens.isGood(token, asker, now) ? undefined : this.#tokens.tokenFor(asker, now)
  }

  /** Whether a request is its mailbox owner's. */
  isOwners(kind: StorageKind, request: MailboxRequest): boolean {
    return isRequestAuthentic(kind, this.#selfKey, request)
  }

  /** roomBytes: how long the encoded listing may be. Throws DecodeError on a malformed command. */
  list(mailbox: VerifyKey, commandBytes: Uint8Array, roomBytes: number, now: Instant): Listing {
    const command = decode(fetchCommand, commandBytes)
    const entries = this.#vault
      .list(mailbox, now)
      .filter(({ slot }) => slot >= command.fromSlot)
      .sort((left, right) => left.slot - right.slot)
    const listingBytes = roomBytes - LISTING_FRAME_BYTES
    const contents = new Map<VaultEntry, SlotContent | undefined>()
    const read = (entry: VaultEntry) => {
      if (!contents.has(entry)) contents.set(entry, this.#vault.get(mailbox, entry.slot, now))
      return contents.get(entry)
    }
    const record = command.wantsBody ? firstNew(entries, command, roomBytes, read) : undefined
    const beside = record ? fitting(entries, listingBytes - fetchedRecordBytes(record), read) : []
    if (beside.length > 0) return { isLast: beside.length === entries.length, slots: beside, record }
    // A page that names no slot would be the last that is asked for: a record that leaves no room is for `get`.
    const slots = fitting(entries, listingBytes, read)
    return { isLast: slots.length === entries.length, slots, record: undefined }
  }

  /**
   * A record, or, where no body is wanted, the signed header of what lies there or was taken away from there: either
   * proves that somebody wrote to this slot. Throws DecodeError on a malformed command.
   */
  get(mailbox: VerifyKey, commandBytes: Uint8Array, now: Instant): Given | Refusal {
    const { slot, revision, wantsBody } = decode(getCommand, commandBytes)
    const content = this.#vault.get(mailbox, slot, now)
    const record = fetched(content)
    const signed = content?.kind === 'tombstone' ? content.tombstone.signed : record?.signed
    if (signed?.header.revision !== revision) return refuse('unknownRecord')
    if (!wantsBody) return { kind: 'header', signed }
    return record ? { kind: 'record', record } : refuse('unknownRecord')
  }

  /** Throws DecodeError on a malformed command. */
  delete(mailbox: VerifyKey, commandBytes: Uint8Array, now: Instant): DeleteAnswer & { buried: readonly VaultEntry[] } {
    const { entries } = decode(deleteCommand, commandBytes)
    const buried: VaultEntry[] = []
    const outcomes = entries.map((entry) => this.#bury(mailbox, entry, buried, now))
    return { outcomes, buried }
  }

  #bury(
    mailbox: VerifyKey,
    entry: TombstoneEntry,
    buried: VaultEntry[],
    now: Instant,
  ): DeleteAnswer['outcomes'][number] {
    const { slot } = entry
    const held = this.#vault.get(mailbox, slot, now)
    if (!held) return { slot, outcome: DELETE_OUTCOME.notHeld, standing: undefined }
    const signed = held.kind === 'tombstone' ? held.tombstone.signed : paidState(held.record.payments)?.signed
    const standing = held.kind === 'tombstone' ? held.tombstone.entry : undefined
    if (!signed || !isEntryAuthentic(entry, signed.header)) return { slot, outcome: DELETE_OUTCOME.refused, standing }
    const put = this.#vault.bury({ signed, entry }, now)
    if (put.kind === 'refused') return { slot, outcome: DELETE_OUTCOME.beaten, standing }
    if (put.kind === 'stored') buried.push(put.entry)
    return { slot, outcome: DELETE_OUTCOME.placed, standing: entry }
  }
}

type Read = (entry: VaultEntry) => SlotContent | undefined

function firstNew(
  entries: readonly VaultEntry[],
  { known }: FetchCommand,
  roomBytes: number,
  read: Read,
): FetchedRecord | undefined {
  const first = entries.find(
    ({ kind, slot, revision }) =>
      kind === 'record' && !known.some((other) => other.slot === slot && other.revision >= revision),
  )
  if (!first || first.lengthBytes + SIGNED_HEADER_BYTES > roomBytes) return undefined
  const record = fetched(read(first))
  return record && LISTING_FRAME_BYTES + fetchedRecordBytes(record) <= roomBytes ? record : undefined
}

function fitting(entries: readonly VaultEntry[], roomBytes: number, read: Read): ListedSlot[] {
  const slots: ListedSlot[] = []
  let left = roomBytes
  for (const entry of entries) {
    const content = read(entry)
    // The disk may no longer give it back.
    const slot = content && listedSlotOf(entry, content)
    if (!slot) continue
    left -= encodeView(listedSlot, slot).length
    if (left < 0 || slots.length === LISTED_SLOTS_MAX) break
    slots.push(slot)
  }
  return slots
}

/** A slot's record as its reader gets it; undefined for a tombstone. */
export function fetched(content: SlotContent | undefined): FetchedRecord | undefined {
  if (content?.kind !== 'record') return undefined
  const state = paidState(content.record.payments)
  return state && { signed: state.signed, renewal: state.renewal, body: content.record.body }
}

/** Bytes of an encoded fetchedRecord, its optional renewal's flag included. */
export function fetchedRecordBytes({ renewal, body }: FetchedRecord): number {
  return SIGNED_HEADER_BYTES + 1 + (renewal ? RENEWAL_BYTES : 0) + body.length
}
