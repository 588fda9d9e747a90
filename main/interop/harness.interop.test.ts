import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe } from 'vitest'
import { interopTest } from './interop-test.ts'
import { printTimes } from './print-times.ts'
import { ToxPeer } from './tox-peer.ts'

describe.concurrent('the harness', () => {
  interopTest(
    'lets two libtoxcore peers meet through one tox-bootstrapd by Tox ID alone',
    async ({ network, expect }) => {
      const startedAt = performance.now()
      const bootstrapd = await network.startBootstrapd()
      const [alice, bob] = await Promise.all([network.startPeer(), network.startPeer()])
      await Promise.all([alice.bootstrap(bootstrapd), bob.bootstrap(bootstrapd)])
      const bobOfAlice = await alice.add(bob.toxId, 'hello Bob')
      const request = await bob.waitFor('friendRequest')
      expect(request).toMatchObject({ publicKey: alice.publicKey, text: 'hello Bob' })
      const requestedAt = performance.now()
      const aliceOfBob = await bob.accept(request.publicKey)
      await Promise.all([alice.waitUntilOnline(bobOfAlice), bob.waitUntilOnline(aliceOfBob)])
      const onlineAt = performance.now()

      const text = `grüße 🐙 ${'x'.repeat(1_359)}`
      const message = await alice.send(bobOfAlice, text)
      expect(await bob.waitFor('message')).toMatchObject({ friend: aliceOfBob, kind: 'message', text })
      const deliveredAt = performance.now()
      await alice.waitFor('receipt', (receipt) => receipt.message === message)
      const receiptAt = performance.now()
      printTimes('libtoxcore with libtoxcore', {
        requested: requestedAt - startedAt,
        online: onlineAt - startedAt,
        delivered: deliveredAt - onlineAt,
        receipt: receiptAt - onlineAt,
      })

      const { host, udpPort, dhtKey } = bootstrapd
      expect(await alice.listedNodes()).toContainEqual({ host, udpPort, dhtKey })
      for (const { refusalCount } of [alice, bob, bootstrapd]) expect(refusalCount).toBe(0)
    },
  )

  interopTest('carries names, statuses, typing, bursts and custom packets', async ({ network, expect }) => {
    const { alice, bob, bobOfAlice, aliceOfBob } = await network.startFriends()
    await bob.setName('Bob')
    await bob.setStatusMessage('at sea')
    await bob.setStatus('away')
    await bob.setTyping(aliceOfBob, true)
    await alice.waitFor('friendName', ({ text }) => text === 'Bob')
    await alice.waitFor('friendStatusMessage', ({ text }) => text === 'at sea')
    await alice.waitFor('friendStatus', ({ status }) => status === 'away')
    await alice.waitFor('friendTyping', ({ typing }) => typing)
    const view = { publicKey: bob.publicKey, name: 'Bob', statusMessage: 'at sea', status: 'away', connection: 'udp' }
    expect(await alice.friends()).toMatchObject([view])

    expect(await bob.sendBurst(aliceOfBob, 'burst ', 500, 'action')).toHaveLength(500)
    for (let at = 0; at < 500; at += 1) {
      expect(await alice.waitFor('message')).toMatchObject({ kind: 'action', text: `burst ${at}` })
    }
    await alice.sendLossless(bobOfAlice, Uint8Array.of(184, 1, 2, 3))
    expect((await bob.waitFor('lossless')).packet).toBe('B8010203')
    await alice.sendLossy(bobOfAlice, Uint8Array.of(200, 4))
    expect((await bob.waitFor('lossy')).packet).toBe('C804')
    await expect(alice.send(bobOfAlice, 'x'.repeat(1_373))).rejects.toThrow('too long')
    await bob.close()
    await alice.waitUntilOffline(bobOfAlice)
  })

  interopTest('sends a file, pauses, resumes, continues after a break and cancels', async ({ network, expect }) => {
    const { alice, bob, bobOfAlice, aliceOfBob } = await network.startFriends()
    const folder = await network.folder()
    const source = join(folder, 'source')
    const target = join(folder, 'target')
    await writeFile(
      source,
      Uint8Array.from({ length: 700_001 }, (_, at) => (at * 31 + (at >> 8)) & 0xff),
    )

    const sending = await alice.sendFile(bobOfAlice, source, { name: 'photo.png' })
    const offer = await bob.waitFor('fileOffer')
    expect(offer).toMatchObject({ friend: aliceOfBob, size: 700_001, kind: 'data', text: 'photo.png' })
    await bob.acceptFile(aliceOfBob, offer.file, target)
    await bob.waitFor('fileProgress')
    await bob.pauseFile(aliceOfBob, offer.file)
    await alice.waitFor('fileControl', ({ control, file }) => control === 'pause' && file === sending)
    await bob.resumeFile(aliceOfBob, offer.file)
    const [received, sent] = await Promise.all([bob.waitFor('fileReceived'), alice.waitFor('fileSent')])
    expect(received).toMatchObject({ complete: true, size: 700_001, sha256: sent.sha256 })

    await alice.sendFile(bobOfAlice, source, { stream: true })
    const stream = await bob.waitFor('fileOffer')
    expect(stream.size).toBe(-1)
    await bob.acceptFile(aliceOfBob, stream.file, target)
    expect(await bob.waitFor('fileReceived')).toMatchObject({ complete: true, sha256: sent.sha256 })

    await alice.sendFile(bobOfAlice, source)
    const again = await bob.waitFor('fileOffer')
    await bob.acceptFile(aliceOfBob, again.file, target, 600_000)
    expect(await bob.waitFor('fileReceived')).toMatchObject({ complete: true, sha256: sent.sha256 })

    const unwanted = await alice.sendFile(bobOfAlice, source)
    const refused = await bob.waitFor('fileOffer')
    await bob.cancelFile(aliceOfBob, refused.file)
    await alice.waitFor('fileControl', ({ control, file }) => control === 'cancel' && file === unwanted)
  })

  interopTest(
    'brings back identity and friends from a plain and an encrypted savefile',
    async ({ network, expect }) => {
      const folder = await network.folder()
      const peer = await network.startPeer()
      const friend = await network.startPeer()
      await peer.setName('Zoë')
      await peer.setStatusMessage('reading')
      await peer.accept(friend.publicKey)
      const plain = { load: join(folder, 'plain.tox') }
      const sealed = { load: join(folder, 'sealed.tox'), passphrase: 'korrekt pferd 🐎' }
      await peer.save(plain.load)
      await peer.save(sealed.load, sealed.passphrase)
      await peer.close()

      for (const file of [plain, sealed]) {
        const back = await network.startPeer(file)
        expect(back.toxId).toBe(peer.toxId)
        expect(await back.profile()).toMatchObject({ name: 'Zoë', statusMessage: 'reading' })
        expect(await back.friends()).toMatchObject([{ publicKey: friend.publicKey }])
        await back.close()
      }
      await expect(ToxPeer.start({ load: sealed.load, passphrase: 'wrong' })).rejects.toThrow('cannot be decrypted')
      await expect(ToxPeer.start({ load: sealed.load })).rejects.toThrow('is encrypted')
    },
  )

  interopTest('keeps LAN discovery on this machine', async ({ network, expect }) => {
    const options = { ports: [33_445, 33_545], localDiscovery: true } as const
    const [alice, bob] = await Promise.all([network.startPeer(options), network.startPeer(options)])
    const bobOfAlice = await alice.accept(bob.publicKey)
    await bob.accept(alice.publicKey)
    await alice.waitUntilOnline(bobOfAlice)
    const places = (await alice.listedNodes()).map(({ host }) => host)
    expect(new Set(places)).toEqual(new Set(['127.0.0.1']))
  })
})
