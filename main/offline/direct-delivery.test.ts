import { expect, test } from 'vitest'
import { utf8Encode } from '../base/bytes.ts'
import { SECOND_MS } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { subTypeOf } from '../wire/offline-packets.ts'
import { World } from './test-world.ts'

await sodiumReady

test('with little room everything still comes, in order and once', () => {
  const world = new World()
  world.alice.windowPackets = 3
  world.connect()
  world.pass(SECOND_MS)
  const texts = Array.from({ length: 50 }, (_, index) => `message ${index}`)
  for (const text of texts) world.alice.send(text)
  world.pass(60 * SECOND_MS)
  expect(world.bob.received).toEqual(texts)
})

test('a file goes in parts among the texts, with little room too, and begins anew after a break', () => {
  const world = new World()
  world.connect()
  world.pass(SECOND_MS)
  world.alice.windowPackets = 4
  world.alice.send('before')
  const id = world.alice.sendContent({ kind: 'file', name: utf8Encode('f'), bytes: new Uint8Array(30_000) })
  world.alice.send('after')
  world.settle(20)
  world.connect()
  world.pass(60 * SECOND_MS)
  expect(world.bob.received).toEqual(['before', 'f (30000 bytes)', 'after'])
  expect(world.alice.stateOf(id)).toBe('delivered')
})

test('the id goes just before its message, and its number is on disk before either', () => {
  const world = new World()
  world.connect()
  world.pass(SECOND_MS)
  const before = world.alice.sentCustom.length
  const id = world.alice.send('hello')
  const pending = world.alice.run?.outputs.pollChange()
  expect(pending?.change.writes.map(({ key }) => key)).toContain(`entry/${id}`)
  expect(world.alice.sentCustom.slice(before).map(subTypeOf)).toEqual([3])
  expect(world.alice.run?.outputs.pollTransmit()).toBeUndefined()
})

test('delivered only by the friend’s own acknowledgement, never by Tox’s receipt', () => {
  const world = new World()
  world.connect()
  world.pass(SECOND_MS)
  world.bob.deliver = (event) => (event.kind === 'custom' && subTypeOf(event.data) === 4 ? [] : [event])
  const id = world.alice.send('hello')
  world.pass(20 * SECOND_MS)
  expect(world.bob.received).toEqual(['hello'])
  expect(world.alice.stateOf(id)).toBe('queued')
  // The next meeting begins with what came: it is not sent again.
  world.bob.deliver = (event) => [event]
  world.disconnect()
  world.settle()
  const messages = () => world.alice.sentCustom.filter((data) => subTypeOf(data) === 3).length
  const before = messages()
  world.meet()
  expect(world.alice.stateOf(id)).toBe('delivered')
  expect(messages()).toBe(before)
})

test('both at once, hundreds each way', () => {
  const world = new World()
  world.connect()
  world.pass(SECOND_MS)
  for (let index = 0; index < 200; index += 1) {
    world.alice.send(`a${index}`)
    world.bob.send(`b${index}`)
    if (index % 50 === 25) world.settle(7)
  }
  world.pass(30 * SECOND_MS)
  expect(world.bob.received).toEqual(Array.from({ length: 200 }, (_, index) => `a${index}`))
  expect(world.alice.received).toEqual(Array.from({ length: 200 }, (_, index) => `b${index}`))
})
