import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { concat, utf8Decode, utf8Encode } from '../../base/bytes.ts'
import { fuzzCaseCount, propertySeed } from '../../base/test-seed.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { ADDRESS, Pair } from './test-pair.ts'

beforeAll(() => sodiumReady)

const seed = propertySeed()
const numRuns = fuzzCaseCount()

const ids = [0, 1, 2, 16, 17, 18, 24, 25, 48, 49, 50, 51, 64, 65, 69, 80, 81, 82, 95, 96, 160, 184, 191, 192, 255]
const small = fc.uint8Array({ maxLength: 12 })
const rest = fc.oneof({ weight: 6, arbitrary: small }, { weight: 1, arbitrary: fc.uint8Array({ maxLength: 1_400 }) })
const anyPacket = fc.tuple(fc.constantFrom(...ids), rest).map(([id, body]) => Uint8Array.of(id, ...body))
const byte = fc.nat({ max: 255 })
/** File numbers from a small set, so that packets meet files that exist. */
const fileNumber = fc.nat({ max: 3 })
const offer = fc
  .tuple(fileNumber, fc.constantFrom(0, 1, 2), fc.uint8Array({ minLength: 8, maxLength: 8 }), fc.nat({ max: 5_000 }))
  .map(([number, kind, wild, size]) =>
    concat(
      Uint8Array.of(80, number, 0, 0, 0, kind),
      size < 500 ? wild : Uint8Array.of(0, 0, 0, 0, 0, 0, size >> 8, size & 0xff),
      new Uint8Array(32),
    ),
  )
const control = fc
  .tuple(fc.nat({ max: 1 }), fileNumber, fc.nat({ max: 3 }), fc.uint8Array({ minLength: 8, maxLength: 8 }))
  .map(([about, number, kind, position]) =>
    concat(Uint8Array.of(81, about, number, kind), kind === 3 ? position : small0),
  )
const small0 = new Uint8Array(0)
const chunk = fc
  .tuple(fileNumber, fc.constantFrom(0, 1, 100, 1_370, 1_371, 1_372))
  .map(([number, length]) => concat(Uint8Array.of(82, number), new Uint8Array(length)))
const packet = fc.oneof(anyPacket, offer, control, chunk, fc.constant(Uint8Array.of(24)), fc.constant(small0))

type Step =
  | { readonly kind: 'hear'; readonly data: Uint8Array }
  | { readonly kind: 'command'; readonly which: number; readonly id: number }
  | { readonly kind: 'acknowledge'; readonly before: number }
  | { readonly kind: 'cut' | 'establish' | 'onion' | 'lossy' | 'room' }
  | { readonly kind: 'wait'; readonly ms: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: packet.map((data) => ({ kind: 'hear', data }) as const) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('command' as const), which: byte, id: fc.integer({ min: 1, max: 8 }) }),
  },
  { weight: 1, arbitrary: fc.nat({ max: 2 ** 32 - 1 }).map((before) => ({ kind: 'acknowledge', before }) as const) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('cut', 'establish', 'onion', 'lossy', 'room').map((kind) => ({ kind }) as const),
  },
  { weight: 2, arbitrary: fc.nat({ max: 60_000 }).map((ms) => ({ kind: 'wait', ms }) as const) },
)

test('no packet, in any order, makes the Messenger throw or its tables grow past their bounds', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const pair = Pair.online()
      const { alice } = pair
      for (const next of steps) {
        play(pair, next)
        alice.collect()
      }
      const offered = alice.of('fileOffered').length
      const endedOrOpen = alice.of('fileEnded').filter(({ direction }) => direction === 'receiving').length
      expect(endedOrOpen).toBeLessThanOrEqual(offered)
      expect(alice.counters.get('messenger.eventsDropped')).toBe(0)
      const wake = alice.messenger.nextTimeout()
      alice.messenger.handleTimeout(wake?.at ?? pair.now)
      expect(alice.messenger.nextTimeout()?.at ?? Number.POSITIVE_INFINITY).toBeGreaterThan(wake?.at ?? 0)
    }),
    { seed, numRuns },
  )
})

function play(pair: Pair, next: Step): void {
  const { alice, bob } = pair
  switch (next.kind) {
    case 'hear':
      alice.messenger.handleNetCryptoEvent({ kind: 'data', realKey: bob.key, data: next.data }, pair.now)
      return
    case 'command':
      command(pair, next.which, next.id)
      return
    case 'acknowledge':
      alice.messenger.handleNetCryptoEvent({ kind: 'acknowledged', realKey: bob.key, before: next.before }, pair.now)
      return
    case 'cut':
      alice.netCrypto.cut(bob.key, 'timeout')
      alice.handOne(pair.now)
      return
    case 'establish':
      alice.netCrypto.establish(bob.key, bob.dhtKey, ADDRESS)
      alice.handOne(pair.now)
      return
    case 'onion':
      alice.messenger.handleOnionEvent(
        { kind: 'friendDhtKey', realKey: bob.key, dhtKey: alice.dhtKey, nodes: [] },
        pair.now,
      )
      return
    case 'lossy':
      alice.messenger.handleNetCryptoEvent({ kind: 'lossy', realKey: bob.key, data: Uint8Array.of(200) }, pair.now)
      return
    case 'room':
      alice.netCrypto.hasRoom = !alice.netCrypto.hasRoom
      return
    case 'wait':
      pair.now += next.ms
      alice.messenger.handleTimeout(pair.now)
  }
}

function command({ alice, bob, now }: Pair, which: number, id: number): void {
  const { files } = alice.messenger
  const size = [0, 1, 40_000, undefined][id % 4]
  switch (which % 8) {
    case 0:
      files.offer(bob.key, { fileKind: 'data', size, name: new Uint8Array(0) }, now)
      return
    case 1:
      files.accept(id, now)
      return
    case 2:
      files.pause(id, now)
      return
    case 3:
      files.resume(id, now)
      return
    case 4:
      files.cancel(id, now)
      return
    case 5:
      files.seek(id, which, now)
      return
    case 6: {
      const want = alice.of('chunkWanted').at(-1)
      if (want) files.provideChunk(want.transferId, want.position, new Uint8Array(want.length), now)
      return
    }
    default:
      alice.messenger.sendMessage(bob.key, 'message', Uint8Array.of(id), now)
  }
}

test('between two Messengers each message arrives once and in order, or is handed back', () => {
  const action = fc.constantFrom('send', 'send', 'send', 'deliver', 'acknowledge', 'cut', 'meet', 'wait')
  fc.assert(
    fc.property(fc.array(action, { maxLength: 80 }), (actions) => {
      const pair = Pair.online()
      const { alice, bob } = pair
      const sent = new Map<number, string>()
      for (const [index, name] of actions.entries()) {
        if (name === 'send') {
          const outcome = alice.messenger.sendMessage(bob.key, 'message', utf8Encode(`${index}`), pair.now)
          if (outcome.kind === 'sent') sent.set(outcome.receiptId, `${index}`)
        } else if (name === 'deliver') bob.handOne(pair.now)
        else if (name === 'acknowledge') pair.settle()
        else if (name === 'wait') pair.pass(9_000)
        else if (name === 'meet' && !alice.netCrypto.isEstablished(bob.key)) pair.establish()
        else if (name === 'cut') {
          alice.netCrypto.cut(bob.key, 'timeout')
          // What was on its way is lost with the connection.
          bob.netCrypto.events.length = 0
          bob.netCrypto.cut(alice.key, 'timeout')
        }
      }
      pair.settle()
      const arrived = bob.of('message').map(({ text }) => utf8Decode(text))
      expect(arrived).toEqual(inOrder([...new Set(arrived)]))
      const receipted = alice.of('receipt').map(({ receiptId }) => sent.get(receiptId))
      for (const text of receipted) expect(arrived).toContain(text)
      const handedBack = alice.of('unreceipted').flatMap(({ receiptIds }) => receiptIds.map((id) => sent.get(id)))
      expect(inOrder([...receipted, ...handedBack])).toEqual(inOrder([...sent.values()]))
    }),
    { seed, numRuns: Math.ceil(numRuns / 10) },
  )
})

function inOrder(texts: readonly (string | undefined)[]): (string | undefined)[] {
  return [...texts].sort((left, right) => Number(left) - Number(right))
}
