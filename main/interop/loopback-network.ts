import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Bootstrapd } from './bootstrapd.ts'
import { ToxPeer, type ToxPeerOptions } from './tox-peer.ts'

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
