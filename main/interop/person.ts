import type { BootstrapPoint } from './bootstrapd.ts'
import type { MessageKind, UserStatus } from './peer-events.ts'

/** What a friend lets others know. */
export type FriendNews =
  | { readonly kind: 'name'; readonly text: string }
  | { readonly kind: 'statusMessage'; readonly text: string }
  | { readonly kind: 'status'; readonly status: UserStatus }
  | { readonly kind: 'typing'; readonly typing: boolean }

export interface ReceivedText {
  readonly kind: MessageKind
  readonly text: string
}

export interface OfferedFile {
  /** Number of the transfer. */
  readonly file: number
  readonly name: string
  readonly size: number
}

export interface FileEnd {
  readonly complete: boolean
  /** Upper-case hex, of the whole content. */
  readonly sha256: string
}

export type FileControl = 'resume' | 'pause' | 'cancel'

/**
 * A Tox user, be it ours or libtoxcore's, so that each test is written once for both. Friends are named by their public
 * keys in upper-case hex. Every wait takes one event, past or to come.
 */
export interface Person {
  /** Our engine keeps messages until they are delivered; above libtoxcore that is the client's part. */
  readonly isOurs: boolean
  readonly toxId: string
  readonly publicKey: string
  bootstrap(point: BootstrapPoint): Promise<void>
  add(toxId: string, text: string): Promise<void>
  nextRequest(): Promise<{ readonly publicKey: string; readonly text: string }>
  accept(publicKey: string): Promise<void>
  waitUntilOnline(friend: string): Promise<void>
  waitUntilOffline(friend: string): Promise<void>

  setName(text: string): Promise<void>
  setStatusMessage(text: string): Promise<void>
  setStatus(status: UserStatus): Promise<void>
  setTyping(friend: string, typing: boolean): Promise<void>
  waitForNews(friend: string, news: FriendNews): Promise<void>

  /** Returns the number that the receipt will name. Throws if the text is too long. */
  send(friend: string, text: string, kind?: MessageKind): Promise<number>
  /** `prefix0`, `prefix1`, … at one go. */
  sendBurst(friend: string, prefix: string, count: number): Promise<readonly number[]>
  nextMessage(friend: string): Promise<ReceivedText>
  /** Receipts come in the order of sending. */
  nextReceipt(friend: string): Promise<number>
  /** Takes the receipts that are here already. */
  receiptsSoFar(friend: string): readonly number[]

  /**
   * Returns the number of the transfer. Ours sends nothing past `stopAt` bytes before `goOn`, so that pausing and
   * cancelling find it under way; libtoxcore takes its time by itself.
   */
  sendFile(friend: string, path: string, name: string, stopAt: number): Promise<number>
  goOn(file: number): void
  nextOffer(friend: string): Promise<OfferedFile>
  acceptFile(friend: string, file: number, path: string): Promise<void>
  controlFile(friend: string, file: number, control: FileControl): Promise<void>
  /** The other side's doing; taking an offer is a `resume`. */
  waitForControl(friend: string, file: number, control: FileControl): Promise<void>
  /** Some 64 KiB more have come. */
  waitForProgress(friend: string, file: number): Promise<void>
  /** How many such steps nobody has waited for. */
  progressSoFar(file: number): number
  fileSent(friend: string, file: number): Promise<FileEnd>
  fileReceived(friend: string, file: number): Promise<FileEnd>

  /** Puts on disk what a client keeps there. Returns how to come back with it after a crash. */
  keep(): Promise<() => Promise<Person>>
  /** Dies without a word to anybody. */
  crash(): Promise<void>
}

/** Two people who have bootstrapped become friends: `alice` asks by Tox ID, `bob` accepts. Returns when each sees the other. */
export async function befriend(alice: Person, bob: Person, text = 'hello'): Promise<{ readonly requestText: string }> {
  await alice.add(bob.toxId, text)
  const request = await bob.nextRequest()
  await bob.accept(request.publicKey)
  await Promise.all([alice.waitUntilOnline(bob.publicKey), bob.waitUntilOnline(alice.publicKey)])
  return { requestText: request.text }
}
