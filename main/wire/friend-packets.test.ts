import { expect, test } from 'vitest'
import { DecodeError } from '../base/byte-reader.ts'
import { toHex } from '../base/bytes.ts'
import { decode, encode } from './codec.ts'
import { alivePacket, liveFriendRequestPacket, offlinePacket, onlinePacket } from './friend-packets.ts'

test('alive, online and offline are one byte each, and nothing else reads as one', () => {
  expect([alivePacket, onlinePacket, offlinePacket].map((codec) => toHex(encode(codec, {})))).toEqual([
    '10',
    '18',
    '19',
  ])
  expect(decode(onlinePacket, Uint8Array.of(24))).toEqual({})
  expect(() => decode(onlinePacket, Uint8Array.of(24, 0))).toThrow(DecodeError)
  expect(() => decode(onlinePacket, Uint8Array.of(25))).toThrow(DecodeError)
  expect(() => decode(onlinePacket, new Uint8Array(0))).toThrow(DecodeError)
})

test('a friend request over a live connection is id, nospam and a message that is not empty', () => {
  const request = { nospam: Uint8Array.of(1, 2, 3, 4), message: Uint8Array.of(0x68, 0x69) }
  const bytes = encode(liveFriendRequestPacket, request)
  expect(toHex(bytes)).toBe('12010203046869')
  expect(decode(liveFriendRequestPacket, bytes)).toEqual(request)
  expect(() => decode(liveFriendRequestPacket, bytes.subarray(0, 5))).toThrow(DecodeError)
  expect(decode(liveFriendRequestPacket, new Uint8Array(5 + 1_016).fill(18)).message).toHaveLength(1_016)
  expect(() => decode(liveFriendRequestPacket, new Uint8Array(5 + 1_017).fill(18))).toThrow(DecodeError)
})
