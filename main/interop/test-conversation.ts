import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ExpectStatic } from 'vitest'
import { utf8Length } from '../base/bytes.ts'
import type { Person } from './person.ts'

const MESSAGE_BYTES_MAX = 1_372
const NAME_BYTES_MAX = 128
const STATUS_MESSAGE_BYTES_MAX = 1_007
const BURST_COUNT = 500

/** `bytes` bytes of UTF-8 that begin with characters of one to four bytes, two directions of writing and joined ones. */
export function longText(bytes: number): string {
  const start = 'zoë 😀 ضوء 漢字 e\u0301 👩\u200d🚀 '
  return start + 'x'.repeat(bytes - utf8Length(start))
}

/** Everything that `speaker` can say to an online friend arrives whole and in order, and the receipts come back. */
export async function expectToBeHeard(speaker: Person, listener: Person, expect: ExpectStatic): Promise<void> {
  await expectProfileSeen(speaker, listener)
  const [to, from] = [listener.publicKey, speaker.publicKey]
  const texts = ['hi', '🐙', longText(60), longText(MESSAGE_BYTES_MAX)]
  for (const text of texts) {
    for (const kind of ['message', 'action'] as const) {
      const number = await speaker.send(to, text, kind)
      expect(await listener.nextMessage(from)).toEqual({ kind, text })
      expect(await speaker.nextReceipt(to)).toBe(number)
    }
  }
  await expect(speaker.send(to, longText(MESSAGE_BYTES_MAX + 1))).rejects.toThrow(/too ?long/i)
  await expectBurst(speaker, listener, expect)
}

/** Name, status message, status and typing, also at their length limits. */
async function expectProfileSeen(speaker: Person, listener: Person): Promise<void> {
  const from = speaker.publicKey
  for (const text of ['Zoë', longText(NAME_BYTES_MAX)]) {
    await speaker.setName(text)
    await listener.waitForNews(from, { kind: 'name', text })
  }
  for (const text of ['at sea ⛵', longText(STATUS_MESSAGE_BYTES_MAX)]) {
    await speaker.setStatusMessage(text)
    await listener.waitForNews(from, { kind: 'statusMessage', text })
  }
  for (const status of ['away', 'busy', 'none'] as const) {
    await speaker.setStatus(status)
    await listener.waitForNews(from, { kind: 'status', status })
  }
  for (const typing of [true, false]) {
    await speaker.setTyping(listener.publicKey, typing)
    await listener.waitForNews(from, { kind: 'typing', typing })
  }
}

async function expectBurst(speaker: Person, listener: Person, expect: ExpectStatic): Promise<void> {
  const numbers = await speaker.sendBurst(listener.publicKey, 'burst ', BURST_COUNT)
  const wanted = Array.from({ length: BURST_COUNT }, (_, at) => `burst ${at}`)
  const got: string[] = []
  while (got.length < BURST_COUNT) got.push((await listener.nextMessage(speaker.publicKey)).text)
  expect(got).toEqual(wanted)
  const receipts: number[] = []
  while (receipts.length < BURST_COUNT) receipts.push(await speaker.nextReceipt(listener.publicKey))
  expect(receipts).toEqual(numbers)
}

/** Where a file of so many bytes lies that has no pattern a shifted or repeated chunk could hide in. */
export async function writeSample(folder: string, name: string, length: number): Promise<string> {
  const path = join(folder, name)
  const words = Uint32Array.from({ length: Math.ceil(length / 4) }, (_, at) => Math.imul(at + 1, 0x9e3779b1))
  await writeFile(path, new Uint8Array(words.buffer, 0, length))
  return path
}

export interface FileExchange {
  readonly sender: Person
  readonly receiver: Person
  readonly folder: string
  readonly expect: ExpectStatic
}

/** A file goes over, paused by each side on its way, and arrives with the same hash. Returns how long it took. */
export async function expectFileArrives(exchange: FileExchange, bytes: number): Promise<number> {
  const { sender, receiver, folder, expect } = exchange
  const startedAt = performance.now()
  const { sent, received } = await offerFile(exchange, bytes)
  const target = join(folder, `to ${receiver.publicKey}`)
  await receiver.acceptFile(sender.publicKey, received, target)
  await sender.waitForControl(receiver.publicKey, sent, 'resume')
  await expectPause(exchange, { sent, received }, 'sender')
  await receiver.waitForProgress(sender.publicKey, received)
  await expectPause(exchange, { sent, received }, 'receiver')
  const [end, start] = await Promise.all([
    receiver.fileReceived(sender.publicKey, received),
    sender.fileSent(receiver.publicKey, sent),
  ])
  expect(end).toMatchObject({ complete: true, sha256: start.sha256 })
  return performance.now() - startedAt
}

/** Offers refused by the receiver, withdrawn by the sender, and ended by each on the way: the other side is told. */
export async function expectFilesCancelled(exchange: FileExchange, bytes: number): Promise<void> {
  const { sender, receiver, folder } = exchange
  for (const isAccepted of [false, true]) {
    for (const canceller of ['receiver', 'sender'] as const) {
      const { sent, received } = await offerFile(exchange, bytes)
      if (isAccepted) {
        await receiver.acceptFile(sender.publicKey, received, join(folder, 'cancelled'))
        await receiver.waitForProgress(sender.publicKey, received)
      }
      if (canceller === 'receiver') {
        await receiver.controlFile(sender.publicKey, received, 'cancel')
        await sender.waitForControl(receiver.publicKey, sent, 'cancel')
      } else {
        await sender.controlFile(receiver.publicKey, sent, 'cancel')
        await receiver.waitForControl(sender.publicKey, received, 'cancel')
      }
    }
  }
}

interface Transfer {
  /** The transfer's number at the sender, and at the receiver. */
  readonly sent: number
  readonly received: number
}

async function offerFile({ sender, receiver, folder, expect }: FileExchange, bytes: number): Promise<Transfer> {
  const path = await writeSample(folder, `from ${sender.publicKey}`, bytes)
  const sent = await sender.sendFile(receiver.publicKey, path, 'Foto ☀.png', bytes / 2)
  const offer = await receiver.nextOffer(sender.publicKey)
  expect(offer).toMatchObject({ name: 'Foto ☀.png', size: bytes })
  return { sent, received: offer.file }
}

/** While one side has paused nothing comes; the messages in between prove that something could have. */
async function expectPause(exchange: FileExchange, transfer: Transfer, who: 'sender' | 'receiver'): Promise<void> {
  const { sender, receiver, expect } = exchange
  const [active, activeFile, passive, passiveFile] =
    who === 'sender'
      ? [sender, transfer.sent, receiver, transfer.received]
      : [receiver, transfer.received, sender, transfer.sent]
  await active.controlFile(passive.publicKey, activeFile, 'pause')
  await passive.waitForControl(active.publicKey, passiveFile, 'pause')
  await expectMessage(sender, receiver, 'everything that was on its way is here')
  if (who === 'receiver') sender.goOn(transfer.sent)
  const steps = receiver.progressSoFar(transfer.received)
  for (let round = 0; round < 3; round += 1) await expectMessage(sender, receiver, `quiet ${round}`)
  expect(receiver.progressSoFar(transfer.received)).toBe(steps)
  await active.controlFile(passive.publicKey, activeFile, 'resume')
  await passive.waitForControl(active.publicKey, passiveFile, 'resume')

  async function expectMessage(from: Person, to: Person, text: string): Promise<void> {
    await from.send(to.publicKey, text)
    expect(await to.nextMessage(from.publicKey)).toEqual({ kind: 'message', text })
    await from.nextReceipt(to.publicKey)
  }
}
