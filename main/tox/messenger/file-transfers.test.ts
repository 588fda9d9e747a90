import { beforeAll, expect, test } from 'vitest'
import { concat, utf8Decode, utf8Encode } from '../../base/bytes.ts'
import { randomBytes, SeededRandom } from '../../base/random.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { encode } from '../../wire/codec.ts'
import { FileControl, fileControlPacket, fileOfferPacket } from '../../wire/messenger-packets.ts'
import { WANT_BYTES_MAX } from './outgoing-file.ts'
import { Pair, type Person } from './test-pair.ts'

beforeAll(() => sodiumReady)

const MIB = 2 ** 20

/** Plays the host of one person: answers wants from the contents it has, and keeps what arrives. */
class Host {
  readonly contents = new Map<number, Uint8Array>()
  readonly received = new Map<number, Uint8Array[]>()
  readonly #person: Person
  #seen = 0
  wantsOpenMax = 0

  constructor(person: Person) {
    this.#person = person
  }

  work(now: number): void {
    const { messenger, news } = this.#person
    for (; this.#seen < news.length; this.#seen += 1) {
      const event = news[this.#seen]
      if (event?.kind === 'fileChunk') {
        const parts = this.received.get(event.transferId) ?? []
        this.received.set(event.transferId, [...parts, event.data.slice()])
      }
      if (event?.kind !== 'chunkWanted') continue
      const wantsOpen = news.slice(this.#seen).filter(({ kind }) => kind === 'chunkWanted').length
      this.wantsOpenMax = Math.max(this.wantsOpenMax, wantsOpen)
      const content = this.contents.get(event.transferId)
      if (!content) continue
      const { transferId, position, length } = event
      messenger.files.provideChunk(transferId, position, content.slice(position, position + length), now)
      this.#person.collect()
    }
  }

  bytesOf(transferId: number): Uint8Array {
    return concat(...(this.received.get(transferId) ?? []))
  }
}

class Rig {
  readonly pair: Pair
  readonly alice: Person
  readonly bob: Person
  readonly aliceHost: Host
  readonly bobHost: Host

  constructor(seed = 1) {
    this.pair = Pair.online(seed)
    this.alice = this.pair.alice
    this.bob = this.pair.bob
    this.aliceHost = new Host(this.alice)
    this.bobHost = new Host(this.bob)
  }

  get now(): number {
    return this.pair.now
  }

  /** Offers Alice's file to Bob; returns the ids on both sides. */
  offer(content: Uint8Array, isSizeKnown = true): { sent: number; received: number } {
    const size = isSizeKnown ? content.length : undefined
    const file = { fileKind: 'data', size, name: utf8Encode('fïle.bin') } as const
    const outcome = this.alice.messenger.files.offer(this.bob.key, file, this.now)
    if (outcome.kind !== 'offered') throw new Error(outcome.kind)
    this.aliceHost.contents.set(outcome.transferId, content)
    this.settle()
    return { sent: outcome.transferId, received: this.bob.last('fileOffered').transferId }
  }

  settle(): void {
    this.pair.settle(() => {
      this.aliceHost.work(this.now)
      this.bobHost.work(this.now)
    })
  }

  /** Delivers `count` packets to Bob, and no acknowledgement. */
  some(count: number): void {
    for (let left = count; left > 0 && this.bob.handOne(this.now); left -= 1) this.bobHost.work(this.now)
  }
}

function contentOf(length: number, seed = 7): Uint8Array {
  return randomBytes(new SeededRandom(seed), length)
}

test('files of 0 B, 1 B, a chunk and 2 MiB arrive whole, of known and unknown size', () => {
  for (const isSizeKnown of [true, false]) {
    const rig = new Rig()
    for (const length of [0, 1, 1_371, 1_372, WANT_BYTES_MAX, 2 * MIB]) {
      const bytes = contentOf(length)
      const { sent, received } = rig.offer(bytes, isSizeKnown)
      expect(rig.bob.last('fileOffered')).toMatchObject({ fileKind: 'data', size: isSizeKnown ? length : undefined })
      expect(utf8Decode(rig.bob.last('fileOffered').name)).toBe('fïle.bin')
      expect(rig.bob.messenger.files.accept(received, rig.now)).toEqual({ kind: 'done' })
      rig.settle()
      expect(rig.bobHost.bytesOf(received)).toEqual(bytes)
      expect(rig.bob.last('fileEnded')).toMatchObject({ transferId: received, ending: 'finished' })
      expect(rig.alice.last('fileEnded')).toMatchObject({ transferId: sent, direction: 'sending', ending: 'finished' })
    }
  }
})

test('2 MiB go each way at once', () => {
  const rig = new Rig()
  const there = contentOf(2 * MIB, 1)
  const back = contentOf(2 * MIB, 2)
  const { received } = rig.offer(there)
  const file = {
    fileKind: 'avatar',
    size: back.length,
    name: new Uint8Array(0),
    fileId: new Uint8Array(32).fill(5),
  } as const
  const outcome = rig.bob.messenger.files.offer(rig.alice.key, file, rig.now)
  if (outcome.kind !== 'offered') throw new Error(outcome.kind)
  rig.bobHost.contents.set(outcome.transferId, back)
  rig.settle()
  const offered = rig.alice.last('fileOffered')
  expect(offered).toMatchObject({ fileKind: 'avatar', fileId: new Uint8Array(32).fill(5) })
  rig.alice.messenger.files.accept(offered.transferId, rig.now)
  rig.bob.messenger.files.accept(received, rig.now)
  rig.settle()
  expect(rig.bobHost.bytesOf(received)).toEqual(there)
  expect(rig.aliceHost.bytesOf(offered.transferId)).toEqual(back)
})

test('pause by either side stops the data, and each side ends only its own pause', () => {
  const rig = new Rig()
  const bytes = contentOf(400_000)
  const { sent, received } = rig.offer(bytes)
  const alice = rig.alice.messenger.files
  const bob = rig.bob.messenger.files
  expect(bob.pause(received, rig.now)).toEqual({ kind: 'wrongState' })
  bob.accept(received, rig.now)
  rig.alice.handOne(rig.now)
  rig.aliceHost.work(rig.now)
  rig.some(10)
  expect(bob.pause(received, rig.now)).toEqual({ kind: 'done' })
  expect(bob.pause(received, rig.now)).toEqual({ kind: 'wrongState' })
  rig.settle()
  const whenPaused = rig.bobHost.bytesOf(received).length
  expect(whenPaused).toBeGreaterThan(0)
  expect(whenPaused).toBeLessThan(bytes.length)
  expect(rig.alice.last('filePaused')).toMatchObject({ transferId: sent, direction: 'sending' })
  expect(alice.resume(sent, rig.now)).toEqual({ kind: 'wrongState' })
  expect(alice.pause(sent, rig.now)).toEqual({ kind: 'done' })
  bob.resume(received, rig.now)
  rig.settle()
  expect(rig.bobHost.bytesOf(received)).toHaveLength(whenPaused)
  expect(rig.bob.last('filePaused')).toMatchObject({ direction: 'receiving' })
  expect(bob.resume(received, rig.now)).toEqual({ kind: 'wrongState' })
  expect(alice.resume(sent, rig.now)).toEqual({ kind: 'done' })
  rig.settle()
  expect(rig.bob.last('fileResumed')).toMatchObject({ transferId: received })
  expect(rig.bobHost.bytesOf(received)).toEqual(bytes)
})

test('a file is taken from the middle after a seek, and a seek is refused where it makes no sense', () => {
  const rig = new Rig()
  const bytes = contentOf(100_000)
  const { sent, received } = rig.offer(bytes)
  const bob = rig.bob.messenger.files
  expect(bob.seek(received, 100_000, rig.now)).toEqual({ kind: 'badPosition' })
  expect(bob.seek(received, -1, rig.now)).toEqual({ kind: 'badPosition' })
  expect(bob.seek(received, 60_001, rig.now)).toEqual({ kind: 'done' })
  expect(rig.alice.messenger.files.seek(sent, 0, rig.now)).toEqual({ kind: 'wrongState' })
  bob.accept(received, rig.now)
  expect(bob.seek(received, 0, rig.now)).toEqual({ kind: 'wrongState' })
  rig.settle()
  expect(rig.bob.of('fileChunk')[0]?.position).toBe(60_001)
  expect(rig.bobHost.bytesOf(received)).toEqual(bytes.subarray(60_001))
})

test('either side cancels, before and after the start; the other is told, and the one who did is not', () => {
  const rig = new Rig()
  const refused = rig.offer(contentOf(10))
  rig.bob.messenger.files.cancel(refused.received, rig.now)
  rig.settle()
  expect(rig.alice.last('fileEnded')).toMatchObject({ transferId: refused.sent, ending: 'cancelledByFriend' })
  const withdrawn = rig.offer(contentOf(10))
  rig.alice.messenger.files.cancel(withdrawn.sent, rig.now)
  rig.settle()
  expect(rig.bob.last('fileEnded')).toMatchObject({ transferId: withdrawn.received, ending: 'cancelledByFriend' })
  const begun = rig.offer(contentOf(500_000))
  rig.bob.messenger.files.accept(begun.received, rig.now)
  rig.alice.handOne(rig.now)
  rig.aliceHost.work(rig.now)
  rig.some(5)
  rig.alice.messenger.files.cancel(begun.sent, rig.now)
  rig.settle()
  expect(rig.bob.last('fileEnded')).toMatchObject({ transferId: begun.received, ending: 'cancelledByFriend' })
  expect(rig.alice.of('fileEnded')).toHaveLength(1)
  expect(rig.alice.messenger.files.cancel(begun.sent, rig.now)).toEqual({ kind: 'unknownTransfer' })
  expect(rig.alice.messenger.files.provideChunk(begun.sent, 0, new Uint8Array(1), rig.now)).toBe('unexpected')
})

test('two sides that cancel at once come to rest', () => {
  const rig = new Rig()
  const { sent, received } = rig.offer(contentOf(10))
  rig.alice.messenger.files.cancel(sent, rig.now)
  rig.bob.messenger.files.cancel(received, rig.now)
  rig.settle()
  expect([...rig.alice.of('fileEnded'), ...rig.bob.of('fileEnded')]).toEqual([])
})

test('a disconnect in the middle ends every transfer on both sides, and the next offer starts anew', () => {
  const rig = new Rig()
  const bytes = contentOf(500_000)
  const { sent, received } = rig.offer(bytes)
  rig.bob.messenger.files.accept(received, rig.now)
  rig.alice.handOne(rig.now)
  rig.aliceHost.work(rig.now)
  rig.some(7)
  rig.bob.netCrypto.events.length = 0
  rig.alice.netCrypto.cut(rig.bob.key, 'timeout')
  rig.bob.netCrypto.cut(rig.alice.key, 'timeout')
  rig.settle()
  expect(rig.alice.last('fileEnded')).toMatchObject({ transferId: sent, ending: 'disconnected' })
  expect(rig.bob.last('fileEnded')).toMatchObject({ transferId: received, ending: 'disconnected' })
  expect(rig.alice.messenger.files.pause(sent, rig.now)).toEqual({ kind: 'unknownTransfer' })
  const file = { fileKind: 'data', size: 1, name: new Uint8Array(0) } as const
  expect(rig.alice.messenger.files.offer(rig.bob.key, file, rig.now)).toEqual({ kind: 'offline' })
  rig.pair.establish()
  rig.settle()
  const again = rig.offer(bytes)
  const taken = rig.bobHost.bytesOf(received).length
  rig.bob.messenger.files.seek(again.received, taken, rig.now)
  rig.bob.messenger.files.accept(again.received, rig.now)
  rig.settle()
  expect(concat(rig.bobHost.bytesOf(received), rig.bobHost.bytesOf(again.received))).toEqual(bytes)
})

test('data goes only into free slots, and messages pass it', () => {
  const rig = new Rig()
  const { received } = rig.offer(contentOf(2 * MIB))
  rig.bob.messenger.files.accept(received, rig.now)
  rig.alice.netCrypto.bulkWindow = 20
  rig.alice.netCrypto.acknowledge(rig.bob.key)
  while (rig.alice.handOne(rig.now)) rig.aliceHost.work(rig.now)
  const chunks = () => rig.alice.netCrypto.sent.filter((data) => data[0] === 82).length
  expect(chunks()).toBe(20)
  const wake = rig.alice.messenger.nextTimeout()
  expect(wake).toEqual({ at: rig.now + 50, why: 'files: look for room' })
  rig.alice.messenger.handleTimeout(rig.now + 50)
  expect(chunks()).toBe(20)
  expect(rig.alice.messenger.sendMessage(rig.bob.key, 'message', utf8Encode('me first'), rig.now).kind).toBe('sent')
  while (rig.bob.handOne(rig.now)) rig.bobHost.work(rig.now)
  expect(rig.bob.of('message')).toHaveLength(1)
  expect(rig.bob.of('fileEnded')).toHaveLength(0)
  expect(rig.aliceHost.wantsOpenMax).toBeLessThanOrEqual(2)
  rig.settle()
  expect(rig.bob.last('fileEnded').ending).toBe('finished')
})

test('256 files each way and no more; all of them get their turn, with few wants open', () => {
  const rig = new Rig()
  const bytes = contentOf(3_000)
  const ids = Array.from({ length: 256 }, () => rig.offer(bytes))
  const file = { fileKind: 'data', size: 1, name: new Uint8Array(0) } as const
  expect(rig.alice.messenger.files.offer(rig.bob.key, file, rig.now)).toEqual({ kind: 'tooMany' })
  for (const { received } of ids) rig.bob.messenger.files.accept(received, rig.now)
  rig.settle()
  for (const { received } of ids) expect(rig.bobHost.bytesOf(received)).toEqual(bytes)
  expect(rig.alice.of('fileEnded').every(({ ending }) => ending === 'finished')).toBe(true)
  expect(rig.alice.of('fileEnded')).toHaveLength(256)
  expect(rig.aliceHost.wantsOpenMax).toBeLessThanOrEqual(16)
})

test('files that the friend pauses do not hold up the others', () => {
  const rig = new Rig()
  const paused = Array.from({ length: 20 }, () => rig.offer(contentOf(200_000)))
  for (const { received } of paused) rig.bob.messenger.files.accept(received, rig.now)
  rig.alice.netCrypto.bulkWindow = 0
  while (rig.alice.handOne(rig.now)) rig.aliceHost.work(rig.now)
  for (const { received } of paused) rig.bob.messenger.files.pause(received, rig.now)
  rig.alice.netCrypto.bulkWindow = 64
  rig.settle()
  const { received } = rig.offer(contentOf(200_000))
  rig.bob.messenger.files.accept(received, rig.now)
  rig.settle()
  expect(rig.bob.last('fileEnded')).toMatchObject({ transferId: received, ending: 'finished' })
})

test('controls about files that do not exist are answered with kill, a kill with nothing', () => {
  const rig = new Rig()
  const say = (control: 0 | 1 | 2 | 3, isAboutReceived: boolean) => {
    const position = control === FileControl.seek ? 5n : undefined
    const data = encode(fileControlPacket, { isAboutReceived, fileNumber: 200, control, position })
    rig.alice.netCrypto.sent.length = 0
    rig.alice.messenger.handleNetCryptoEvent({ kind: 'data', realKey: rig.bob.key, data }, rig.now)
    return rig.alice.netCrypto.sent.map((packet) => [...packet])
  }
  expect(say(FileControl.accept, true)).toEqual([[81, 0, 200, 2]])
  expect(say(FileControl.pause, false)).toEqual([[81, 1, 200, 2]])
  expect(say(FileControl.seek, true)).toEqual([[81, 0, 200, 2]])
  expect(say(FileControl.kill, true)).toEqual([])
})

test('an offer of a kind we do not know, or of more bytes than there are, is refused politely', () => {
  const rig = new Rig()
  const hear = (fileKind: number, size: bigint) => {
    const offer = { fileNumber: 3, fileKind, size, fileId: new Uint8Array(32), name: new Uint8Array(0) }
    rig.alice.netCrypto.sent.length = 0
    const data = encode(fileOfferPacket, offer)
    rig.alice.messenger.handleNetCryptoEvent({ kind: 'data', realKey: rig.bob.key, data }, rig.now)
    rig.alice.collect()
    return rig.alice.netCrypto.sent.map((packet) => [...packet])
  }
  expect(hear(2, 5n)).toEqual([[81, 1, 3, 2]])
  expect(hear(0, 2n ** 63n)).toEqual([[81, 1, 3, 2]])
  expect(rig.alice.of('fileOffered')).toEqual([])
  expect(hear(0, 5n)).toEqual([])
  expect(hear(1, 5n)).toEqual([]) // the number is in use
  expect(rig.alice.of('fileOffered')).toHaveLength(1)
})

test('refuses names that are too long', () => {
  const rig = new Rig()
  const offer = (length: number) =>
    rig.alice.messenger.files.offer(rig.bob.key, { fileKind: 'data', size: 1, name: new Uint8Array(length) }, rig.now)
      .kind
  expect([offer(255), offer(256)]).toEqual(['offered', 'nameTooLong'])
})

test('a full send buffer refuses commands and loses nothing', () => {
  const rig = new Rig()
  const { sent, received } = rig.offer(contentOf(10_000))
  rig.bob.netCrypto.hasRoom = false
  expect(rig.bob.messenger.files.accept(received, rig.now)).toEqual({ kind: 'full' })
  rig.bob.netCrypto.hasRoom = true
  rig.bob.messenger.files.accept(received, rig.now)
  rig.alice.netCrypto.hasRoom = false
  rig.settle()
  expect(rig.alice.messenger.files.pause(sent, rig.now)).toEqual({ kind: 'full' })
  rig.alice.netCrypto.hasRoom = true
  rig.pair.pass(100)
  rig.settle()
  expect(rig.bobHost.bytesOf(received)).toHaveLength(10_000)
})

test('a refusal that found no room reaches the friend later', () => {
  const rig = new Rig()
  const { received } = rig.offer(contentOf(10))
  rig.bob.netCrypto.hasRoom = false
  expect(rig.bob.messenger.files.cancel(received, rig.now)).toEqual({ kind: 'done' })
  rig.pair.pass(1_000)
  expect(rig.alice.of('fileEnded')).toEqual([])
  rig.bob.netCrypto.hasRoom = true
  rig.pair.pass(1_000)
  expect(rig.alice.of('fileEnded')).toMatchObject([{ ending: 'cancelledByFriend' }])
})
