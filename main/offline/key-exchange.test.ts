import { expect, test } from 'vitest'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import type { MessengerEvent } from '../tox/messenger/messenger-events.ts'
import { decode, encode } from '../wire/codec.ts'
import { keyDoesExist, newKey, subTypeOf } from '../wire/offline-packets.ts'
import { friendRow } from './state-rows.ts'
import { type Side, World } from './test-world.ts'

await sodiumReady

function confirmedEpochs(side: Side): string[] {
  return side.offline
    .epochsOf(side.friend)
    .filter(({ isConfirmed, isRetired }) => isConfirmed && !isRetired)
    .map(({ id }) => id)
}

function currentOf(side: Side): string | undefined {
  return confirmedEpochs(side)[0]
}

/** Both write under the same epoch now. */
function expectEqualEpochs(world: World, hint = ''): void {
  const current = currentOf(world.alice)
  expect([hint, typeof current, currentOf(world.bob)]).toEqual([hint, 'string', current])
  for (const side of world.sides) expect([hint, side.offline.friendState(side.friend)]).toEqual([hint, 'ready'])
}

function isPacket(event: MessengerEvent, subType: number): boolean {
  return event.kind === 'custom' && subTypeOf(event.data) === subType
}

/** A message each way is stored and collected: the epoch works in both directions. */
function expectMailWorks(world: World): void {
  for (const side of world.sides) {
    const text = `from ${side.name} at ${world.now}`
    side.peer.kill()
    world.pass(10 * SECOND_MS)
    const id = side.send(text)
    world.pass(MINUTE_MS)
    expect(side.stateOf(id)).toBe('stored')
    side.peer.start()
    world.pass(3 * MINUTE_MS)
    expect(side.peer.received.at(-1)).toBe(text)
  }
}

test('two who never met agree on an epoch at their first meeting', () => {
  const world = new World()
  expect(world.alice.offline.friendState(world.alice.friend)).toBe('pending')
  world.meet()
  expectEqualEpochs(world)
  expectMailWorks(world)
})

test('an epoch under which nobody wrote serves again at the next meeting', () => {
  const world = new World()
  world.meet()
  const first = currentOf(world.alice)
  world.meet()
  expectEqualEpochs(world)
  expect(currentOf(world.alice)).toBe(first)
})

test('after mail was written, and after a day, new keys are made', () => {
  const world = new World()
  world.meet()
  const first = currentOf(world.alice)
  world.pass(DAY_MS + HOUR_MS)
  world.meet()
  const second = currentOf(world.alice)
  expect(second).not.toBe(first)
  world.bob.kill()
  world.pass(10 * SECOND_MS)
  world.alice.send('mail')
  world.pass(MINUTE_MS)
  world.bob.start()
  world.meet()
  expectEqualEpochs(world)
  expect(currentOf(world.alice)).not.toBe(second)
})

test.each(['alice', 'bob'] as const)(
  'when %s lost all keys, the next meeting makes them equal, and waiting mail comes',
  (name) => {
    const world = new World()
    world.meet()
    const loser = world[name]
    loser.kill()
    world.pass(10 * SECOND_MS)
    loser.peer.send('waiting')
    world.pass(MINUTE_MS)
    for (const key of loser.disk.rows.keys()) loser.disk.rows.delete(key)
    loser.start()
    world.pass(3 * MINUTE_MS)
    expect(loser.received).toEqual([])
    world.meet(10 * SECOND_MS)
    expectEqualEpochs(world)
    expect(loser.received).toEqual(['waiting'])
    expectMailWorks(world)
  },
)

test.each(['alice', 'bob'] as const)('a crash of %s after every single step of a meeting heals at the next', (name) => {
  const whole = new World()
  whole.meet()
  const stepCount = whole[name].stepCount
  expect(stepCount).toBeGreaterThanOrEqual(4)
  for (let step = 1; step <= stepCount + 1; step += 1) {
    const world = new World()
    world[name].crashAtStep = step
    world.meet()
    world.meet()
    expectEqualEpochs(world, `step ${step}`)
    expectMailWorks(world)
  }
})

test.each(['alice', 'bob'] as const)('a confirmation of %s that is lost is made up for at the next meeting', (name) => {
  const world = new World()
  world[name].deliver = (event) => (isPacket(event, 2) ? [] : [event])
  world.meet()
  expect(currentOf(world[name].peer)).toBeUndefined()
  const first = currentOf(world[name])
  expect(first).toBeDefined()
  world[name].deliver = (event) => [event]
  world.meet()
  expectEqualEpochs(world)
  // No keys are burnt by it: the pending epoch is the one that is confirmed.
  expect(currentOf(world.alice)).toBe(first)
  expectMailWorks(world)
})

test('mail under keys that only its sender saw confirmed opens, and confirms them', () => {
  const world = new World()
  world.alice.deliver = (event) => (isPacket(event, 2) ? [] : [event])
  world.meet()
  expect(currentOf(world.bob)).toBeUndefined()
  world.bob.kill()
  world.pass(10 * SECOND_MS)
  world.alice.send('under pending keys')
  world.pass(MINUTE_MS)
  world.bob.start()
  world.pass(3 * MINUTE_MS)
  expect(world.bob.received).toEqual(['under pending keys'])
  expectEqualEpochs(world)
})

test('a doubled confirmation changes nothing, nor does one that comes in a later connection', () => {
  const world = new World()
  const late: MessengerEvent[] = []
  world.alice.deliver = (event) => {
    if (!isPacket(event, 2)) return [event]
    late.push(event)
    return [event, event]
  }
  world.meet()
  expectEqualEpochs(world)
  const first = currentOf(world.alice)
  world.alice.deliver = (event) => [event, ...(isPacket(event, 1) ? late : [])]
  world.meet()
  expectEqualEpochs(world)
  expect(currentOf(world.alice)).toBe(first)
  expect(world.bob.run?.counters.get('offline.confirmationsRefused')).toBe(0)
})

test('a confirmation that comes only in the next meeting confirms', () => {
  const world = new World()
  const late: MessengerEvent[] = []
  world.alice.deliver = (event) => {
    if (!isPacket(event, 2)) return [event]
    late.push(event)
    return []
  }
  world.meet()
  world.alice.deliver = (event) => (isPacket(event, 2) ? [] : [event, ...(isPacket(event, 1) ? late : [])])
  world.meet()
  expectEqualEpochs(world)
})

test('a wrong confirmation confirms nothing', () => {
  const world = new World()
  world.alice.deliver = (event) => {
    if (event.kind !== 'custom' || !isPacket(event, 2)) return [event]
    const data = event.data.slice()
    data[data.length - 1] = (data.at(-1) ?? 0) ^ 1
    return [{ ...event, data }]
  }
  world.meet()
  expect(currentOf(world.bob)).toBeUndefined()
  expect(world.bob.offline.friendState(world.bob.friend)).toBe('pending')
  expect(world.bob.run?.counters.get('offline.confirmationsRefused')).toBe(1)
})

test('two meetings at once end with equal epochs', () => {
  const world = new World()
  world.connect()
  world.settle(3)
  world.connect()
  world.settle(5)
  world.connect()
  world.pass(SECOND_MS)
  expectEqualEpochs(world)
  expectMailWorks(world)
})

test('a friend that begins anew within one connection is answered, and only so often', () => {
  const world = new World()
  world.connect()
  world.pass(SECOND_MS)
  // Bob's client lost the connection and is back before Alice noticed anything.
  world.bob.run?.arriving.push({ kind: 'friendOffline', friend: world.bob.friend })
  world.bob.run?.arriving.push({ kind: 'friendOnline', friend: world.bob.friend })
  world.pass(SECOND_MS)
  expectEqualEpochs(world)
  for (let round = 0; round < 10; round += 1) {
    world.bob.run?.arriving.push({ kind: 'friendOnline', friend: world.bob.friend })
    world.pass(SECOND_MS)
  }
  expect(world.alice.run?.counters.get('offline.hellosRefused')).toBeGreaterThan(0)
  world.meet()
  expectEqualEpochs(world)
})

test.each([1, -1])('a clock that is wrong by a year (%i) still ends with equal epochs', (direction) => {
  const world = new World()
  world.meet()
  world.alice.kill()
  world.alice.clockOffsetMs = direction * 365 * DAY_MS
  world.alice.start()
  world.meet()
  expectEqualEpochs(world)
  world.alice.kill()
  world.alice.clockOffsetMs = 0
  world.alice.start()
  world.meet()
  expectEqualEpochs(world)
  expectMailWorks(world)
})

test.each(['alice', 'bob'] as const)('a restored backup of %s ends with equal epochs at the next meeting', (name) => {
  const world = new World()
  world.meet()
  const backup = world[name].disk.copy()
  expectMailWorks(world)
  world.meet()
  expectMailWorks(world)
  world[name].kill()
  world[name].disk = backup
  world[name].start()
  world.meet()
  expectEqualEpochs(world)
  expectMailWorks(world)
})

test('ten meetings in a minute lose no mail and burn no epochs', () => {
  const world = new World()
  world.meet()
  const before = currentOf(world.alice)
  for (let round = 0; round < 10; round += 1) {
    world.connect()
    world.settle(round % 3 === 0 ? 4 : 1_000)
    world.alice.send(`a${round}`)
    world.bob.send(`b${round}`)
    world.pass(round % 2 === 0 ? SECOND_MS : 2 * SECOND_MS)
    // Written as the connection breaks: it waits for the next, which is a moment away.
    world.alice.send(`last ${round}`)
    world.disconnect()
    world.pass(4 * SECOND_MS)
  }
  world.connect()
  world.pass(10 * SECOND_MS)
  const rounds = Array.from({ length: 10 }, (_, round) => round)
  expect(world.bob.received).toEqual(rounds.flatMap((round) => [`a${round}`, `last ${round}`]))
  expect(world.alice.received).toEqual(rounds.map((round) => `b${round}`))
  expectEqualEpochs(world)
  expect(currentOf(world.alice)).toBe(before)
  expect(world.alice.offline.epochsOf(world.alice.friend)).toHaveLength(1)
})

test('meetings between which mail is stored each way lose none of it', () => {
  const world = new World()
  world.meet()
  const texts = Array.from({ length: 12 }, (_, round) => `message ${round}`)
  for (const [round, text] of texts.entries()) {
    world.alice.send(text)
    world.bob.send(text)
    world.pass(8 * SECOND_MS)
    world.connect()
    world.settle(round * 3)
    world.disconnect()
    world.settle()
  }
  world.meet(10 * SECOND_MS)
  world.pass(10 * MINUTE_MS)
  for (const side of world.sides) expect(side.received).toEqual(texts)
  expect(world.network.copyCount()).toBe(0)
  world.meet()
  expectEqualEpochs(world)
})

test('connections that break at every point of the meeting leave few epochs behind', () => {
  const world = new World()
  for (let steps = 1; steps <= 40; steps += 1) {
    world.connect()
    world.settle(steps % 20)
    world.disconnect()
    world.settle()
    world.pass(SECOND_MS)
  }
  for (const side of world.sides) {
    expect(side.offline.epochsOf(side.friend).filter(({ isRetired }) => !isRetired).length).toBeLessThanOrEqual(16)
  }
  world.meet()
  expectEqualEpochs(world)
  expectMailWorks(world)
})

test('a version once used is not lowered, and an unknown lower one is refused', () => {
  const world = new World()
  world.bob.deliver = (event) => {
    if (event.kind !== 'custom' || !isPacket(event, 1)) return [event]
    const data = event.data.slice()
    data[2] = 0
    return [{ ...event, data }]
  }
  world.meet()
  expect(currentOf(world.alice)).toBeUndefined()
  expect(world.alice.run?.counters.get('offline.versionsRefused')).toBe(1)
})

test('with whom a later version was used, an earlier one is not used again', () => {
  const world = new World()
  world.meet()
  world.alice.kill()
  const key = `friend/${world.alice.friend.hex}`
  const row = decode(friendRow, world.alice.disk.rows.get(key) ?? new Uint8Array(0))
  world.alice.disk.rows.set(key, encode(friendRow, { ...row, agreementVersion: 2 }))
  world.pass(DAY_MS + HOUR_MS)
  world.alice.start()
  world.meet()
  expect(world.alice.run?.counters.get('offline.versionsRefused')).toBe(1)
  expect(world.alice.offline.epochsOf(world.alice.friend)).toHaveLength(1)
})

test('nothing is written before the friend showed that it has the keys', () => {
  const world = new World()
  world.bob.deliver = (event) => (isPacket(event, 2) ? [] : [event])
  world.meet()
  world.bob.kill()
  world.pass(10 * SECOND_MS)
  const id = world.alice.send('too early')
  world.pass(HOUR_MS)
  expect(world.alice.stateOf(id)).toBe('queued (not-met)')
  expect(world.network.recorded).toEqual([])
})

test('each meeting has a fresh key of its own', () => {
  const world = new World()
  for (let round = 0; round < 3; round += 1) world.meet()
  const hellos = world.alice.sentCustom.filter((data) => subTypeOf(data) === 1)
  const keys = hellos.map((data) => decode(keyDoesExist, data).freshKey.hex)
  expect(keys.length).toBeGreaterThanOrEqual(3)
  expect(new Set(keys).size).toBe(keys.length)
})

test('who does not answer for ten seconds is met as a plain Tox client, until it does answer', () => {
  const world = new World()
  world.bob.deliver = (event) => (event.kind === 'custom' ? [] : [event])
  world.connect()
  world.pass(9 * SECOND_MS)
  expect(world.alice.offline.friendState(world.alice.friend)).toBe('pending')
  world.pass(2 * SECOND_MS)
  expect(world.alice.offline.friendState(world.alice.friend)).toBe('unsupported')
  world.bob.deliver = (event) => [event]
  world.meet()
  expectEqualEpochs(world)
})

test('that nothing is left to read is believed only of one who showed the new keys', () => {
  const world = new World()
  world.meet()
  world.alice.kill()
  world.pass(10 * SECOND_MS)
  world.bob.send('waiting')
  world.pass(MINUTE_MS)
  world.setNetwork(false)
  world.alice.start()
  const isMessage = (event: MessengerEvent) => event.kind === 'message' || isPacket(event, 3)
  world.bob.deliver = (event) => (isMessage(event) ? [] : [event])
  world.meet()
  expect(world.alice.offline.epochsOf(world.alice.friend)).toHaveLength(2)
  // Somebody in Bob's place says that he wrote nothing under the older keys, and has none of the new ones.
  world.bob.deliver = (event) => {
    if (isMessage(event)) return []
    if (event.kind !== 'custom' || !isPacket(event, 1)) return [event]
    const hello = decode(keyDoesExist, event.data)
    const epochs = hello.epochs.map((entry) => ({ ...entry, slotsWritten: 0 }))
    const wrong = { subType: 2 as const, epochId: new Uint8Array(32), confirmation: new Uint8Array(32) }
    return [
      { ...event, data: encode(keyDoesExist, { ...hello, epochs, wantsNew: true }) },
      { ...event, data: encode(newKey, wrong) },
    ]
  }
  world.meet()
  expect(world.alice.run?.counters.get('offline.confirmationsRefused')).toBe(1)
  expect(world.alice.received).toEqual([])
  world.setNetwork(true)
  world.pass(3 * MINUTE_MS)
  expect(world.alice.received).toEqual(['waiting'])
})
