import { utf8Decode } from '../base/bytes.ts'
import type { Instant } from '../base/time.ts'
import type { NewMessage, StoredContent } from '../db/message-row.ts'
import type { ProfileDatabase } from '../db/profile-database.ts'
import type { Change, EngineEvent, MessageChange, MessageContent } from '../engine/events.ts'
import type { UserEngine } from '../engine/user-engine.ts'
import type { FileTransfers } from './file-transfers.ts'
import { timestampOf } from './views.ts'

export type MessageNews = 'message' | 'stored' | 'collected'

/** What the bridge tells its host; friends are public keys in hex, rows are ids of the history. */
export interface BridgeListener {
  messageChanged(rowId: number): void
  /** A message came, or an own one was stored or collected for the first time. */
  messageNews(kind: MessageNews, rowId: number): void
  progressChanged(messageId: string, progress: number): void
  friendChanged(publicKey: string): void
  /** isNew   false where the same person asked before and has no answer yet */
  friendRequested(request: { publicKey: string; message: string; receivedAt: string }, isNew: boolean): void
  networkChanged(): void
  storageChanged(): void
  /** Something that the savefile keeps has changed. */
  profileChanged(): void
}

/** Turns what the engine wants kept into rows, in one transaction a turn, and what it tells into news. */
export class EventBridge {
  readonly #database: ProfileDatabase
  readonly #files: FileTransfers
  readonly #listener: BridgeListener

  constructor(database: ProfileDatabase, files: FileTransfers, listener: BridgeListener) {
    this.#database = database
    this.#files = files
    this.#listener = listener
  }

  /** Drains the engine: changes to disk first, then what waited for them, until nothing is left. */
  drain(engine: UserEngine, now: Instant): void {
    do {
      while (this.#persist(engine, now));
    } while (this.#tellOne(engine, now))
  }

  /** What an event makes its owner do may bring more changes, which go to disk before the next is told. */
  #tellOne(engine: UserEngine, now: Instant): boolean {
    const event = engine.pollEvent()
    if (event) this.#handle(event, now)
    return event !== undefined
  }

  #persist(engine: UserEngine, now: Instant): boolean {
    const first = engine.pollChange()
    if (!first) return false
    const pending = [first]
    for (let next = engine.pollChange(); next; next = engine.pollChange()) pending.push(next)
    const { rowIds, news } = this.#write(pending.map(({ change }) => change))
    for (const { sequence } of pending) engine.persisted(sequence, now)
    for (const rowId of rowIds) this.#listener.messageChanged(rowId)
    for (const [rowId, kind] of news) this.#listener.messageNews(kind, rowId)
    return true
  }

  /** One transaction; erased and replaced keys are gone from the log before anything depends on it. */
  #write(changes: readonly Change[]): Written {
    const written = this.#database.transaction(() => {
      const rowIds = new Set<number>()
      const news = new Map<number, MessageNews>()
      for (const { writes, messages } of changes) {
        for (const { key, value } of writes) this.#database.engineState.write(key, value)
        for (const message of messages) {
          const kind = this.#newsOf(message)
          const rowId = this.#writeMessage(message)
          if (rowId === undefined) continue
          rowIds.add(rowId)
          if (kind) news.set(rowId, kind)
        }
      }
      return { rowIds, news }
    })
    if (changes.some(({ writes }) => writes.length > 0)) this.#database.checkpoint()
    for (const rowId of written.rowIds) this.#database.reindex(rowId)
    return written
  }

  /** What a change will be news of, asked before it is written. */
  #newsOf(change: MessageChange): MessageNews | undefined {
    if (change.kind === 'incoming') return 'message'
    if (change.kind !== 'state' || (change.state !== 'stored' && change.state !== 'collected')) return undefined
    const row = this.#database.messages.getByMessageId(change.messageId)
    return row && !this.#database.messages.hasBeen(row.id, change.state) ? change.state : undefined
  }

  #writeMessage(change: MessageChange): number | undefined {
    const { messages } = this.#database
    switch (change.kind) {
      case 'outgoing':
        return messages.insert({ ...rowOf(change), isOutgoing: true, state: change.state, reason: change.reason })
      case 'incoming': {
        const { sequence, messageId } = change
        return messages.insertIncoming({ ...rowOf(change), isOutgoing: false, state: 'received', sequence, messageId })
      }
      case 'edited':
        return messages.setContent(change.messageId, storedContent(change.content))
      case 'missing':
        return messages.insertMissing({ friend: change.friend, sequence: change.sequence, at: change.atMs })
      case 'state':
        return messages.setState({
          messageId: change.messageId,
          state: change.state,
          reason: change.reason,
          copies: change.copies,
          expiresAt: change.expiresAtMs,
          at: change.atMs,
        })
    }
  }

  #handle(event: EngineEvent, now: Instant): void {
    if ('transferId' in event) {
      this.#files.handleEvent(event, now)
      return
    }
    switch (event.kind) {
      case 'friendRequest': {
        const publicKey = event.sender.hex
        const message = utf8Decode(event.message)
        const isNew = this.#database.friends.putRequest({ publicKey, message, receivedAt: now })
        this.#listener.friendRequested({ publicKey, message, receivedAt: timestampOf(now) }, isNew)
        return
      }
      case 'friendOnline':
      case 'friendOffline':
        this.#database.friends.setLastSeen(event.friend.hex, now)
        this.#listener.friendChanged(event.friend.hex)
        if (event.kind === 'friendOnline') this.#files.handleFriendOnline(event.friend.hex, now)
        else this.#files.handleFriendOffline(event.friend.hex, now)
        return
      case 'nameChanged':
      case 'statusMessageChanged':
      case 'statusChanged':
      case 'typingChanged':
      case 'friendState':
        this.#listener.friendChanged(event.friend.hex)
        return
      case 'progress':
        this.#listener.progressChanged(event.messageId, event.total > 0 ? event.done / event.total : 0)
        return
      case 'connected':
      case 'dhtConnected':
      case 'membersChanged':
      case 'roleChanged':
        this.#listener.networkChanged()
        return
      case 'vaultChanged':
        this.#listener.storageChanged()
        return
      case 'changed':
        this.#listener.profileChanged()
        return
      case 'message':
      case 'custom':
      case 'receipt':
      case 'unreceipted': // The offline engine has taken these: what they mean comes as changes.
    }
  }
}

interface Written {
  readonly rowIds: ReadonlySet<number>
  readonly news: ReadonlyMap<number, MessageNews>
}

function rowOf(
  change: Extract<MessageChange, { kind: 'outgoing' | 'incoming' }>,
): Pick<NewMessage, 'friend' | 'messageId' | 'content' | 'sentAt'> {
  const { friend, messageId, content, sentAtMs } = change
  return { friend, messageId, content: storedContent(content), sentAt: sentAtMs }
}

function storedContent(content: MessageContent): StoredContent {
  if (content.kind !== 'file') return { kind: content.kind, text: utf8Decode(content.text) }
  return { kind: 'file', text: utf8Decode(content.name), bytes: content.bytes }
}
