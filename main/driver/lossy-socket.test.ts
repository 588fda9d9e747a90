import { expect, test } from 'vitest'
import { Address } from '../base/address.ts'
import { SeededRandom } from '../base/random.ts'
import { LossySocket } from './lossy-socket.ts'
import type { DatagramSocket } from './udp-socket.ts'

const PEER = new Address(Uint8Array.of(127, 0, 0, 1), 5)

class MemorySocket implements DatagramSocket {
  readonly udpPort = 40_000
  readonly sent: number[] = []
  isClosed = false
  arrive: (bytes: Uint8Array, from: Address) => void = () => {}

  send(bytes: Uint8Array): void {
    this.sent.push(bytes[0] ?? -1)
  }

  listen(onDatagram: (bytes: Uint8Array, from: Address) => void): void {
    this.arrive = onDatagram
  }

  async close(): Promise<void> {
    this.isClosed = true
  }
}

function run(seed: number) {
  const inner = new MemorySocket()
  const socket = new LossySocket(inner, { random: new SeededRandom(seed), dropShare: 0.05, duplicateShare: 0.02 })
  const heard: number[] = []
  socket.listen((bytes, from) => {
    if (from === PEER) heard.push(bytes[0] ?? -1)
  })
  for (let count = 0; count < 10_000; count += 1) {
    socket.send(Uint8Array.of(count & 0xff), PEER)
    inner.arrive(Uint8Array.of(count & 0xff), PEER)
  }
  return { inner, socket, heard }
}

test('loses and doubles its share both ways, and counts what it did', () => {
  const { inner, socket, heard } = run(1)
  for (const [counts, passed] of [
    [socket.sent, inner.sent],
    [socket.received, heard],
  ] as const) {
    expect(counts.total).toBe(10_000)
    expect(passed).toHaveLength(counts.total - counts.dropped + counts.duplicated)
    // Seeded, so these hold always: 5 % and 2 % of 10,000, within four standard deviations.
    expect(Math.abs(counts.dropped - 500)).toBeLessThan(88)
    expect(Math.abs(counts.duplicated - 200)).toBeLessThan(57)
  }
})

test('the same seed loses the same datagrams, another seed others', () => {
  expect(run(7).inner.sent).toEqual(run(7).inner.sent)
  expect(run(7).inner.sent).not.toEqual(run(8).inner.sent)
})

test('a doubled datagram comes as two arrays', () => {
  const inner = new MemorySocket()
  const socket = new LossySocket(inner, { random: new SeededRandom(1), dropShare: 0, duplicateShare: 1 })
  const heard: Uint8Array[] = []
  socket.listen((bytes) => heard.push(bytes))
  inner.arrive(Uint8Array.of(1), PEER)
  heard[0]?.fill(9)
  expect(heard).toEqual([Uint8Array.of(9), Uint8Array.of(1)])
})

test('is otherwise the socket that it decorates', async () => {
  const inner = new MemorySocket()
  const socket = new LossySocket(inner, { random: new SeededRandom(1), dropShare: 0 })
  expect(socket.udpPort).toBe(40_000)
  await socket.close()
  expect(inner.isClosed).toBe(true)
})
