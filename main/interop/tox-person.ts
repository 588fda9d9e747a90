import { join } from 'node:path'
import type { BootstrapPoint } from './bootstrapd.ts'
import type { MessageKind, PeerEventName, PeerEventOf, UserStatus } from './peer-events.ts'
import type { FileControl, FileEnd, FriendNews, OfferedFile, Person, ReceivedText } from './person.ts'
import type { ToxPeer, ToxPeerOptions } from './tox-peer.ts'

/** Who starts the person again. */
export interface TheirHome {
  folder(): Promise<string>
  startTheirs(options?: ToxPeerOptions): Promise<Person>
}

/** A person with libtoxcore. */
export class ToxPerson implements Person {
  readonly #peer: ToxPeer
  readonly #home: TheirHome
  /** By public key. */
  readonly #numbers = new Map<string, number>()

  private constructor(peer: ToxPeer, home: TheirHome) {
    this.#peer = peer
    this.#home = home
  }

  static async of(peer: ToxPeer, home: TheirHome): Promise<ToxPerson> {
    const person = new ToxPerson(peer, home)
    for (const { publicKey, friend } of await peer.friends()) person.#numbers.set(publicKey, friend)
    return person
  }

  readonly isOurs = false

  get toxId(): string {
    return this.#peer.toxId
  }

  get publicKey(): string {
    return this.#peer.publicKey
  }

  bootstrap(point: BootstrapPoint): Promise<void> {
    return this.#peer.bootstrap(point)
  }

  async add(toxId: string, text: string): Promise<void> {
    this.#numbers.set(toxId.slice(0, 64), await this.#peer.add(toxId, text))
  }

  async nextRequest(): Promise<{ publicKey: string; text: string }> {
    const { publicKey, text } = await this.#peer.waitFor('friendRequest')
    return { publicKey, text }
  }

  async accept(publicKey: string): Promise<void> {
    this.#numbers.set(publicKey, await this.#peer.accept(publicKey))
  }

  async waitUntilOnline(friend: string): Promise<void> {
    await this.#of(friend, 'friendConnection', ({ connection }) => connection !== 'none')
  }

  async waitUntilOffline(friend: string): Promise<void> {
    await this.#of(friend, 'friendConnection', ({ connection }) => connection === 'none')
  }

  setName(text: string): Promise<void> {
    return this.#peer.setName(text)
  }

  setStatusMessage(text: string): Promise<void> {
    return this.#peer.setStatusMessage(text)
  }

  setStatus(status: UserStatus): Promise<void> {
    return this.#peer.setStatus(status)
  }

  setTyping(friend: string, typing: boolean): Promise<void> {
    return this.#peer.setTyping(this.#numberOf(friend), typing)
  }

  async waitForNews(friend: string, news: FriendNews): Promise<void> {
    if (news.kind === 'name') await this.#of(friend, 'friendName', ({ text }) => text === news.text)
    else if (news.kind === 'statusMessage')
      await this.#of(friend, 'friendStatusMessage', ({ text }) => text === news.text)
    else if (news.kind === 'status') await this.#of(friend, 'friendStatus', ({ status }) => status === news.status)
    else await this.#of(friend, 'friendTyping', ({ typing }) => typing === news.typing)
  }

  send(friend: string, text: string, kind: MessageKind = 'message'): Promise<number> {
    return this.#peer.send(this.#numberOf(friend), text, kind)
  }

  sendBurst(friend: string, prefix: string, count: number): Promise<readonly number[]> {
    return this.#peer.sendBurst(this.#numberOf(friend), prefix, count)
  }

  async nextMessage(friend: string): Promise<ReceivedText> {
    const { kind, text } = await this.#of(friend, 'message')
    return { kind, text }
  }

  async nextReceipt(friend: string): Promise<number> {
    return (await this.#of(friend, 'receipt')).message
  }

  receiptsSoFar(friend: string): readonly number[] {
    const number = this.#numberOf(friend)
    const here = this.#peer.untakenEvents.filter((event) => event.event === 'receipt' && event.friend === number)
    return here.flatMap((event) => (event.event === 'receipt' ? [event.message] : []))
  }

  sendFile(friend: string, path: string, name: string): Promise<number> {
    return this.#peer.sendFile(this.#numberOf(friend), path, { name })
  }

  goOn(): void {}

  async nextOffer(friend: string): Promise<OfferedFile> {
    const { file, text: name, size } = await this.#of(friend, 'fileOffer')
    return { file, name, size }
  }

  acceptFile(friend: string, file: number, path: string): Promise<void> {
    return this.#peer.acceptFile(this.#numberOf(friend), file, path)
  }

  async controlFile(friend: string, file: number, control: FileControl): Promise<void> {
    const number = this.#numberOf(friend)
    if (control === 'pause') await this.#peer.pauseFile(number, file)
    else if (control === 'resume') await this.#peer.resumeFile(number, file)
    else await this.#peer.cancelFile(number, file)
  }

  async waitForControl(friend: string, file: number, control: FileControl): Promise<void> {
    await this.#of(friend, 'fileControl', (event) => event.file === file && event.control === control)
  }

  async waitForProgress(friend: string, file: number): Promise<void> {
    await this.#of(friend, 'fileProgress', (event) => event.file === file)
  }

  progressSoFar(file: number): number {
    return this.#peer.untakenEvents.filter((event) => event.event === 'fileProgress' && event.file === file).length
  }

  fileSent(friend: string, file: number): Promise<FileEnd> {
    return this.#of(friend, 'fileSent', (event) => event.file === file)
  }

  fileReceived(friend: string, file: number): Promise<FileEnd> {
    return this.#of(friend, 'fileReceived', (event) => event.file === file)
  }

  async keep(): Promise<() => Promise<Person>> {
    const load = join(await this.#home.folder(), 'kept.tox')
    await this.#peer.save(load)
    return () => this.#home.startTheirs({ load })
  }

  crash(): Promise<void> {
    return this.#peer.crash()
  }

  #of<Name extends PeerEventName>(
    friend: string,
    name: Name,
    matches: (event: PeerEventOf<Name>) => boolean = () => true,
  ): Promise<PeerEventOf<Name>> {
    const number = this.#numberOf(friend)
    return this.#peer.waitFor(name, (event) => 'friend' in event && event.friend === number && matches(event))
  }

  #numberOf(friend: string): number {
    const number = this.#numbers.get(friend)
    if (number === undefined) throw new Error(`no friend of libtoxcore's: ${friend}`)
    return number
  }
}
