import { beforeAll, expect, test } from 'vitest'
import { SeededRandom } from '../../base/random.ts'
import { createKeyPair } from '../../crypto/keys.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import type { FileEvent } from './file-events.ts'
import { OutgoingFile } from './outgoing-file.ts'
import { OutgoingFiles } from './outgoing-files.ts'
import { FakeNetCrypto } from './test-fakes.ts'
import { ADDRESS } from './test-pair.ts'

beforeAll(() => sodiumReady)

function rig() {
  const random = new SeededRandom(2)
  const friend = createKeyPair(random).publicKey
  const netCrypto = new FakeNetCrypto(createKeyPair(random).publicKey)
  netCrypto.establish(friend, friend, ADDRESS)
  const events: FileEvent[] = []
  const files = new OutgoingFiles({ friend, netCrypto, emit: { push: (event) => events.push(event) } })
  const start = (fileNumber: number, size: number) => {
    const file = new OutgoingFile({ transferId: fileNumber + 1, fileNumber, size })
    file.accept()
    files.add(file)
    return file
  }
  return { netCrypto, events, files, start }
}

test('gives numbers out in turn, so that a number comes back as late as can be', () => {
  const { files, start } = rig()
  for (let round = 0; round < 600; round += 1) {
    const number = files.takeNumber()
    expect(number).toBe(round % 256)
    if (number === undefined) throw new Error('no number')
    start(number, 1)
    files.delete(number)
  }
  for (let count = 0; count < 256; count += 1) start(files.takeNumber() ?? -1, 1)
  expect(files.takeNumber()).toBeUndefined()
})

test('sends one packet of each file in turn', () => {
  const { files, start, netCrypto } = rig()
  for (const number of [0, 1, 2]) start(number, 5 * 1_371)
  files.pump(0)
  for (const file of files.all()) file.provide(0, new Uint8Array(5 * 1_371))
  netCrypto.bulkWindow = 9
  files.pump(0)
  expect(netCrypto.sent.map((data) => data[1])).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2])
})

test('looks for room again only while something waits for it', () => {
  const { files, start, netCrypto } = rig()
  const file = start(0, 1_371 * 3)
  netCrypto.bulkWindow = 0
  files.pump(0)
  expect(files.nextTimeout()).toBeUndefined()
  file.provide(0, new Uint8Array(1_371 * 3))
  files.pump(0)
  expect(files.nextTimeout()?.at).toBe(50)
  netCrypto.bulkWindow = 10
  files.handleTimeout(50)
  expect(netCrypto.sent).toHaveLength(3)
  expect(files.nextTimeout()).toBeUndefined()
  expect(files.acknowledged(3)).toEqual([file])
  expect(files.acknowledged(2)).toEqual([])
})
