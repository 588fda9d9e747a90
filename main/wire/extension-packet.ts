import { DHT_ENVELOPE_BYTES } from './dht-envelope.ts'
import { bytes, type Codec, restBytes } from './codec.ts'

/** First byte of every packet of the extension. toxcore drops 0xc0 to 0xcf without a word. */
export const EXTENSION_PACKET_ID = 0xc0

/** The longest datagram that the extension sends: it passes ordinary paths unfragmented. */
export const EXTENSION_DATAGRAM_BYTES_MAX = 1_400
export const REQUEST_ID_BYTES = 8
export const EXTENSION_PLAIN_BYTES_MAX = EXTENSION_DATAGRAM_BYTES_MAX - DHT_ENVELOPE_BYTES
export const EXTENSION_BODY_BYTES_MAX = EXTENSION_PLAIN_BYTES_MAX - 1 - REQUEST_ID_BYTES

const requestId = bytes(REQUEST_ID_BYTES)
const body = restBytes(EXTENSION_BODY_BYTES_MAX)

/** The plain text of an extension packet. `body` is read by the codec of its kind. */
export interface ExtensionPacket {
  readonly kind: number
  readonly requestId: Uint8Array
  readonly body: Uint8Array
}

/**
 * Plain text of every extension packet, inside the DHT envelope 0xc0 between two nodes' DHT keys.
 *
 * | bytes   | field     |                                                                          |
 * |---------|-----------|--------------------------------------------------------------------------|
 * | 1       | kind      | 0x01-0x3f ring, 0x40-0x7f storage                                        |
 * | 8       | requestId | random; a response repeats that of its request, a notice has a fresh one |
 * | 0-1,318 | body      | by kind                                                                  |
 *
 * A kind that the receiver does not know is dropped: that is how later versions add to this one.
 */
export const extensionPacket: Codec<ExtensionPacket> = {
  // By hand: every packet goes through it.
  write: (writer, { kind, requestId: id, body: rest }) => {
    writer.u8(kind)
    requestId.write(writer, id)
    body.write(writer, rest)
  },
  read: (reader) => ({ kind: reader.u8(), requestId: requestId.read(reader), body: body.read(reader) }),
}
