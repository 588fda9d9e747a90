import type Sqlite from 'better-sqlite3'
import { ByteReader } from '../base/byte-reader.ts'
import { ByteWriter } from '../base/byte-writer.ts'
import { fromHex, toHex, utf8Decode, utf8Encode } from '../base/bytes.ts'
import type { Instant } from '../base/time.ts'
import type { DeliveryStepRow, MessageRow, MessageStateChange, NewMessage, StoredContent } from './message-row.ts'
import type { ColumnCipher } from './column-cipher.ts'
import type { Friends } from './friends.ts'

interface Raw {
  readonly id: number
  readonly friend_id: number
  readonly message_id: Uint8Array | null
  readonly is_outgoing: number
  readonly sequence: number | null
  readonly sent_at: number
  readonly state: string
  readonly reason: string | null
  readonly held: number | null
  readonly wanted: number | null
  readonly expires_at: number | null
  readonly is_read: number
  readonly sealed: Uint8Array
}

const PURPOSE = 'messages'

/** The conversations. Methods that write run inside the caller's transaction. */
export class Messages {
  readonly #cipher: ColumnCipher
  readonly #friends: Friends
  readonly #insert: Sqlite.Statement
  readonly #fill: Sqlite.Statement
  readonly #forgetSequences: Sqlite.Statement
  readonly #setState: Sqlite.Statement
  readonly #onTheirWay: Sqlite.Statement<[], Pick<Raw, 'id' | 'state'>>
  readonly #settle: Sqlite.Statement
  readonly #addStep: Sqlite.Statement
  readonly #byId: Sqlite.Statement<[number], Raw>
  readonly #byMessageId: Sqlite.Statement<[Uint8Array], Raw>
  readonly #bySequence: Sqlite.Statement<[number, number], Raw>
  readonly #page: Sqlite.Statement<[number, number, number], Raw>
  readonly #after: Sqlite.Statement<[number, number], Raw>
  readonly #afterOfFriend: Sqlite.Statement<[number, number, number], Raw>
  readonly #setContent: Sqlite.Statement<[Uint8Array, number]>
  readonly #delete: Sqlite.Statement<[number]>
  readonly #hasStep: Sqlite.Statement<[number, string], { found: number }>
  readonly #steps: Sqlite.Statement<[number], DeliveryStepRow>
  readonly #markRead: Sqlite.Statement<[number, number], { message_id: Uint8Array | null }>
  readonly #unread: Sqlite.Statement<[number], { count: number }>

  constructor(db: Sqlite.Database, cipher: ColumnCipher, friends: Friends) {
    this.#cipher = cipher
    this.#friends = friends
    this.#insert = db.prepare(
      `INSERT INTO messages (friend_id, message_id, is_outgoing, sequence, sent_at, state, reason, is_read, sealed)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    this.#fill = db.prepare(
      'UPDATE messages SET message_id = ?, sent_at = ?, reason = NULL, is_read = 0, sealed = ? WHERE id = ?',
    )
    this.#forgetSequences = db.prepare('UPDATE messages SET sequence = NULL WHERE sequence IS NOT NULL')
    this.#setState = db.prepare(
      'UPDATE messages SET state = ?, reason = ?, held = ?, wanted = ?, expires_at = ? WHERE id = ?',
    )
    this.#onTheirWay = db.prepare(
      `SELECT id, state FROM messages
       WHERE is_outgoing = 1 AND state IN ('queued', 'proving', 'storing', 'stored') ORDER BY id`,
    )
    this.#settle = db.prepare('UPDATE messages SET state = ?, reason = ? WHERE id = ?')
    this.#addStep = db.prepare('INSERT INTO delivery_steps (row_id, at, state, reason) VALUES (?, ?, ?, ?)')
    this.#byId = db.prepare('SELECT * FROM messages WHERE id = ?')
    this.#byMessageId = db.prepare('SELECT * FROM messages WHERE message_id = ?')
    this.#bySequence = db.prepare('SELECT * FROM messages WHERE friend_id = ? AND sequence = ? AND is_outgoing = 0')
    this.#page = db.prepare('SELECT * FROM messages WHERE friend_id = ? AND id < ? ORDER BY id DESC LIMIT ?')
    this.#after = db.prepare('SELECT * FROM messages WHERE id > ? ORDER BY id LIMIT ?')
    this.#afterOfFriend = db.prepare('SELECT * FROM messages WHERE friend_id = ? AND id > ? ORDER BY id LIMIT ?')
    this.#setContent = db.prepare('UPDATE messages SET sealed = ? WHERE id = ?')
    this.#delete = db.prepare('DELETE FROM messages WHERE id = ?')
    this.#hasStep = db.prepare('SELECT EXISTS (SELECT 1 FROM delivery_steps WHERE row_id = ? AND state = ?) AS found')
    this.#steps = db.prepare('SELECT at, state, reason FROM delivery_steps WHERE row_id = ? ORDER BY rowid')
    this.#markRead = db.prepare(
      `UPDATE messages SET is_read = 1 WHERE friend_id = ? AND id <= ? AND is_outgoing = 0 AND is_read = 0
       RETURNING message_id`,
    )
    this.#unread = db.prepare(
      'SELECT count(*) AS count FROM messages WHERE friend_id = ? AND is_outgoing = 0 AND is_read = 0',
    )
  }

  /** Adds a message and its first step; returns its row id. */
  insert(message: NewMessage): number {
    const { lastInsertRowid } = this.#insert.run(
      this.#friends.idOf(message.friend),
      message.messageId === undefined ? null : fromHex(message.messageId),
      message.isOutgoing ? 1 : 0,
      message.sequence ?? null,
      message.sentAt,
      message.state,
      message.reason ?? null,
      message.isOutgoing ? 1 : 0,
      this.#seal(message.content),
    )
    const id = Number(lastInsertRowid)
    this.#addStep.run(id, message.sentAt, message.state, message.reason ?? null)
    return id
  }

  /** Adds a received message, or fills the place that was kept for its sequence, but no other; returns its row id. */
  insertIncoming(message: NewMessage & { readonly sequence: number; readonly messageId: string }): number {
    const kept = this.#bySequence.get(this.#friends.idOf(message.friend), message.sequence)
    if (!kept) return this.insert(message)
    if (kept.message_id) return this.insert({ ...message, sequence: undefined })
    this.#fill.run(fromHex(message.messageId), message.sentAt, this.#seal(message.content), kept.id)
    return kept.id
  }

  /** Keeps the place of a message that did not come; returns its row id, or that of what stands in its place by now. */
  insertMissing({ friend, sequence, at }: { friend: string; sequence: number; at: Instant }): number {
    const known = this.#bySequence.get(this.#friends.idOf(friend), sequence)
    if (known) return known.id
    return this.insert({
      friend,
      messageId: undefined,
      isOutgoing: false,
      sequence,
      content: { kind: 'missing', text: '' },
      sentAt: at,
      state: 'received',
      reason: 'message-missing',
    })
  }

  /**
   * Own messages that were on their way when all that was known of their way went: of those that were stored or about to
   * be nobody can tell any more whether they were read; the others go nowhere. Returns their row ids.
   */
  settleLost(at: Instant): number[] {
    return this.#onTheirWay.all().map(({ id, state }) => {
      const isKept = state === 'storing' || state === 'stored'
      const [settled, reason] = isKept ? ['expired', 'not-known-whether-read'] : ['failed', null]
      this.#settle.run(settled, reason, id)
      this.#addStep.run(id, at, settled, reason)
      return id
    })
  }

  /** Numbers of senders to an identity that is gone: those to the next one begin anew. */
  forgetSequences(): void {
    this.#forgetSequences.run()
  }

  /** Changes the state of an own message and notes the step if state or reason differ; returns its row id if known. */
  setState(change: MessageStateChange): number | undefined {
    const row = this.#byMessageId.get(fromHex(change.messageId))
    if (!row) return undefined
    const isStep = row.state !== change.state || (row.reason ?? undefined) !== change.reason
    this.#setState.run(
      change.state,
      change.reason ?? null,
      change.copies?.held ?? row.held,
      change.copies?.wanted ?? row.wanted,
      change.expiresAt ?? row.expires_at,
      row.id,
    )
    if (isStep) this.#addStep.run(row.id, change.at, change.state, change.reason ?? null)
    return row.id
  }

  /** Gives an own message other words; returns its row id if known. */
  setContent(messageId: string, content: StoredContent): number | undefined {
    const row = this.#byMessageId.get(fromHex(messageId))
    if (row) this.#setContent.run(this.#seal(content), row.id)
    return row?.id
  }

  /** Whether a message has been in this state before. */
  hasBeen(id: number, state: string): boolean {
    return this.#hasStep.get(id, state)?.found === 1
  }

  remove(id: number): void {
    this.#delete.run(id)
  }

  get(id: number): MessageRow | undefined {
    const raw = this.#byId.get(id)
    return raw && this.#row(raw)
  }

  getByMessageId(messageId: string): MessageRow | undefined {
    const raw = this.#byMessageId.get(fromHex(messageId))
    return raw && this.#row(raw)
  }

  /** The newest `limit` before `beforeId`, oldest first. */
  list(friend: string, beforeId: number, limit: number): MessageRow[] {
    return this.#page
      .all(this.#friends.idOf(friend), beforeId, limit)
      .map((raw) => this.#row(raw))
      .reverse()
  }

  /** The oldest `limit` after `afterId`, oldest first. */
  listAfter(friend: string, afterId: number, limit: number): MessageRow[] {
    return this.#afterOfFriend.all(this.#friends.idOf(friend), afterId, limit).map((raw) => this.#row(raw))
  }

  /** Up to `limit` messages about one of them, oldest first; half of them before it where there are as many. */
  around({ id, friend }: Pick<MessageRow, 'id' | 'friend'>, limit: number): MessageRow[] {
    const before = this.list(friend, id, limit - 1)
    const from = this.listAfter(friend, id - 1, limit)
    const wantedBefore = Math.max(Math.floor(limit / 2), limit - from.length)
    const kept = before.slice(Math.max(0, before.length - wantedBefore))
    return [...kept, ...from.slice(0, limit - kept.length)]
  }

  newest(friend: string): MessageRow | undefined {
    return this.list(friend, BEFORE_ALL, 1)[0]
  }

  /** Up to `limit` messages of all friends with ids above `afterId`, in order: for the search index. */
  after(afterId: number, limit: number): MessageRow[] {
    return this.#after.all(afterId, limit).map((raw) => this.#row(raw))
  }

  steps(id: number): DeliveryStepRow[] {
    return this.#steps.all(id)
  }

  /** Marks received messages up to `upToId` as read; returns the message ids of those that were not. */
  markRead(friend: string, upToId: number): string[] {
    return this.#markRead
      .all(this.#friends.idOf(friend), upToId)
      .flatMap(({ message_id }) => (message_id ? [toHex(message_id)] : []))
  }

  unreadCount(friend: string): number {
    return this.#unread.get(this.#friends.idOf(friend))?.count ?? 0
  }

  #row(raw: Raw): MessageRow {
    return {
      id: raw.id,
      friend: this.#friends.keyOf(raw.friend_id) ?? '',
      messageId: raw.message_id ? toHex(raw.message_id) : undefined,
      isOutgoing: raw.is_outgoing === 1,
      content: decodeContent(this.#cipher.open(PURPOSE, raw.sealed)),
      sentAt: raw.sent_at,
      state: raw.state,
      reason: raw.reason ?? undefined,
      copies: raw.held === null || raw.wanted === null ? undefined : { held: raw.held, wanted: raw.wanted },
      expiresAt: raw.expires_at ?? undefined,
      isRead: raw.is_read === 1,
    }
  }

  #seal(content: StoredContent): Uint8Array {
    return this.#cipher.seal(PURPOSE, encodeContent(content))
  }
}

const CONTENT_KINDS = ['text', 'action', 'file', 'missing'] as const

function encodeContent(content: StoredContent): Uint8Array {
  const text = utf8Encode(content.text)
  const writer = new ByteWriter(text.length + (content.bytes?.length ?? 0) + 8)
  writer.u8(CONTENT_KINDS.indexOf(content.kind))
  writer.u32(text.length)
  writer.bytes(text)
  if (content.bytes) writer.bytes(content.bytes)
  return writer.finish()
}

function decodeContent(plain: Uint8Array): StoredContent {
  const reader = new ByteReader(plain)
  const kind = CONTENT_KINDS[reader.u8()] ?? 'missing'
  const text = utf8Decode(reader.bytes(reader.u32()))
  return kind === 'file' ? { kind, text, bytes: reader.rest().slice() } : { kind, text }
}

/** The moment before which nothing was sent: `list` without `beforeId` starts here. */
export const BEFORE_ALL: Instant = Number.MAX_SAFE_INTEGER
