import type Sqlite from 'better-sqlite3'
import { utf8Decode, utf8Encode } from '../base/bytes.ts'
import type { Instant } from '../base/time.ts'
import type { ColumnCipher } from './column-cipher.ts'

export interface FriendRequestRow {
  readonly publicKey: string
  readonly message: string
  readonly receivedAt: Instant
}

/** Strangers can send requests at will: the oldest goes when there are more. */
export const FRIEND_REQUEST_COUNT_MAX = 100

interface FriendValue {
  readonly publicKey: string
  /** When we last had her online, or saw her go; undefined: never here. */
  readonly lastSeenAt?: Instant | undefined
  readonly draft?: string | undefined
  readonly ttlSeconds?: number | undefined
}

/** Friends and friend requests; names and states live in the Tox savefile. */
export class Friends {
  readonly #cipher: ColumnCipher
  readonly #byId = new Map<number, FriendValue>()
  readonly #idByKey = new Map<string, number>()
  readonly #insert: Sqlite.Statement<[Uint8Array, Uint8Array]>
  readonly #update: Sqlite.Statement<[Uint8Array, number]>
  readonly #delete: Sqlite.Statement<[number]>
  readonly #putRequest: Sqlite.Statement<[Uint8Array, Instant, Uint8Array]>
  readonly #hasRequest: Sqlite.Statement<[Uint8Array], unknown>
  readonly #trimRequests: Sqlite.Statement<[number]>
  readonly #deleteRequest: Sqlite.Statement<[Uint8Array]>
  readonly #requests: Sqlite.Statement<[], { received_at: number; sealed: Uint8Array }>

  constructor(db: Sqlite.Database, cipher: ColumnCipher) {
    this.#cipher = cipher
    this.#insert = db.prepare('INSERT INTO friends (fingerprint, sealed) VALUES (?, ?)')
    this.#update = db.prepare('UPDATE friends SET sealed = ? WHERE id = ?')
    this.#delete = db.prepare('DELETE FROM friends WHERE id = ?')
    this.#putRequest = db.prepare(
      `INSERT INTO friend_requests (fingerprint, received_at, sealed) VALUES (?, ?, ?)
       ON CONFLICT (fingerprint) DO UPDATE SET received_at = excluded.received_at, sealed = excluded.sealed`,
    )
    this.#hasRequest = db.prepare('SELECT 1 FROM friend_requests WHERE fingerprint = ?')
    this.#trimRequests = db.prepare(
      `DELETE FROM friend_requests WHERE fingerprint NOT IN
         (SELECT fingerprint FROM friend_requests ORDER BY received_at DESC LIMIT ?)`,
    )
    this.#deleteRequest = db.prepare('DELETE FROM friend_requests WHERE fingerprint = ?')
    this.#requests = db.prepare('SELECT received_at, sealed FROM friend_requests ORDER BY received_at')
    const all: Sqlite.Statement<[], { id: number; sealed: Uint8Array }> = db.prepare('SELECT id, sealed FROM friends')
    for (const { id, sealed } of all.iterate()) this.#remember(id, decodeFriend(cipher.open('friends', sealed)))
  }

  /** The row of a friend, made when she is first mentioned. */
  idOf(publicKey: string): number {
    const known = this.#idByKey.get(publicKey)
    if (known !== undefined) return known
    const fingerprint = this.#cipher.fingerprint('friends', utf8Encode(publicKey))
    const { lastInsertRowid } = this.#insert.run(fingerprint, this.#seal({ publicKey }))
    this.#remember(Number(lastInsertRowid), { publicKey })
    return Number(lastInsertRowid)
  }

  keyOf(id: number): string | undefined {
    return this.#byId.get(id)?.publicKey
  }

  lastSeenAt(publicKey: string): Instant | undefined {
    return this.#valueOf(publicKey)?.lastSeenAt
  }

  setLastSeen(publicKey: string, at: Instant): void {
    this.#change(publicKey, { lastSeenAt: at })
  }

  /** What was written to her and not sent yet. */
  draft(publicKey: string): string {
    return this.#valueOf(publicKey)?.draft ?? ''
  }

  setDraft(publicKey: string, text: string): void {
    this.#change(publicKey, { draft: text === '' ? undefined : text })
  }

  /** How long messages to her wait; undefined: as the setting says. */
  ttlSeconds(publicKey: string): number | undefined {
    return this.#valueOf(publicKey)?.ttlSeconds
  }

  setTtl(publicKey: string, ttlSeconds: number | undefined): void {
    this.#change(publicKey, { ttlSeconds })
  }

  /** Removes a friend and all messages with her. */
  remove(publicKey: string): void {
    const id = this.#idByKey.get(publicKey)
    if (id === undefined) return
    this.#delete.run(id)
    this.#byId.delete(id)
    this.#idByKey.delete(publicKey)
  }

  /** Returns whether nobody had asked under this key: who has no answer yet asks again after each start. */
  putRequest(request: FriendRequestRow): boolean {
    const value = utf8Encode(JSON.stringify({ publicKey: request.publicKey, message: request.message }))
    const fingerprint = this.#cipher.fingerprint('friend_requests', utf8Encode(request.publicKey))
    const isNew = this.#hasRequest.get(fingerprint) === undefined
    this.#putRequest.run(fingerprint, request.receivedAt, this.#cipher.seal('friend_requests', value))
    this.#trimRequests.run(FRIEND_REQUEST_COUNT_MAX)
    return isNew
  }

  removeRequest(publicKey: string): boolean {
    const fingerprint = this.#cipher.fingerprint('friend_requests', utf8Encode(publicKey))
    return this.#deleteRequest.run(fingerprint).changes > 0
  }

  /** Oldest first. */
  requests(): FriendRequestRow[] {
    return this.#requests.all().map(({ received_at, sealed }) => {
      const value = JSON.parse(utf8Decode(this.#cipher.open('friend_requests', sealed))) as FriendRequestRow
      return { publicKey: value.publicKey, message: value.message, receivedAt: received_at }
    })
  }

  #valueOf(publicKey: string): FriendValue | undefined {
    const id = this.#idByKey.get(publicKey)
    return id === undefined ? undefined : this.#byId.get(id)
  }

  #change(publicKey: string, change: Omit<FriendValue, 'publicKey'>): void {
    const id = this.idOf(publicKey)
    const value = { ...this.#valueOf(publicKey), ...change, publicKey }
    this.#update.run(this.#seal(value), id)
    this.#remember(id, value)
  }

  #seal(value: FriendValue): Uint8Array {
    return this.#cipher.seal('friends', utf8Encode(JSON.stringify(value)))
  }

  #remember(id: number, value: FriendValue): void {
    this.#byId.set(id, value)
    this.#idByKey.set(value.publicKey, id)
  }
}

function decodeFriend(plain: Uint8Array): FriendValue {
  return JSON.parse(utf8Decode(plain)) as FriendValue
}
