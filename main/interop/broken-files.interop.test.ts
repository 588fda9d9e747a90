import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe } from 'vitest'
import { createTestHosts, type TestHost } from '../host/test-app-host.ts'
import type { FileTransferView } from '../../shared/model/file.ts'
import type { Friend } from '../../shared/model/friend.ts'
import type { BootstrapPoint } from './bootstrapd.ts'
import { EventLog } from './event-log.ts'
import { interopTest } from './interop-test.ts'
import type { LoopbackNetwork } from './loopback-network.ts'
import { writeSample } from './test-conversation.ts'
import type { ToxPeer } from './tox-peer.ts'

/** So much that it is on its way for longer than its progress takes to be told. */
const FILE_BYTES = 32 * 1_024 * 1_024

/** Our whole app, and a program with libtoxcore, who are friends. */
class AppAndPeer {
  readonly files = new EventLog<FileTransferView>()
  readonly #friends = new EventLog<Friend>()
  readonly #network: LoopbackNetwork
  readonly #app: TestHost
  readonly #point: BootstrapPoint
  #peer: ToxPeer
  /** Ours, as libtoxcore numbers it. */
  readonly friend = 0

  private constructor(network: LoopbackNetwork, app: TestHost, point: BootstrapPoint, peer: ToxPeer) {
    this.#network = network
    this.#app = app
    this.#point = point
    this.#peer = peer
    app.client.files.changed((view) => this.files.push(view))
    app.client.friends.changed((friend) => this.#friends.push(friend))
  }

  static async meet(network: LoopbackNetwork): Promise<AppAndPeer> {
    const point = await network.startBootstrapd()
    const hosts = createTestHosts()
    network.atEnd(() => hosts.end())
    const app = await hosts.start('ours', { bootstrap: [point] })
    const peer = await network.startPeer()
    await peer.bootstrap(point)
    const both = new AppAndPeer(network, app, point, peer)
    await app.client.friends.add({ toxId: peer.toxId, message: 'hello' })
    await peer.accept((await peer.waitFor('friendRequest')).publicKey)
    await both.#untilOnline()
    return both
  }

  get client(): TestHost['client'] {
    return this.#app.client
  }

  get peer(): ToxPeer {
    return this.#peer
  }

  /** libtoxcore dies without a word; its program comes back with what it had kept. */
  async killPeer(): Promise<() => Promise<void>> {
    const load = join(await this.#network.folder(), 'kept.tox')
    await this.#peer.save(load)
    await this.#peer.crash()
    return async () => {
      this.#peer = await this.#network.startPeer({ load })
      await this.#peer.bootstrap(this.#point)
      await this.#untilOnline()
    }
  }

  async #untilOnline(): Promise<void> {
    await Promise.all([
      this.#peer.waitUntilOnline(this.friend),
      this.#friends.take('the friend', ({ publicKey, online }) => publicKey === this.#peer.publicKey && online),
    ])
  }
}

describe.concurrent('files that broke off, with libtoxcore', () => {
  interopTest(
    'what libtoxcore sends goes on where it broke off when its program offers it again under its id',
    async ({ network, expect }) => {
      const both = await AppAndPeer.meet(network)
      const { client, files, friend } = both
      const folder = await network.folder()
      const [source, target] = [await writeSample(folder, 'source', FILE_BYTES), join(folder, 'target')]
      const fileId = 'C0FFEE'.padEnd(64, '0')
      await both.peer.sendFile(friend, source, { name: 'film.mkv', fileId })
      const { id } = await files.take('the offer', ({ state }) => state === 'offered')
      await client.files.accept({ id, path: target })
      await files.take('some of it', ({ transferredBytes }) => transferredBytes > 0)
      await client.files.pause({ id })
      const comeBack = await both.killPeer()
      await comeBack()
      const kept = (await client.files.list({ friend: both.peer.publicKey, limit: 1 }))[0]?.transferredBytes ?? 0
      expect(kept).toBeGreaterThan(0)
      expect(kept).toBeLessThan(FILE_BYTES)

      const file = await both.peer.sendFile(friend, source, { name: 'film.mkv', fileId })
      await both.peer.waitFor('fileControl', ({ control }) => control === 'pause')
      await client.files.resume({ id })
      // libtoxcore is asked for nothing that is here.
      expect((await both.peer.waitFor('fileProgress')).position).toBeGreaterThan(kept)
      expect(await both.peer.waitFor('fileSent')).toMatchObject({ file, complete: true })
      await files.take('the end', (view) => view.id === id && view.state === 'finished')
      expect((await readFile(target)).equals(await readFile(source))).toBe(true)
      expect(await client.files.list({ friend: both.peer.publicKey, limit: 9 })).toHaveLength(1)
    },
  )

  interopTest(
    'what libtoxcore receives is offered to it again under the same id, and goes on where its program seeks',
    async ({ network, expect }) => {
      const both = await AppAndPeer.meet(network)
      const { client, files, friend } = both
      const folder = await network.folder()
      const [source, target] = [await writeSample(folder, 'source', FILE_BYTES), join(folder, 'target')]
      const sent = await client.files.send({ friend: both.peer.publicKey, path: source })
      if (!('transfer' in sent)) throw new Error('the friend is online')
      const { id } = sent.transfer
      const first = await both.peer.waitFor('fileOffer')
      await both.peer.acceptFile(friend, first.file, target)
      await both.peer.waitFor('fileProgress')
      await client.files.pause({ id })
      const comeBack = await both.killPeer()
      await files.take('the break', (view) => view.id === id && view.state === 'paused')
      await comeBack()

      const again = await both.peer.waitFor('fileOffer')
      expect(again).toMatchObject({ fileId: first.fileId, size: FILE_BYTES, text: 'source' })
      // What a program with libtoxcore has kept.
      const kept = FILE_BYTES / 2 + 1
      await writeFile(target, (await readFile(source)).subarray(0, kept))
      await both.peer.acceptFile(friend, again.file, target, kept)
      await both.peer.waitFor('fileControl', ({ control }) => control === 'pause')
      await client.files.resume({ id })
      expect((await both.peer.waitFor('fileProgress')).position).toBeGreaterThan(kept)
      expect(await both.peer.waitFor('fileReceived')).toMatchObject({ complete: true, size: FILE_BYTES })
      await files.take('the end', (view) => view.id === id && view.state === 'finished')
      expect((await readFile(target)).equals(await readFile(source))).toBe(true)
    },
  )
})
