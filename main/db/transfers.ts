import type Sqlite from 'better-sqlite3'
import { utf8Decode, utf8Encode } from '../base/bytes.ts'
import type { Instant } from '../base/time.ts'
import type { ColumnCipher } from './column-cipher.ts'
import type { Friends } from './friends.ts'

/** What is sealed of a transfer. */
export interface TransferFile {
  readonly name: string
  /** undefined: the sender did not say. */
  readonly sizeBytes?: number | undefined
  readonly transferredBytes: number
  /** The source of an own file, or where a received one lies. */
  readonly path?: string | undefined
  /** The number of that file in its file system, while it grows: another file at the same path is none of ours. */
  readonly inode?: string | undefined
  /** What the friend knows the file by, on another connection as well: 32 bytes in upper-case hex. */
  readonly fileId?: string | undefined
  /** When it was last changed, as its file system says: the source at the offer, what came at the break. */
  readonly modifiedAt?: number | undefined
  /** So much of what came is on the disk for sure. */
  readonly syncedBytes?: number | undefined
  /** Since when the transfer waits for the friend. */
  readonly brokeOffAt?: Instant | undefined
  /** The source does not outlive the app. */
  readonly isUpload?: boolean | undefined
  /** How it ended here while the friend could not hear of it: an offer of the same file is answered with that. */
  readonly unheard?: 'cancelled' | 'finished' | undefined
  /** Why it ended as it did, and in the system's words where it is about the file. */
  readonly reason?: string | undefined
  readonly detail?: string | undefined
}

/** A file transfer to add. `friend` is a public key in upper-case hex. */
export interface NewTransfer {
  readonly friend: string
  readonly isOutgoing: boolean
  /** The newest message of the conversation when it was offered, 0 if there was none: its place is after that. */
  readonly afterMessageId: number
  readonly startedAt: Instant
  readonly state: string
  readonly isRead: boolean
  readonly file: TransferFile
}

export interface TransferRow extends NewTransfer {
  readonly id: number
}

/** Places in a conversation: after the messages with these ids and all between; 0 is before all. */
export interface Places {
  readonly from: number
  readonly to: number
}

const ALL_PLACES: Places = { from: 0, to: Number.MAX_SAFE_INTEGER }

interface Raw {
  readonly id: number
  readonly friend_id: number
  readonly is_outgoing: number
  readonly after_message_id: number
  readonly started_at: number
  readonly state: string
  readonly is_read: number
  readonly sealed: Uint8Array
}

const PURPOSE = 'file_transfers'

/** Files of one friend that never came, kept as history: the friend makes these without the person doing anything. */
const NOT_RECEIVED_MAX = 500

/** Later offers never stand before earlier ones: this is the order of ids as well. */
export const PAGE_SQL = `
  SELECT * FROM file_transfers WHERE friend_id = ? AND after_message_id BETWEEN ? AND ? AND id < ?
  ORDER BY after_message_id DESC, id DESC LIMIT ?`

/** A friend's offer is compared with so many of what came before. */
const RECENT_COUNT = 20

/** So many are looked at together where all are. */
const PAGE_COUNT = 500

/** Asks in the words of its index. */
export const UNFINISHED_SQL = `
  SELECT * FROM file_transfers WHERE state NOT IN ('finished', 'cancelled', 'failed') ORDER BY id`

/** File transfers, under way and over. Methods that write run inside the caller's transaction, if there is one. */
export class Transfers {
  readonly #cipher: ColumnCipher
  readonly #friends: Friends
  readonly #insert: Sqlite.Statement
  readonly #update: Sqlite.Statement<[string, number, Uint8Array, number]>
  readonly #byId: Sqlite.Statement<[number], Raw>
  readonly #page: Sqlite.Statement<[number, number, number, number, number], Raw>
  readonly #after: Sqlite.Statement<[number, number], Raw>
  readonly #unfinished: Sqlite.Statement<[], Raw>
  readonly #markRead: Sqlite.Statement<[number, number], { readonly id: number }>
  readonly #unread: Sqlite.Statement<[number], { readonly count: number }>
  readonly #delete: Sqlite.Statement<[number]>
  readonly #prune: Sqlite.Statement<[number, number], { readonly id: number }>

  constructor(db: Sqlite.Database, cipher: ColumnCipher, friends: Friends) {
    this.#cipher = cipher
    this.#friends = friends
    this.#insert = db.prepare(
      `INSERT INTO file_transfers (friend_id, is_outgoing, after_message_id, started_at, state, is_read, sealed)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    )
    this.#update = db.prepare('UPDATE file_transfers SET state = ?, is_read = ?, sealed = ? WHERE id = ?')
    this.#byId = db.prepare('SELECT * FROM file_transfers WHERE id = ?')
    this.#page = db.prepare(PAGE_SQL)
    this.#after = db.prepare('SELECT * FROM file_transfers WHERE id > ? ORDER BY id LIMIT ?')
    this.#unfinished = db.prepare(UNFINISHED_SQL)
    this.#markRead = db.prepare(
      'UPDATE file_transfers SET is_read = 1 WHERE friend_id = ? AND id <= ? AND is_read = 0 RETURNING id',
    )
    this.#unread = db.prepare('SELECT count(*) AS count FROM file_transfers WHERE friend_id = ? AND is_read = 0')
    this.#delete = db.prepare('DELETE FROM file_transfers WHERE id = ?')
    this.#prune = db.prepare(
      `DELETE FROM file_transfers WHERE id IN (
         SELECT id FROM file_transfers
         WHERE friend_id = ? AND is_outgoing = 0 AND state IN ('cancelled', 'failed')
         ORDER BY id DESC LIMIT -1 OFFSET ?
       ) RETURNING id`,
    )
  }

  insert(transfer: NewTransfer): TransferRow {
    const { lastInsertRowid } = this.#insert.run(
      this.#friends.idOf(transfer.friend),
      transfer.isOutgoing ? 1 : 0,
      transfer.afterMessageId,
      transfer.startedAt,
      transfer.state,
      transfer.isRead ? 1 : 0,
      this.#seal(transfer.file),
    )
    return { ...transfer, id: Number(lastInsertRowid) }
  }

  /** Keeps what can change of a transfer: its state, whether it was seen, and what is known of the file. */
  update({ id, state, isRead, file }: TransferRow): void {
    this.#update.run(state, isRead ? 1 : 0, this.#seal(file), id)
  }

  get(id: number): TransferRow | undefined {
    const raw = this.#byId.get(id)
    return raw && this.#row(raw)
  }

  /** The newest `limit` of a friend before `beforeId` that stand at these places, oldest first. */
  list(friend: string, beforeId: number, limit: number, { from, to } = ALL_PLACES): TransferRow[] {
    return this.#page
      .all(this.#friends.idOf(friend), from, to, beforeId, limit)
      .map((raw) => this.#row(raw))
      .reverse()
  }

  newest(friend: string): TransferRow | undefined {
    return this.list(friend, Number.MAX_SAFE_INTEGER, 1)[0]
  }

  /** The newest that a friend offered as this file, of this size, among the last few of the conversation. */
  offeredBefore(friend: string, fileId: string, sizeBytes: number | undefined): TransferRow | undefined {
    return this.list(friend, Number.MAX_SAFE_INTEGER, RECENT_COUNT).findLast(
      ({ isOutgoing, file }) => !isOutgoing && file.fileId === fileId && file.sizeBytes === sizeBytes,
    )
  }

  /** What is under way goes on no more, and no offer is known again: nobody is to know by an id who had the file. */
  forgetFileIds(): void {
    let rows = this.after(0, PAGE_COUNT)
    for (; rows.length > 0; rows = this.after(rows.at(-1)?.id ?? 0, PAGE_COUNT)) {
      const named = rows.filter(({ file }) => file.fileId !== undefined)
      for (const row of named) this.update({ ...row, file: { ...row.file, fileId: undefined } })
    }
  }

  /** Up to `limit` of all friends with ids above `afterId`, in order: for the search index. */
  after(afterId: number, limit: number): TransferRow[] {
    return this.#after.all(afterId, limit).map((raw) => this.#row(raw))
  }

  /** Those that had not come to an end. */
  unfinished(): TransferRow[] {
    return this.#unfinished.all().map((raw) => this.#row(raw))
  }

  /** Marks those up to `upToId` as seen; returns the ids of those that were not. */
  markRead(friend: string, upToId: number): number[] {
    return this.#markRead.all(this.#friends.idOf(friend), upToId).map(({ id }) => id)
  }

  unreadCount(friend: string): number {
    return this.#unread.get(this.#friends.idOf(friend))?.count ?? 0
  }

  remove(id: number): void {
    this.#delete.run(id)
  }

  /** Removes the oldest of those from a friend that never came, as far as there are too many; returns their ids. */
  prune(friend: string): number[] {
    return this.#prune.all(this.#friends.idOf(friend), NOT_RECEIVED_MAX).map(({ id }) => id)
  }

  #row(raw: Raw): TransferRow {
    return {
      id: raw.id,
      friend: this.#friends.keyOf(raw.friend_id) ?? '',
      isOutgoing: raw.is_outgoing === 1,
      afterMessageId: raw.after_message_id,
      startedAt: raw.started_at,
      state: raw.state,
      isRead: raw.is_read === 1,
      file: JSON.parse(utf8Decode(this.#cipher.open(PURPOSE, raw.sealed))) as TransferFile,
    }
  }

  #seal(file: TransferFile): Uint8Array {
    return this.#cipher.seal(PURPOSE, utf8Encode(JSON.stringify(file)))
  }
}
