import { expect, test } from 'vitest'
import { toHex } from '../base/bytes.ts'
import { SeededRandom } from '../base/random.ts'
import { type TableWatch, watchTables } from '../base/test-table-sizes.ts'
import { fuzzCaseCount, propertySeed } from '../base/test-seed.ts'
import { createKeyPair } from '../crypto/keys.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { HostileNetwork } from './test-hostile-network.ts'
import { createPerson, HostileWorld, missiles } from './test-hostile-world.ts'

await sodiumReady

const KINDS_OF_NODE = 2
/** No table that strangers can fill has a bound above 16,384, but for these. */
const TABLE_MAX = 16_384
const LARGER_TABLES: ReadonlyMap<string, number> = new Map([['base/expiring-map.ts, storage/challenge.ts', 65_536]])

/**
 * Goal: strangers cannot make an engine throw, keep it busy for ever, or make it remember without measure.
 * Method: every first byte, inner id and extension kind in turn, from changing keys and addresses, with changed vectors
 * inside well-sealed packets, while time passes and leaps. Each of the two nodes gets half of the cases of each kind.
 */
test.each(['a bootstrap node', 'a node with a person'])('%s survives whatever strangers send', (who) => {
  const watch = watchTables()
  try {
    const random = new SeededRandom(propertySeed())
    const profile = who === 'a bootstrap node' ? undefined : createPerson(random, [createKeyPair(random).publicKey])
    const world = new HostileWorld(propertySeed(), profile)
    const all = missiles()
    for (let turn = fuzzCaseCount() / KINDS_OF_NODE; turn > 0; turn -= 1) {
      for (const missile of all) strike(world, missile.name, missile.make(world))
    }
    expect(tooLarge(watch)).toEqual([])
  } finally {
    watch.stop()
  }
})

/**
 * Goal: the same, in the middle of true conversations.
 * Method: six engines, three with persons who are friends, meet, talk, store and fetch; a fifth of what they say is
 * changed on its way and sealed again, and friends send changed packets over their connections.
 */
test('engines survive a network that changes what they say', () => {
  const watch = watchTables()
  try {
    const network = new HostileNetwork(propertySeed())
    network.meetInPeace()
    while (network.changedCount < fuzzCaseCount()) network.round()
    expect(tooLarge(watch)).toEqual([])
    // Friends stayed in touch through it.
    expect(network.spokenCount).toBeGreaterThan(0)
  } finally {
    watch.stop()
  }
})

function strike(world: HostileWorld, name: string, datagram: Uint8Array): void {
  try {
    world.strike(datagram)
  } catch (error) {
    throw new Error(`${name}: ${toHex(datagram)}`, { cause: error })
  }
}

function tooLarge({ largest }: TableWatch): string[] {
  return [...largest]
    .filter(([place, size]) => size > (LARGER_TABLES.get(place) ?? TABLE_MAX))
    .map(([place, size]) => `${place}: ${size}`)
}
