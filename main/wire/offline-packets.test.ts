import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DecodeError } from '../base/byte-reader.ts'
import { fromHex, toHex, utf8Encode } from '../base/bytes.ts'
import { SeededRandom } from '../base/random.ts'
import { fuzzCaseCount, propertySeed } from '../base/test-seed.ts'
import { createKeyPair } from '../crypto/keys.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { type Codec, decode, encode } from './codec.ts'
import {
  contentPart,
  EPOCH_STATE,
  friendExtensionPackets,
  keyDoesExist,
  MAIL_KIND,
  mail,
  mailContent,
  messageFollows,
  messagesTaken,
  newKey,
  sendAgain,
  subTypeOf,
} from './offline-packets.ts'

await sodiumReady
const freshKey = createKeyPair(new SeededRandom(1)).publicKey
const id = new Uint8Array(16).fill(1)

test('a meeting opens with the packet as the protocol has it', () => {
  const bytes = encode(keyDoesExist, {
    subType: 1,
    version: 1,
    freshKey,
    wantsNew: true,
    readReceipts: false,
    epochs: [{ id: new Uint8Array(32).fill(0xee), state: EPOCH_STATE.confirmed, slotsWritten: 258 }],
  })
  expect(toHex(bytes)).toBe(`B80101${freshKey.hex}010001${'EE'.repeat(32)}0100000102`)
})

test('the longest packets fit into a friend packet of 1,373 bytes', () => {
  const epoch = { id: new Uint8Array(32), state: EPOCH_STATE.pending, slotsWritten: 0 }
  const epochs = Array.from({ length: 16 }, () => epoch)
  const messageIds = Array.from({ length: 64 }, () => id)
  const longest = [
    encode(keyDoesExist, { subType: 1, version: 1, freshKey, wantsNew: true, readReceipts: true, epochs }),
    encode(messagesTaken, { subType: 4, messageIds }),
    encode(sendAgain, { subType: 7, epochId: new Uint8Array(32), slots: Array.from({ length: 255 }, () => 0) }),
    encode(contentPart, {
      subType: 8,
      messageId: id,
      sequence: 1,
      sentAtMs: 1,
      length: 1_200,
      offset: 0,
      part: new Uint8Array(1_200),
    }),
  ]
  for (const bytes of longest) expect(bytes.length).toBeLessThanOrEqual(1_373)
})

test('every packet comes back as it was written', () => {
  const follows = { subType: 3, messageId: id, sequence: 5, sentAtMs: 1_700_000_000_123 } as const
  expect(decode(messageFollows, encode(messageFollows, follows))).toEqual(follows)
  const confirmation = {
    subType: 2,
    epochId: new Uint8Array(32).fill(1),
    confirmation: new Uint8Array(32).fill(2),
  } as const
  expect(decode(newKey, encode(newKey, confirmation))).toEqual(confirmation)
  const file = { kind: MAIL_KIND.file, name: utf8Encode('ü.txt'), bytes: new Uint8Array(70_000).fill(5) }
  expect(decode(mailContent, encode(mailContent, file))).toEqual(file)
})

test('another sub-type, trailing bytes and padding that is not zero are refused', () => {
  const bytes = encode(newKey, { subType: 2, epochId: new Uint8Array(32), confirmation: new Uint8Array(32) })
  expect(subTypeOf(bytes)).toBe(2)
  expect(() => decode(messagesTaken, bytes)).toThrow(DecodeError)
  expect(() => decode(newKey, fromHex(`${toHex(bytes)}00`))).toThrow(DecodeError)
  const part = encode(mail, {
    messageId: id,
    sequence: 0,
    sentAtMs: 0,
    partIndex: 0,
    partCount: 1,
    part: new Uint8Array(3),
  })
  expect(() => decode(mail, fromHex(`${toHex(part)}0001`))).toThrow(DecodeError)
})

test('any bytes give a value or DecodeError, and a value is written as it was read', () => {
  const codecs: readonly Codec<unknown>[] = [...friendExtensionPackets, mailContent, mail] as Codec<unknown>[]
  fc.assert(
    fc.property(
      fc.constantFrom(...codecs),
      fc.integer({ min: 1, max: 8 }),
      fc.uint8Array({ maxLength: 200 }),
      (codec, subType, noise) => {
        const bytes = Uint8Array.of(184, subType, ...noise)
        try {
          expect(encode(codec, decode(codec, bytes)).length).toBeLessThanOrEqual(bytes.length)
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError)
        }
      },
    ),
    { seed: propertySeed(), numRuns: fuzzCaseCount() },
  )
})

test('a file longer than a sender may leave is malformed, however long the bytes are', () => {
  const header = fromHex('500000')
  const fileOf = (length: number) => {
    const bytes = new Uint8Array(header.length + 4 + length)
    bytes.set(header)
    new DataView(bytes.buffer).setUint32(header.length, length)
    return bytes
  }
  expect(decode(mailContent, fileOf(1_048_576))).toMatchObject({ kind: MAIL_KIND.file })
  expect(() => decode(mailContent, fileOf(1_048_577))).toThrow(DecodeError)
})
