import { expect, test } from 'vitest'
import { equalBytes, toHex } from '../base/bytes.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { Epoch } from './epoch.ts'
import { spendSlot, takeSlot } from './slot-chain.ts'
import { TestFriend } from './test-friends.ts'

await sodiumReady

function restored(world: TestFriend, id: string): Epoch {
  world.journal.commit()
  const at = `${world.friend.hex}/${id}`
  const row = world.sink.rows.get(`epoch/${at}`)
  if (!row) throw new Error('no such epoch')
  return Epoch.restored(row, world.sink.rows.get(`send/${at}`), world.sink.rows.get(`receive/${at}`))
}

test('an epoch comes back from its rows as it was, chains and all', () => {
  const world = new TestFriend(1)
  const { epoch } = world.meet(1_000)
  if (epoch.receive) epoch.receive = spendSlot(epoch.receive, 3, 2_000)
  epoch.isOutOfDate = true
  epoch.peerSlots = 9
  epoch.save(world.journal, world.friend.hex)
  epoch.saveReceive(world.journal, world.friend.hex)
  const again = restored(world, epoch.idHex)
  expect(again.idHex).toBe(epoch.idHex)
  expect([again.isConfirmed, again.isOutOfDate, again.peerSlots, again.agreedAt]).toEqual([true, true, 9, 1_000])
  expect(again.send).toEqual(epoch.send)
  expect(again.receive).toEqual(epoch.receive)
  expect(again.ownConfirmation).toEqual(epoch.ownConfirmation)
  expect(again.receiveMailbox).toBe(epoch.receiveMailbox)
  expect(again.sendSigner().verifyKey.hex).toBe(epoch.sendSigner().verifyKey.hex)
  expect(again.isChecked).toBe(false)
})

test('each direction has a mailbox of its own, the same for both friends', () => {
  const { epoch, far } = new TestFriend(1).meet(0)
  const other = Epoch.agreed(far, 1, 0)
  expect(epoch.receiveSigner().verifyKey.hex).toBe(other.sendSigner().verifyKey.hex)
  expect(epoch.sendSigner().verifyKey.hex).not.toBe(epoch.receiveSigner().verifyKey.hex)
})

test('once it is not written under any more its chain key is gone, in memory and on disk', () => {
  const world = new TestFriend(1)
  const { epoch } = world.meet(0)
  const { nextSlot, chainKey } = epoch.send
  if (!chainKey) throw new Error('no chain')
  const copy = chainKey.slice()
  epoch.send = takeSlot({ nextSlot, chainKey }).chain
  const live = epoch.send.chainKey
  epoch.endSending()
  epoch.saveSend(world.journal, world.friend.hex)
  expect(live).toEqual(new Uint8Array(32))
  const again = restored(world, epoch.idHex)
  expect(again.send).toEqual({ nextSlot: 1, chainKey: undefined })
  for (const row of world.sink.rows.values()) expect(toHex(row)).not.toContain(toHex(copy))
})

test('when its reading keys are erased the row that held them is', () => {
  const world = new TestFriend(1)
  const { epoch } = world.meet(0)
  epoch.endReading(5_000)
  epoch.save(world.journal, world.friend.hex)
  epoch.saveReceive(world.journal, world.friend.hex)
  const again = restored(world, epoch.idHex)
  expect(again.receive).toBeUndefined()
  expect(again.retiredAt).toBe(5_000)
  // The mailbox key stays: it lists and deletes, it does not read.
  expect(equalBytes(again.receiveSigner().verifyKey.bytes, epoch.receiveSigner().verifyKey.bytes)).toBe(true)
})

test('settled is when every slot that the friend wrote is read or gone', () => {
  const { epoch } = new TestFriend(1).meet(0)
  expect(epoch.isSettled).toBe(false)
  epoch.peerSlots = 3
  expect(epoch.isSettled).toBe(false)
  if (epoch.receive) epoch.receive = spendSlot(epoch.receive, 2, 0)
  expect(epoch.isSettled).toBe(false)
  for (const slot of [0, 1]) if (epoch.receive) epoch.receive = spendSlot(epoch.receive, slot, 0)
  expect(epoch.isSettled).toBe(true)
  epoch.peerSlots = 4
  expect(epoch.isSettled).toBe(false)
})

test('wiping leaves no secret', () => {
  const { epoch } = new TestFriend(1).meet(0)
  const { receive, ownConfirmation } = epoch
  epoch.wipe()
  expect(receive?.chainKey).toEqual(new Uint8Array(32))
  expect(ownConfirmation).toEqual(new Uint8Array(32))
})
