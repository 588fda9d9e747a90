import { expect, test } from 'vitest'
import { DecodeError } from '../base/byte-reader.ts'
import { fromHex, toHex, utf8Encode } from '../base/bytes.ts'
import { bootstrapInfoResponse, isBootstrapInfoRequest, MOTD_BYTES_MAX } from './bootstrap-info.ts'
import { decode, encode } from './codec.ts'

test('answers with version and message of the day', () => {
  // The version is what tox-bootstrapd 0.2.18 says.
  const response = { version: 1_000_002_018, motd: utf8Encode('hello') }
  expect(toHex(encode(bootstrapInfoResponse, response))).toBe('F03B9AD1E268656C6C6F')
  expect(decode(bootstrapInfoResponse, fromHex('F03B9AD1E268656C6C6F'))).toEqual(response)
})

test('a message of the day is at most 256 bytes', () => {
  const longest = encode(bootstrapInfoResponse, { version: 1, motd: new Uint8Array(MOTD_BYTES_MAX) })
  expect(decode(bootstrapInfoResponse, longest).motd.length).toBe(256)
  expect(() => decode(bootstrapInfoResponse, Uint8Array.of(...longest, 0))).toThrow(DecodeError)
})

test('only 78 bytes with the right id are a request', () => {
  const request = new Uint8Array(78)
  request[0] = 0xf0
  expect(isBootstrapInfoRequest(request)).toBe(true)
  expect(isBootstrapInfoRequest(request.subarray(0, 77))).toBe(false)
  expect(isBootstrapInfoRequest(Uint8Array.of(...request, 0))).toBe(false)
  expect(isBootstrapInfoRequest(new Uint8Array(78))).toBe(false)
})
