import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DecodeError } from '../base/byte-reader.ts'
import { fromHex, toHex, utf8Encode } from '../base/bytes.ts'
import { propertySeed } from '../base/test-seed.ts'
import { decode, encode, type PacketCodec } from './codec.ts'
import {
  actionPacket,
  FILE_SIZE_UNKNOWN,
  FileControl,
  fileControlPacket,
  fileDataPacket,
  fileOfferPacket,
  messagePacket,
  namePacket,
  statusMessagePacket,
  typingPacket,
  userStatusPacket,
} from './messenger-packets.ts'

const seed = propertySeed()

test('texts stand behind their id, within their limits', () => {
  expect(toHex(encode(namePacket, { name: utf8Encode('Bob') }))).toBe('30426F62')
  expect(toHex(encode(namePacket, { name: new Uint8Array(0) }))).toBe('30')
  expect(decode(statusMessagePacket, utf8Encode('1hi')).statusMessage).toEqual(utf8Encode('hi'))
  const limits = [
    [again(namePacket), 48, 0, 128],
    [again(statusMessagePacket), 49, 0, 1_007],
    [again(messagePacket), 64, 1, 1_372],
    [again(actionPacket), 65, 1, 1_372],
  ] as const
  for (const [{ roundTrip }, id, least, most] of limits) {
    const ofLength = (length: number) => Uint8Array.of(id, ...new Uint8Array(length))
    for (const length of [least, most]) expect(roundTrip(ofLength(length))).toEqual(ofLength(length))
    expect(() => roundTrip(ofLength(most + 1))).toThrow(DecodeError)
    if (least > 0) expect(() => roundTrip(ofLength(least - 1))).toThrow(DecodeError)
  }
})

test('status and typing take only the values they have', () => {
  expect([0, 1, 2].map((status) => decode(userStatusPacket, Uint8Array.of(50, status)).status)).toEqual([0, 1, 2])
  expect(() => decode(userStatusPacket, Uint8Array.of(50, 3))).toThrow(DecodeError)
  expect(decode(typingPacket, Uint8Array.of(51, 1)).isTyping).toBe(true)
  expect(() => decode(typingPacket, Uint8Array.of(51, 2))).toThrow(DecodeError)
  expect(() => decode(typingPacket, Uint8Array.of(51))).toThrow(DecodeError)
})

test('a file send request has number, kind, size, id and name in this order', () => {
  const offer = {
    fileNumber: 7,
    fileKind: 1,
    size: 0x0102n,
    fileId: new Uint8Array(32).fill(0xab),
    name: utf8Encode('a'),
  }
  const bytes = encode(fileOfferPacket, offer)
  expect(toHex(bytes)).toBe(`50070000000100000000000001${'02'}${'AB'.repeat(32)}61`)
  expect(decode(fileOfferPacket, bytes)).toEqual(offer)
  const unknown = fromHex(`5000${'00000000'}${'FF'.repeat(8)}${'00'.repeat(32)}`)
  expect(decode(fileOfferPacket, unknown).size).toBe(FILE_SIZE_UNKNOWN)
  expect(() => decode(fileOfferPacket, unknown.subarray(0, -1))).toThrow(DecodeError)
  expect(() => decode(fileOfferPacket, Uint8Array.of(...unknown, ...new Uint8Array(256)))).toThrow(DecodeError)
})

test('a file control has a position with seek, and only with it', () => {
  const control = { isAboutReceived: true, fileNumber: 3, control: FileControl.accept, position: undefined }
  expect(toHex(encode(fileControlPacket, control))).toBe('51010300')
  expect(decode(fileControlPacket, fromHex('51000502'))).toMatchObject({
    isAboutReceived: false,
    fileNumber: 5,
    control: 2,
  })
  const seek = { isAboutReceived: true, fileNumber: 3, control: FileControl.seek, position: 1_371n }
  expect(toHex(encode(fileControlPacket, seek))).toBe('51010303000000000000055B')
  expect(decode(fileControlPacket, encode(fileControlPacket, seek))).toEqual(seek)
  for (const wrong of [
    '510103',
    '51010303',
    '5101030000',
    '51020300',
    '51010304',
    '5101030300000000000000',
    '50010300',
  ]) {
    expect(() => decode(fileControlPacket, fromHex(wrong))).toThrow(DecodeError)
  }
})

test('file data is a number and up to 1,371 bytes', () => {
  expect(decode(fileDataPacket, Uint8Array.of(82, 9))).toEqual({ fileNumber: 9, data: new Uint8Array(0) })
  expect(decode(fileDataPacket, new Uint8Array(1_373).fill(82)).data).toHaveLength(1_371)
  expect(() => decode(fileDataPacket, new Uint8Array(1_374).fill(82))).toThrow(DecodeError)
})

test('every packet that decodes encodes to the same bytes, and all else throws DecodeError', () => {
  const codecs = [
    again(namePacket),
    again(statusMessagePacket),
    again(userStatusPacket),
    again(typingPacket),
    again(messagePacket),
    again(actionPacket),
    again(fileOfferPacket),
    again(fileControlPacket),
    again(fileDataPacket),
  ]
  const body = fc.oneof(fc.uint8Array({ maxLength: 64 }), fc.uint8Array({ maxLength: 1_400 }))
  fc.assert(
    fc.property(fc.constantFrom(...codecs), body, (codec, rest) => {
      const bytes = Uint8Array.of(codec.id, ...rest)
      try {
        expect(codec.roundTrip(bytes)).toEqual(bytes)
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error
      }
    }),
    { seed, numRuns: 500 },
  )
})

/** A codec as a function from bytes to the same bytes. */
function again<T>(codec: PacketCodec<T>) {
  return { id: codec.id, roundTrip: (bytes: Uint8Array) => encode(codec, decode(codec, bytes)) }
}
