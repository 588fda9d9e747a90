import { packet, restBytes, bytes } from './codec.ts'

/** What a packet request for a friend may hold; the onion carries no longer one (Tox spec "Friend requests"). */
export const FRIEND_REQUEST_MESSAGE_BYTES_MAX = 921

/** A longer one than we send is still read, as far as onion data reaches: 1,021 bytes less id and nospam. */
const FRIEND_REQUEST_READ_BYTES_MAX = 1_016

/** What travels inside a net_crypto data packet: its first byte, and at most this many bytes with it. */
export const FRIEND_PACKET_BYTES_MAX = 1_373

/** First bytes of custom lossless packets, ours (184) among them. */
export const CUSTOM_PACKET_ID_FIRST = 160
export const CUSTOM_PACKET_ID_LAST = 191

/**
 * Alive, every 8 s over a friend connection; only this keeps it from ending after 32 s.
 *
 * | bytes | field |
 * |-------|-------|
 * | 1     | 16    |
 */
export const alivePacket = packet('alive', 16, {})

/**
 * Friend request over a connection that is already open.
 *
 * | bytes | field                                                        |
 * |-------|--------------------------------------------------------------|
 * | 1     | 18                                                           |
 * | 4     | nospam of the receiver, in the order of the Tox ID           |
 * | n     | message, UTF-8, 1 to 921 bytes when sent, up to 1,016 when read |
 */
export const liveFriendRequestPacket = packet('live friend request', 18, {
  nospam: bytes(4),
  message: restBytes(FRIEND_REQUEST_READ_BYTES_MAX, 1),
})

/**
 * Online: the first packet of each side at Messenger level; nothing else is heard before it.
 *
 * | bytes | field |
 * |-------|-------|
 * | 1     | 24    |
 */
export const onlinePacket = packet('online', 24, {})

/**
 * Offline, though the connection stands: sent when a friend is removed.
 *
 * | bytes | field |
 * |-------|-------|
 * | 1     | 25    |
 */
export const offlinePacket = packet('offline', 25, {})
