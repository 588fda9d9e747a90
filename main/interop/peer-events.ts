export type Connection = 'none' | 'tcp' | 'udp'
export type UserStatus = 'none' | 'away' | 'busy'
export type MessageKind = 'message' | 'action'
export type FileKind = 'data' | 'avatar'

interface OfFriend {
  /** libtoxcore's number of the friend, whole from 0. */
  readonly friend: number
}

/** A text as its UTF-8 reads, and as it came. */
interface Text {
  readonly text: string
  readonly textHex: string
}

interface OfFile extends OfFriend {
  /** libtoxcore's number of the transfer: below 65,536 for those that it sends. */
  readonly file: number
}

interface FileDone extends OfFile {
  readonly complete: boolean
  /** Bytes of the whole file. */
  readonly size: number
  /** Upper-case hex, of the whole content. */
  readonly sha256: string
}

/** Everything that the peer reports unasked; written by peer/events.c, files.c and main.c. */
export interface PeerEvents {
  readonly ready: { readonly udpPort: number }
  readonly failed: { readonly reason: string }
  readonly selfConnection: { readonly connection: Connection }
  readonly friendRequest: Text & { readonly publicKey: string }
  readonly friendConnection: OfFriend & { readonly connection: Connection }
  readonly friendName: OfFriend & Text
  readonly friendStatusMessage: OfFriend & Text
  readonly friendStatus: OfFriend & { readonly status: UserStatus }
  readonly friendTyping: OfFriend & { readonly typing: boolean }
  readonly message: OfFriend & Text & { readonly kind: MessageKind }
  readonly receipt: OfFriend & { readonly message: number }
  readonly lossless: OfFriend & { readonly packet: string }
  readonly lossy: OfFriend & { readonly packet: string }
  /** `text` is the file's name; `size` is -1 for a stream. */
  readonly fileOffer: OfFile & Text & { readonly kind: FileKind; readonly size: number; readonly fileId: string }
  readonly fileControl: OfFile & { readonly control: 'resume' | 'pause' | 'cancel' }
  /** About every 64 KiB. */
  readonly fileProgress: OfFile & { readonly position: number }
  readonly fileSent: FileDone
  readonly fileReceived: FileDone
}

export type PeerEventName = keyof PeerEvents
export type PeerEvent = { readonly [Name in PeerEventName]: PeerEvents[Name] & { readonly event: Name } }[PeerEventName]
export type PeerEventOf<Name extends PeerEventName> = Extract<PeerEvent, { readonly event: Name }>

export type PeerReply = Readonly<Record<string, unknown>> & { readonly reply: number; readonly error?: string }

/** Reads one line of the peer. Each `...Hex` member gets a twin that holds it as text: `textHex` and `text`. */
export function parsePeerLine(line: string): PeerEvent | PeerReply {
  const value: unknown = JSON.parse(line, (_key, member: unknown) => (isRecord(member) ? withTexts(member) : member))
  if (!isRecord(value) || (typeof value['event'] !== 'string' && typeof value['reply'] !== 'number')) {
    throw new Error(`not a line of the peer: ${line.slice(0, 200)}`)
  }
  // Both ends are ours and built together: the name of the event vouches for its members.
  return value as PeerEvent | PeerReply
}

function withTexts(record: Record<string, unknown>): Record<string, unknown> {
  for (const [key, value] of Object.entries(record)) {
    if (!key.endsWith('Hex') || typeof value !== 'string') continue
    record[key.slice(0, -'Hex'.length)] = Buffer.from(value, 'hex').toString('utf8')
  }
  return record
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
