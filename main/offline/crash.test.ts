import { expect, test } from 'vitest'
import { utf8Encode } from '../base/bytes.ts'
import { MINUTE_MS, SECOND_MS } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { type Side, World } from './test-world.ts'

await sodiumReady

/** Both write while both are there, then each while the other is away; a file needs two records. */
function story(world: World): void {
  const { alice, bob } = world
  world.connect()
  world.pass(SECOND_MS)
  alice.send('a direct')
  bob.send('b direct')
  world.pass(SECOND_MS)
  bob.kill()
  world.pass(10 * SECOND_MS)
  alice.send('a stored')
  alice.sendContent({ kind: 'file', name: utf8Encode('a file'), bytes: new Uint8Array(70_000) })
  world.pass(MINUTE_MS)
  alice.kill()
  bob.start()
  world.pass(3 * MINUTE_MS)
  bob.send('b stored')
  world.pass(MINUTE_MS)
  alice.start()
  world.pass(3 * MINUTE_MS)
  alice.send('a last')
  world.connect()
  world.pass(SECOND_MS)
}

/** Whatever went wrong: two more meetings with time between them. */
function heal(world: World): void {
  for (const side of world.sides) {
    side.crashAtStep = undefined
    if (!side.run) side.start()
  }
  for (let round = 0; round < 2; round += 1) {
    world.pass(3 * MINUTE_MS)
    world.connect()
    world.pass(20 * SECOND_MS)
    world.disconnect()
    world.settle()
  }
  world.pass(3 * MINUTE_MS)
}

/** All that the sender's disk says was written, in its order. */
function written(side: Side): string[] {
  return side.disk.history.filter(({ isOutgoing }) => isOutgoing).map(({ text }) => text)
}

/** The sending keys of both are the same epoch. */
function currentEpochs(world: World): (string | undefined)[] {
  return world.sides.map((side) => side.offline.epochsOf(side.friend).find(({ isConfirmed }) => isConfirmed)?.id)
}

function expectOneTruth(world: World, hint: string): void {
  expect([hint, ...world.bob.received]).toEqual([hint, ...written(world.alice)])
  expect([hint, ...world.alice.received]).toEqual([hint, ...written(world.bob)])
  for (const side of world.sides) {
    const states = side.disk.history.filter(({ isOutgoing }) => isOutgoing).map(({ state }) => state)
    for (const state of states) expect([`${hint}: collected`, `${hint}: delivered`]).toContain(`${hint}: ${state}`)
    // Nothing of what was settled stays on the disk.
    expect([hint, side.disk.count('sealed'), side.disk.count('content'), side.disk.count('held')]).toEqual([
      hint,
      0,
      0,
      0,
    ])
    expect([hint, side.disk.count('part'), side.disk.count('entry')]).toEqual([hint, 0, 0])
  }
  const [one, other] = currentEpochs(world)
  expect([hint, typeof one, other]).toEqual([hint, 'string', one])
  expect([hint, world.network.copyCount()]).toEqual([hint, 0])
}

test('the story without a crash', () => {
  const world = new World()
  story(world)
  heal(world)
  expectOneTruth(world, 'no crash')
  expect(world.bob.received).toHaveLength(4)
})

test.each(['alice', 'bob'] as const)(
  'a program of %s that dies at any step loses, doubles and reorders nothing',
  (name) => {
    // Goal: disk before wire. Method: die instead of the nth change written or datagram sent, for every n.
    const whole = new World()
    story(whole)
    const stepCount = whole[name].stepCount
    expect(stepCount).toBeGreaterThan(40)
    for (let step = 1; step <= stepCount; step += 1) {
      const world = new World()
      world[name].crashAtStep = step
      story(world)
      heal(world)
      expectOneTruth(world, `${name} dies at step ${step}`)
    }
  },
)

test('both die again and again, at random steps, and nothing is lost, doubled or reordered', () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const world = new World({ seed })
    for (const side of world.sides) side.crashAtStep = 3 + ((seed * 7_919) % 60)
    story(world)
    for (const side of world.sides) side.crashAtStep = side.stepCount + 2 + ((seed * 104_729) % 30)
    world.meet()
    heal(world)
    expectOneTruth(world, `seed ${seed}`)
  }
})
