import { expect, test } from 'vitest'
import { utf8Encode } from '../base/bytes.ts'
import { MINUTE_MS, SECOND_MS } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { eventsOf, placed, run, START } from './test-engines.ts'

await sodiumReady

test('hands friend requests from the onion up to the messenger, and leaving ends in friends seeing it', () => {
  const [node, alice, bob] = [placed(1), placed(2, { isPerson: true }), placed(3, { isPerson: true })]
  const nodes = [node, alice, bob]
  const entry = { publicKey: node.engine.tox.dht.publicKey, address: node.address }
  for (const { engine } of [alice, bob]) engine.bootstrap(entry, START)
  const bobUser = bob.engine.asUser()
  const aliceUser = alice.engine.asUser()
  alice.engine.command(() => aliceUser.addFriend(bobUser.messenger.toxId(), utf8Encode('hi'), START), START)
  const met = run(nodes, START, MINUTE_MS)
  expect(eventsOf(bob.engine)).toContainEqual(expect.objectContaining({ kind: 'friendRequest' }))
  bob.engine.command(() => bobUser.acceptFriend(aliceUser.messenger.publicKey, met), met)
  const online = run(nodes, met, MINUTE_MS)
  expect(eventsOf(alice.engine)).toContainEqual(expect.objectContaining({ kind: 'friendOnline' }))
  bob.engine.leave(0, online)
  run(nodes, online, 5 * SECOND_MS)
  expect(eventsOf(alice.engine)).toContainEqual(expect.objectContaining({ kind: 'friendOffline' }))
})

test("a bootstrap node has no client: handshakes and answers for one are nobody's", () => {
  const { engine, address } = placed(1)
  for (const id of [0x18, 0x19, 0x1a, 0x1b, 0x84, 0x86]) {
    engine.handlePacket(new Uint8Array(400).fill(id), address, START)
  }
  expect(engine.counters.get('engine.unknown')).toBe(6)
})
