import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Bootstrapd, type BootstrapPoint } from './bootstrapd.ts'
import { OurNode, OurPeer, type OurPeerOptions } from './our-peer.ts'
import { OurPerson } from './our-person.ts'
import type { Person } from './person.ts'
import { ToxPerson } from './tox-person.ts'
import { ToxPeer, type ToxPeerOptions } from './tox-peer.ts'

export type PersonKind = 'ours' | 'libtoxcore'
export type PairKinds = readonly [PersonKind, PersonKind]

export interface PairOptions {
  readonly point?: BootstrapPoint
  /** Asked for each of ours. */
  readonly ourOptions?: () => OurPeerOptions
}

/** Who may stand on which side, but for libtoxcore with itself. */
export const PAIRS: readonly PairKinds[] = [
  ['ours', 'libtoxcore'],
  ['libtoxcore', 'ours'],
  ['ours', 'ours'],
]

/** Two peers who are friends and online, and how each numbers the other. */
export interface PeerFriends {
  readonly alice: ToxPeer
  readonly bob: ToxPeer
  readonly bobOfAlice: number
  readonly aliceOfBob: number
}

/** What one test has started on this machine, so that nothing is left of it afterwards. */
export class LoopbackNetwork {
  readonly #endings: (() => Promise<unknown>)[] = []

  async startBootstrapd(motd?: string): Promise<Bootstrapd> {
    const bootstrapd = await Bootstrapd.start(motd)
    this.atEnd(() => bootstrapd.stop())
    return bootstrapd
  }

  async startPeer(options?: ToxPeerOptions): Promise<ToxPeer> {
    const peer = await ToxPeer.start(options)
    this.atEnd(() => peer.close())
    return peer
  }

  async startOurNode(options?: OurPeerOptions): Promise<OurNode> {
    const node = await OurNode.startNode(options)
    this.atEnd(() => node.close())
    return node
  }

  async startOurPeer(options?: OurPeerOptions): Promise<OurPeer> {
    const peer = await OurPeer.start(options)
    this.atEnd(() => peer.close())
    return peer
  }

  /** A person with our engine. */
  async startOurs(options: OurPeerOptions = {}): Promise<OurPerson> {
    return new OurPerson(await this.startOurPeer(options), this, options)
  }

  /** A person with libtoxcore. */
  async startTheirs(options?: ToxPeerOptions): Promise<ToxPerson> {
    return await ToxPerson.of(await this.startPeer(options), this)
  }

  /** `ourOptions` count for people of ours only. */
  startPerson(kind: PersonKind, ourOptions?: OurPeerOptions): Promise<Person> {
    return kind === 'ours' ? this.startOurs(ourOptions) : this.startTheirs()
  }

  /** Two people who know of nothing but one bootstrap node, by default a new tox-bootstrapd. */
  async startPair([first, second]: PairKinds, options: PairOptions = {}): Promise<[Person, Person, BootstrapPoint]> {
    const { point = await this.startBootstrapd(), ourOptions } = options
    const starts = [this.startPerson(first, ourOptions?.()), this.startPerson(second, ourOptions?.())] as const
    const pair: [Person, Person] = await Promise.all(starts)
    await Promise.all(pair.map((person) => person.bootstrap(point)))
    return [...pair, point]
  }

  /** Two new peers with one tox-bootstrapd between them who became friends by Tox ID. */
  async startFriends(): Promise<PeerFriends> {
    const bootstrapd = await this.startBootstrapd()
    const [alice, bob] = await Promise.all([this.startPeer(), this.startPeer()])
    await Promise.all([alice.bootstrap(bootstrapd), bob.bootstrap(bootstrapd)])
    const bobOfAlice = await alice.add(bob.toxId, 'hello')
    const aliceOfBob = await bob.accept((await bob.waitFor('friendRequest')).publicKey)
    await Promise.all([alice.waitUntilOnline(bobOfAlice), bob.waitUntilOnline(aliceOfBob)])
    return { alice, bob, bobOfAlice, aliceOfBob }
  }

  async folder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'ampoule-interop-'))
    this.atEnd(() => rm(folder, { recursive: true, force: true }))
    return folder
  }

  atEnd(ending: () => Promise<unknown>): void {
    this.#endings.push(ending)
  }

  /** Ends everything, the latest first. Every ending is tried; the first error is thrown. */
  async end(): Promise<void> {
    const errors: unknown[] = []
    for (const ending of this.#endings.splice(0).reverse()) await ending().catch((error: unknown) => errors.push(error))
    if (errors.length > 0) throw errors[0]
  }
}
