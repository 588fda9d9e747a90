import { expect, test } from 'vitest'
import { Address } from './address.ts'
import { Outputs } from './outputs.ts'

const PEER = new Address(Uint8Array.of(127, 0, 0, 1), 33_445)

function sentBytes(outputs: Outputs<string>): number[] {
  const sent: number[] = []
  for (let transmit = outputs.pollTransmit(); transmit; transmit = outputs.pollTransmit())
    sent.push(transmit.bytes[0] ?? -1)
  return sent
}

test('datagrams leave in order, and those after a change only once it is persisted', () => {
  const outputs = new Outputs<string>()
  outputs.send(Uint8Array.of(1), PEER)
  const first = outputs.persist('first')
  outputs.send(Uint8Array.of(2), PEER)
  const second = outputs.persist('second')
  outputs.send(Uint8Array.of(3), PEER)

  expect(sentBytes(outputs)).toEqual([1])
  expect(outputs.pollChange()).toEqual({ sequence: first, change: 'first' })
  expect(sentBytes(outputs)).toEqual([])
  outputs.persisted(first)
  expect(sentBytes(outputs)).toEqual([2])
  expect(outputs.pollChange()).toEqual({ sequence: second, change: 'second' })
  expect(outputs.pollChange()).toBeUndefined()
  outputs.persisted(second)
  expect(sentBytes(outputs)).toEqual([3])
})

test('keeps its order through thousands of outputs drained in between', () => {
  const outputs = new Outputs<number>()
  const sent: number[] = []
  for (let round = 0; round < 5_000; round += 1) {
    outputs.send(Uint8Array.of(round % 251), PEER)
    if (round % 7 === 0) outputs.persist(round)
    if (round % 3 !== 0) continue
    for (let change = outputs.pollChange(); change; change = outputs.pollChange()) outputs.persisted(change.sequence)
    for (let transmit = outputs.pollTransmit(); transmit; transmit = outputs.pollTransmit())
      sent.push(transmit.bytes[0] ?? -1)
  }
  expect(sent.slice(0, 4_990)).toEqual(Array.from({ length: 4_990 }, (_, round) => round % 251))
})

test('drops and counts datagrams that nobody drains', () => {
  const outputs = new Outputs<string>()
  for (let count = 0; count < 65_540; count += 1) outputs.send(Uint8Array.of(1), PEER)
  expect(outputs.droppedCount).toBe(4)
})
