import { utf8Encode } from '../base/bytes.ts'
import type { BootstrapPoint } from './bootstrapd.ts'
import { keyOf, type OurPeer, type OurPeerOptions } from './our-peer.ts'
import { assertDone, type FileNews } from './our-files.ts'
import type { MessageKind, UserStatus } from './peer-events.ts'
import type { FileControl, FileEnd, FriendNews, OfferedFile, Person, ReceivedText } from './person.ts'

/** Who starts the person again. */
export interface OurHome {
  startOurs(options?: OurPeerOptions): Promise<Person>
}

/** A person with our engine. */
export class OurPerson implements Person {
  readonly peer: OurPeer
  readonly #home: OurHome
  readonly #options: OurPeerOptions

  constructor(peer: OurPeer, home: OurHome, options: OurPeerOptions) {
    this.peer = peer
    this.#home = home
    this.#options = options
  }

  readonly isOurs = true

  get toxId(): string {
    return this.peer.toxId
  }

  get publicKey(): string {
    return this.peer.publicKey
  }

  async bootstrap(point: BootstrapPoint): Promise<void> {
    this.peer.bootstrap(point)
  }

  async add(toxId: string, text: string): Promise<void> {
    this.peer.add(toxId, text)
  }

  async nextRequest(): Promise<{ publicKey: string; text: string }> {
    const { sender, message } = await this.peer.waitFor('friendRequest')
    return { publicKey: sender.hex, text: textOf(message) }
  }

  async accept(publicKey: string): Promise<void> {
    this.peer.accept(publicKey)
  }

  waitUntilOnline(friend: string): Promise<void> {
    return this.peer.waitUntilOnline(friend)
  }

  async waitUntilOffline(friend: string): Promise<void> {
    await this.peer.waitFor('friendOffline', (event) => event.friend.hex === friend)
  }

  async setName(text: string): Promise<void> {
    this.peer.act((messenger, now) => messenger.setName(utf8Encode(text), now))
  }

  async setStatusMessage(text: string): Promise<void> {
    this.peer.act((messenger, now) => messenger.setStatusMessage(utf8Encode(text), now))
  }

  async setStatus(status: UserStatus): Promise<void> {
    this.peer.act((messenger, now) => messenger.setStatus(status, now))
  }

  async setTyping(friend: string, typing: boolean): Promise<void> {
    this.peer.act((messenger, now) => messenger.setTyping(keyOf(friend), typing, now))
  }

  async waitForNews(friend: string, news: FriendNews): Promise<void> {
    const { peer } = this
    const isFrom = (event: { readonly friend: { readonly hex: string } }): boolean => event.friend.hex === friend
    if (news.kind === 'name') {
      await peer.waitFor('nameChanged', (event) => isFrom(event) && textOf(event.name) === news.text)
    } else if (news.kind === 'statusMessage') {
      const isNews = (text: Uint8Array): boolean => textOf(text) === news.text
      await peer.waitFor('statusMessageChanged', (event) => isFrom(event) && isNews(event.statusMessage))
    } else if (news.kind === 'status') {
      await peer.waitFor('statusChanged', (event) => isFrom(event) && event.status === news.status)
    } else {
      await peer.waitFor('typingChanged', (event) => isFrom(event) && event.isTyping === news.typing)
    }
  }

  async send(friend: string, text: string, kind: MessageKind = 'message'): Promise<number> {
    return this.peer.send(friend, text, kind)
  }

  async sendBurst(friend: string, prefix: string, count: number): Promise<readonly number[]> {
    return Array.from({ length: count }, (_, at) => this.peer.send(friend, `${prefix}${at}`))
  }

  async nextMessage(friend: string): Promise<ReceivedText> {
    const { messageKind, text } = await this.peer.mail('incoming', friend)
    return { kind: messageKind, text: textOf(text) }
  }

  async nextReceipt(friend: string): Promise<number> {
    return (await this.peer.mail('delivered', friend)).number
  }

  receiptsSoFar(friend: string): readonly number[] {
    return this.peer.disk.news.untaken.flatMap((news) =>
      news.kind === 'delivered' && news.friend === friend ? [news.number] : [],
    )
  }

  sendFile(friend: string, path: string, name: string, stopAt: number): Promise<number> {
    return this.peer.sendFile(friend, path, name, stopAt)
  }

  goOn(file: number): void {
    this.peer.goOn(file)
  }

  async nextOffer(friend: string): Promise<OfferedFile> {
    const { transferId, name, size } = await this.peer.waitFor('fileOffered', (event) => event.friend.hex === friend)
    return { file: transferId, name: textOf(name), size: size ?? -1 }
  }

  async acceptFile(_friend: string, file: number, path: string): Promise<void> {
    this.peer.files.receive(file, path)
    assertDone(
      'accept',
      this.peer.act(({ files }, now) => files.accept(file, now)),
    )
  }

  async controlFile(_friend: string, file: number, control: FileControl): Promise<void> {
    assertDone(
      control,
      this.peer.act(({ files }, now) => files[control](file, now)),
    )
    if (control === 'cancel') this.peer.files.forget(file)
  }

  async waitForControl(_friend: string, file: number, control: FileControl): Promise<void> {
    await this.#news('control', (news) => news.file === file && news.control === control)
  }

  async waitForProgress(_friend: string, file: number): Promise<void> {
    await this.#news('progress', (news) => news.file === file)
  }

  progressSoFar(file: number): number {
    return this.peer.files.news.untaken.filter((news) => news.kind === 'progress' && news.file === file).length
  }

  fileSent(_friend: string, file: number): Promise<FileEnd> {
    return this.#news('sent', (news) => news.file === file)
  }

  fileReceived(_friend: string, file: number): Promise<FileEnd> {
    return this.#news('received', (news) => news.file === file)
  }

  async keep(): Promise<() => Promise<Person>> {
    const profile = this.peer.snapshot()
    return () => this.#home.startOurs({ ...this.#options, profile, disk: this.peer.disk })
  }

  wakeAfter(sleptMs: number): void {
    this.peer.wakeAfter(sleptMs)
  }

  crash(): Promise<void> {
    return this.peer.crash()
  }

  async #news<Kind extends FileNews['kind']>(
    kind: Kind,
    matches: (news: Extract<FileNews, { readonly kind: Kind }>) => boolean,
  ): Promise<Extract<FileNews, { readonly kind: Kind }>> {
    const isWanted = (news: FileNews): boolean =>
      news.kind === kind && matches(news as Extract<FileNews, { readonly kind: Kind }>)
    // `take` gives what it was asked for.
    return (await this.peer.files.news.take(`${kind} of a file`, isWanted)) as Extract<
      FileNews,
      { readonly kind: Kind }
    >
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8')
}
