import { assert } from '../base/assert.ts'
import { pooledBytes } from '../base/byte-pool.ts'
import { ByteReader, DecodeError } from '../base/byte-reader.ts'
import { ByteWriter } from '../base/byte-writer.ts'
import { PublicKey } from '../crypto/keys.ts'
import { VerifyKey } from '../crypto/sign.ts'

/**
 * One definition for both directions. `read` returns a value or throws DecodeError, nothing else; byte fields are
 * views into the input.
 */
export interface Codec<T> {
  write(writer: ByteWriter, value: T): void
  read(reader: ByteReader): T
}

export type ValueOf<C> = C extends Codec<infer T> ? T : never

export const u8: Codec<number> = { write: (writer, value) => writer.u8(value), read: (reader) => reader.u8() }
export const u16: Codec<number> = { write: (writer, value) => writer.u16(value), read: (reader) => reader.u16() }
export const u32: Codec<number> = { write: (writer, value) => writer.u32(value), read: (reader) => reader.u32() }
export const u48: Codec<number> = { write: (writer, value) => writer.u48(value), read: (reader) => reader.u48() }
/** 8 bytes on the wire, below 2^53. */
export const u53: Codec<number> = { write: (writer, value) => writer.u53(value), read: (reader) => reader.u53() }
export const u64: Codec<bigint> = { write: (writer, value) => writer.u64(value), read: (reader) => reader.u64() }

/** One byte, 0 or 1. */
export const flag: Codec<boolean> = {
  write: (writer, value) => writer.u8(value ? 1 : 0),
  read: (reader) => {
    const at = reader.offset
    const value = reader.u8()
    if (value > 1) throw new DecodeError('flag is neither 0 nor 1', at)
    return value === 1
  },
}

/** One byte that must be one of `values`. */
export function oneOf<const V extends number>(...values: readonly V[]): Codec<V> {
  return {
    write: (writer, value) => writer.u8(value),
    read: (reader) => {
      const at = reader.offset
      const byte = reader.u8()
      const value = values.find((candidate) => candidate === byte)
      if (value === undefined) throw new DecodeError('unknown value', at)
      return value
    },
  }
}

/** Exactly `length` bytes. */
export function bytes(length: number): Codec<Uint8Array> {
  return {
    write: (writer, value) => {
      assert(value.length === length, `field of ${length} bytes has ${value.length}`)
      writer.bytes(value)
    },
    read: (reader) => reader.bytes(length),
  }
}

/** A two-byte length and up to `bytesMax` bytes. */
export function sizedBytes(bytesMax: number, bytesMin = 0): Codec<Uint8Array> {
  return {
    write: (writer, value) => {
      assert(value.length >= bytesMin && value.length <= bytesMax, 'sized field out of bounds')
      writer.u16(value.length)
      writer.bytes(value)
    },
    read: (reader) => {
      const at = reader.offset
      const length = reader.u16()
      if (length < bytesMin || length > bytesMax) throw new DecodeError('field length out of bounds', at)
      return reader.bytes(length)
    },
  }
}

/** All that is left, between `bytesMin` and `bytesMax` bytes; only as the last field. */
export function restBytes(bytesMax: number, bytesMin = 0): Codec<Uint8Array> {
  return {
    write: (writer, value) => {
      assert(value.length >= bytesMin && value.length <= bytesMax, 'last field out of bounds')
      writer.bytes(value)
    },
    read: (reader) => {
      if (reader.remaining < bytesMin || reader.remaining > bytesMax) {
        throw new DecodeError('last field out of bounds', reader.offset)
      }
      return reader.rest()
    },
  }
}

/** A one-byte count and up to `countMax` items. */
export function list<T>(item: Codec<T>, countMax: number, countMin = 0): Codec<readonly T[]> {
  assert(countMax <= 255, 'a list has at most 255 items')
  return {
    write: (writer, items) => {
      assert(items.length >= countMin && items.length <= countMax, 'list length out of bounds')
      writer.u8(items.length)
      for (const value of items) item.write(writer, value)
    },
    read: (reader) => {
      const at = reader.offset
      const count = reader.u8()
      if (count < countMin || count > countMax) throw new DecodeError('list length out of bounds', at)
      const items: T[] = []
      for (let index = 0; index < count; index += 1) items.push(item.read(reader))
      return items
    },
  }
}

/** A flag byte, then the value if it is there. */
export function optional<T>(item: Codec<T>): Codec<T | undefined> {
  return {
    write: (writer, value) => {
      writer.u8(value === undefined ? 0 : 1)
      if (value !== undefined) item.write(writer, value)
    },
    read: (reader) => (flag.read(reader) ? item.read(reader) : undefined),
  }
}

export const publicKey: Codec<PublicKey> = {
  write: (writer, value) => writer.bytes(value.bytes),
  read: (reader) => PublicKey.read(reader.bytes(32)),
}

export const verifyKey: Codec<VerifyKey> = {
  write: (writer, value) => writer.bytes(value.bytes),
  read: (reader) => new VerifyKey(reader.bytes(32)),
}

type Fields = Readonly<Record<string, Codec<never>>>
type StructOf<F> = { readonly [K in keyof F]: ValueOf<F[K]> }

/** Fields one after another, in the order they are written down. */
export function struct<const F extends Readonly<Record<string, unknown>>>(fields: F): Codec<StructOf<F>> {
  const rows = Object.entries(fields as unknown as Fields) as [string, Codec<unknown>][]
  return {
    write: (writer, value) => {
      const values = value as Readonly<Record<string, unknown>>
      for (const [name, codec] of rows) codec.write(writer, values[name])
    },
    read: (reader) => {
      const value: Record<string, unknown> = {}
      for (const [name, codec] of rows) value[name] = codec.read(reader)
      return value as StructOf<F>
    },
  }
}

const sharedWriter = new ByteWriter()

/** The bytes of `value`. Throws AssertionError if a field is out of bounds: our own bug. */
export function encode<T>(codec: Codec<T>, value: T): Uint8Array {
  return encodeView(codec, value).slice()
}

/** The same to be sent, hashed or signed, and then forgotten: see pooledBytes. */
export function encodeForNow<T>(codec: Codec<T>, value: T): Uint8Array {
  const view = encodeView(codec, value)
  const result = pooledBytes(view.length)
  result.set(view)
  return result
}

/** The same to be read at once: the bytes stand only until something is encoded next. */
export function encodeView<T>(codec: Codec<T>, value: T): Uint8Array {
  // Codecs do not call encode() while they write, so one writer serves all; a throw half way must not leave a rest.
  sharedWriter.reset()
  codec.write(sharedWriter, value)
  return sharedWriter.finishView()
}

/** The value of exactly these bytes. Throws DecodeError. */
export function decode<T>(codec: Codec<T>, input: Uint8Array): T {
  const reader = new ByteReader(input)
  const value = codec.read(reader)
  reader.end()
  return value
}

/** A packet: one id byte, then the fields. */
export interface PacketCodec<T> extends Codec<T> {
  readonly id: number
  readonly name: string
}

export type PacketOf<C> = ValueOf<C>

export function packet<const F extends Readonly<Record<string, unknown>>>(
  name: string,
  id: number,
  fields: F,
): PacketCodec<StructOf<F>> {
  const body = struct(fields)
  return {
    id,
    name,
    write: (writer, value) => {
      writer.u8(id)
      body.write(writer, value)
    },
    read: (reader) => {
      if (reader.u8() !== id) throw new DecodeError('another packet id', 0)
      return body.read(reader)
    },
  }
}
