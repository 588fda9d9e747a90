import { expect, test } from 'vitest'
import { sodiumReady } from '../crypto/sodium.ts'
import type { BootstrapFaceView, NetworkFace } from '../engine/network-face.ts'
import type { UserEngine } from '../engine/user-engine.ts'
import { ApiErrorCode } from '../../shared/api/errors.ts'
import { BootstrapBook } from './bootstrap-book.ts'
import { createMemorySettings } from './test-settings-table.ts'

await sodiumReady
const [FIRST, OWN] = ['AB'.repeat(32), 'CD'.repeat(32)]
const nodes = [{ host: '127.0.0.1', udpPort: 1, dhtKey: FIRST }]
const own = { host: '127.0.0.1', port: 2, dhtKey: OWN }
const outside = { host: '192.0.2.1', port: 3, dhtKey: OWN }

/** An engine that notes whom it is to ask; those with port 1 have answered. */
function createEngine() {
  const asked: BootstrapFaceView[] = []
  const network: Pick<NetworkFace, 'bootstrap' | 'forgetBootstrap' | 'bootstrapNodes'> = {
    bootstrap: ({ address, publicKey }) => {
      const hasAnswered = address.port === 1
      const state = hasAnswered ? 'answered' : 'asked'
      asked.push({ address, dhtKey: publicKey.hex, state, answeredAt: hasAnswered ? 1_000 : undefined })
    },
    forgetBootstrap: ({ address }) => {
      asked.splice(
        asked.findIndex((one) => one.address.equals(address)),
        1,
      )
    },
    bootstrapNodes: () => asked,
  }
  // Nothing else of an engine is asked here.
  return { engine: { network } as unknown as UserEngine, asked }
}

function createBook(settings = createMemorySettings(), source: 'shipped' | 'given' = 'shipped'): BootstrapBook {
  return new BootstrapBook({ nodes, source, table: settings.table, scope: 'loopback' })
}

test('nodes are asked once their address is known, and shown with what they answered', async () => {
  const { engine, asked } = createEngine()
  const book = createBook()
  book.add(own)
  book.add(outside)
  expect([book.hasUnresolved, book.views(engine).map(({ state }) => state)]).toEqual([
    true,
    ['unresolved', 'unresolved', 'unresolved'],
  ])
  book.join(engine, await book.resolve(), 0)
  expect(asked.map(({ address }) => address.port)).toEqual([1, 2])
  expect(book.views(engine)).toEqual([
    {
      host: '127.0.0.1',
      port: 1,
      dhtKey: FIRST,
      source: 'shipped',
      state: 'answered',
      answeredAt: '1970-01-01T00:00:01.000Z',
    },
    { ...own, source: 'own', state: 'asked' },
    { ...outside, source: 'own', state: 'unresolved' },
  ])
  expect(await book.resolve()).toEqual([])
  const next = createEngine()
  expect(book.views(next.engine).map(({ state }) => state)).toEqual(['silent', 'silent', 'unresolved'])
  book.join(next.engine, undefined, 0)
  expect(next.asked).toHaveLength(2)
})

test('own nodes are kept, bounded, each there once, and removed; those of the app stay', async () => {
  const settings = createMemorySettings()
  const book = createBook(settings)
  book.add(own)
  expect(() => book.add(own)).toThrow(expect.objectContaining({ code: ApiErrorCode.Conflict }))
  const { engine, asked } = createEngine()
  const again = createBook(settings)
  again.join(engine, await again.resolve(), 0)
  expect(asked).toHaveLength(2)
  again.remove(own, engine)
  expect(asked.map(({ address }) => address.port)).toEqual([1])
  expect(() => again.remove(own, engine)).toThrow(expect.objectContaining({ code: ApiErrorCode.NotFound }))
  const first = { host: '127.0.0.1', port: 1, dhtKey: FIRST }
  expect(() => again.remove(first, engine)).toThrow(expect.objectContaining({ code: ApiErrorCode.Impossible }))
  for (let port = 1; port <= 16; port += 1) again.add({ ...outside, port })
  expect(() => again.add({ ...outside, port: 17 })).toThrow(expect.objectContaining({ code: ApiErrorCode.Impossible }))
  expect(createBook(settings).views(engine)).toHaveLength(17)
})

test('where a node is from is said, and why it stays', () => {
  const { engine } = createEngine()
  const first = { host: '127.0.0.1', port: 1, dhtKey: FIRST }
  for (const [source, words] of [
    ['shipped', 'comes with the app'],
    ['given', 'given at the start'],
  ] as const) {
    const book = createBook(createMemorySettings(), source)
    expect(book.views(engine)).toMatchObject([{ ...first, source }])
    expect(() => book.remove(first, engine)).toThrow(words)
  }
})
